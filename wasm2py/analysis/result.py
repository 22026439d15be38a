"""What the analysis of ranges gives to whoever asks."""

from __future__ import annotations

from typing import NamedTuple, Union

from wasm2py.analysis.facts import BITS
from wasm2py.analysis.induction import Exit
from wasm2py.analysis.interval import FULL, Interval
from wasm2py.ir import Block, Value


class Counter(NamedTuple):
    """A phi of a loop that changes by ``step`` each round while ``exit`` lets it, without wrapping around.

    ``limit`` is the interval of ``exit.limit``, ``next`` the value of the phi in the next round. A ``step`` that is a
    value is positive.
    """

    phi: Value
    step: Union[int, Value]
    exit: Exit
    limit: Interval
    next: Value

    def compared(self, interval: Interval) -> Interval:
        """The numbers that stand for residues in the test."""
        return self.exit.compared(interval, BITS[self.phi.type])


class Ranges:
    """The result. Intervals are of residues: see interval.py. ``counters`` of loops are by header."""

    def __init__(self) -> None:
        self.counters: dict[Block, list[Counter]] = {}
        self.of_value: dict[int, Interval] = {}
        self.at_use: dict[tuple[int, int], Interval] = {}

    def of(self, value: Value) -> Interval:
        """Wherever the value is."""
        return self.of_value.get(value.id) or FULL[BITS[value.type]]

    def rounds(self, counter: Counter) -> int:
        """The most rounds that there may be of a loop, as far as is known."""
        low, high, _ = self.of(counter.phi)
        step = counter.step if isinstance(counter.step, int) else max(self.of(counter.step)[0], 1)
        return (high - low) // abs(step) + 1

    def operand(self, user: Value, index: int) -> Interval:
        """The operand of an instruction at that place; for a phi: as it comes from that predecessor."""
        known = self.at_use.get((user.id, index))
        if known is None:
            arg = user.args[index]
            known = self.of_value.get(arg.id) or FULL[BITS[arg.type]]
        return known

    def terminator_operand(self, block: Block, index: int) -> Interval:
        return self.at_use.get((-1 - block.id, index)) or self.of(block.terminator.args[index])
