"""Arrays that a counting loop reads from one end to the other are iterated over: streams of the loop.

before:  for i in range(i, n):                      after:  for i, x, y in zip(range(i, n), f64[p::8], f64[q::r]):
             s = s + f64[p] * f64[q]                            s = s + x * y
             p = p + 8
             q = q + r

They are read when a round begins: only loads that each round makes, before anything that writes or may trap otherwise.
Where a load would trap its slice ends, so that behind the loop it is seen whether all rounds were made (see slices).
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from typing import Optional

from wasm2py.analysis import Counter, Ranges
from wasm2py.analysis.facts import BITS
from wasm2py.analysis.strides import Stride, Strides
from wasm2py.codegen.schedule import TRAP_OTHER, WRITE, effects
from wasm2py.codegen.tree import MIN_ROUNDS, Stream, Streams
from wasm2py.ir import Block, Function, Value
from wasm2py.ir.dominators import Dominance

#: how many rounds a loop is taken to have if no more is known
_ROUNDS = 24
#: what is read is a number, and any number comes as it is
_TYPES = ("i32", "i64", "f64")
#: in nanoseconds, about, on CPython 3.13: a round saves a subscript for each stream, and the step of each phi that is
#: not needed any more, for the tuple of all; each stream must be made, and the end be seen to. A single one without a
#: counter takes less.
_SUBSCRIPT, _STEP, _TUPLE, _STREAM, _END = 22, 17, 20, 200, 150
_SINGLE, _SINGLE_STREAM = 28, 125


def streams(
    function: Function, dominance: Dominance, ranges: Ranges, memory_limits: Sequence[int]
) -> dict[Block, Streams]:
    """By the headers of loops: what they may read so. ``memory_limits``: the most bytes that each memory can have."""
    counted = {header: counters for header, counters in ranges.counters.items() if counters}
    if not counted:
        return {}
    finder = _Finder(function, dominance, ranges, memory_limits)
    found = {header: finder.find(header, counters) for header, counters in counted.items()}
    return {header: each for header, each in found.items() if each}


class _Finder:
    def __init__(self, function: Function, dominance: Dominance, ranges: Ranges, memory_limits: Sequence[int]) -> None:
        self.function = function
        self.dominance = dominance
        self.ranges = ranges
        self.memory_limits = memory_limits
        self._uses: Tally[Value] = Tally()

    def find(self, header: Block, counters: list[Counter]) -> Optional[Streams]:
        """The streams of a loop, if there are any and they pay."""
        blocks = [block for block in self.dominance.order if self.dominance.in_loop(block, header)]
        rounds = max(map(self.ranges.rounds, counters))
        if rounds < MIN_ROUNDS or not self._is_simple(blocks):
            return None
        exits = [block for block in blocks if any(target not in blocks for target in block.terminator.targets)]
        if exits != [counters[0].exit.block]:
            return None
        strides = Strides(self.dominance, blocks)
        top = self._is_top(blocks, exits[0])
        loads = list(self._streams(self._loads(blocks, exits[0], strides.latches, top), strides))
        if not loads:
            return None
        dead = strides.serving([each.load for each in loads], exits[0].terminator.args[0], self.uses)
        single = len(loads) == 1 and not top and any(counter.phi in dead for counter in counters)
        steps = len(dead.intersection(header.phis)) - any(counter.phi in dead for counter in counters)
        if not _pays(len(loads), steps, single, min(rounds, _ROUNDS)):
            return None
        within = {value.id for each in loads for value in strides.made_of(each.load.args[0])}
        return Streams(loads, top, single, dead, within)

    @property
    def uses(self) -> Tally[Value]:
        """How often each value is an operand."""
        if not self._uses:
            for block in self.function.blocks:
                for value in (*block.phis, *block.body):
                    self._uses.update(value.args)
                self._uses.update(block.terminator.args)
        return self._uses

    def _is_simple(self, blocks: list[Block]) -> bool:
        """No loop inside, and nothing that may change the size of a memory."""
        if any(self.dominance.is_header(block) for block in blocks[1:]):
            return False
        return not any(value.op.calls or value.op.name == "memory.grow" for block in blocks for value in block.body)

    def _is_top(self, blocks: list[Block], exit: Block) -> bool:
        """Whether the test stands before what a round does."""
        return exit is blocks[0] and any(effects(value) for block in blocks[1:] for value in block.body)

    def _loads(self, blocks: list[Block], exit: Block, latches: list[Block], top: bool) -> Iterator[Value]:
        """The loads of every round that nothing comes before that is seen from outside, or changes memory."""
        dominates = self.dominance.dominates
        for block in blocks:
            if top:
                always = block is not blocks[0] and all(dominates(block, latch) for latch in latches)
            else:
                always = dominates(block, exit)
            for value in block.body:
                if effects(value) & (WRITE | TRAP_OTHER):
                    return
                if always and self._is_load(value):
                    yield value

    def _is_load(self, value: Value) -> bool:
        access = value.op.access
        if access is None or access.store or access.atomic or access.type not in _TYPES or not self.uses[value]:
            return False
        return not self.function.spaces.memories[value.immediate.memory].shared

    def _streams(self, loads: Iterator[Value], strides: Strides) -> Iterator[Stream]:
        for load in loads:
            stride = strides.of(load.args[0])
            if stride is not None and self._rises(stride, load):
                yield Stream(load, stride)

    def _rises(self, stride: Stride, load: Value) -> bool:
        """Whether a valid address and the stride do not wrap around: what is beyond memory stays there."""
        low, high = (0, 0) if stride.value is None else self.ranges.of(stride.value)[:2]
        room = (1 << BITS[load.args[0].type]) - self.memory_limits[load.immediate.memory]
        return stride.number + low > 0 and stride.number + high <= room


def _pays(loads: int, steps: int, single: bool, rounds: int) -> bool:
    if single:
        return rounds * _SINGLE > _SINGLE_STREAM
    return rounds * (loads * _SUBSCRIPT + steps * _STEP - _TUPLE) > loads * _STREAM + _END
