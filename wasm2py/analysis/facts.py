"""What is known so far: one interval a value, and tighter ones from certain blocks on."""

from __future__ import annotations

from collections.abc import Iterable

from wasm2py.analysis.interval import FULL, Interval, meet, single
from wasm2py.ir import Block, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import CONSTANTS

BITS: dict[object, int] = {"i32": 32, "i64": 64}
#: facts kept for one value: the oldest give way
_MAX_FACTS = 12


class Facts:
    """``of_value`` holds wherever the value is; the facts of ``by_value`` in the blocks that theirs dominates."""

    def __init__(self, dominance: Dominance) -> None:
        self.enter = dominance.enter
        self.leave = dominance.leave
        self.of_value: dict[int, Interval] = {}
        #: (numbers of the block in which it begins to hold, on entering and leaving it; interval), the latest last
        self.by_value: dict[int, list[tuple[int, int, Interval]]] = {}
        self._in_block: dict[Block, list[int]] = {}

    def begin(self, block: Block) -> None:
        """Forget what an earlier visit of the block found out."""
        if block in self._in_block:
            here = self.enter[block]
            for id in self._in_block.pop(block):
                self.by_value[id] = [fact for fact in self.by_value[id] if fact[0] != here]

    def forget(self, blocks: Iterable[Block]) -> None:
        """These are walked again, with more assumed: what was found for their results may be too narrow now."""
        for block in blocks:
            for value in block.body:
                self.of_value.pop(value.id, None)

    def at(self, value: Value, block: Block) -> Interval:
        """At the end of what has been visited of the block."""
        facts = self.by_value.get(value.id)
        if facts:
            here = self.enter[block]
            for enter, leave, interval in reversed(facts):
                if enter <= here < leave:
                    return interval
        return self.of_value.get(value.id) or self._unvisited(value)

    def _unvisited(self, value: Value) -> Interval:
        bits = BITS[value.type]
        if value.is_const:
            self.of_value[value.id] = interval = single(value.immediate, bits)
            return interval
        return FULL[bits]

    def note(self, value: Value, interval: Interval, block: Block) -> bool:
        """From here on the value is within the interval too. Whether that is more than was known."""
        if value.op in CONSTANTS:
            return False
        known = self.at(value, block)
        tighter = meet(known, interval, BITS[value.type])
        if tighter is None or tighter == known:
            return False
        facts = self.by_value.setdefault(value.id, [])
        facts.append((self.enter[block], self.leave[block], tighter))
        if len(facts) > _MAX_FACTS:
            del facts[0]
        self._in_block.setdefault(block, []).append(value.id)
        return True
