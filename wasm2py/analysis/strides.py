"""By how much a value changes from one round of a loop to the next, and which values serve only that.

before:  p = phi a q; …; v = i32.add p (const 8); w = f64.load v; q = i32.add p s       found:  v changes by s
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple, Optional

from wasm2py.analysis.facts import BITS
from wasm2py.analysis.induction import constant, next_value, stepping_phis
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Block, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import PHI

#: longest chain of instructions that is followed
_DEPTH = 6
_ADDS, _SUBS, _SHIFTS, _PRODUCTS = (
    frozenset((BY_NAME[f"i32.{name}"], BY_NAME[f"i64.{name}"])) for name in ("add", "sub", "shl", "mul")
)


class Stride(NamedTuple):
    """``number``, and ``value`` more if there is one: it was computed before the loop. Modulo the width of both."""

    number: int
    value: Optional[Value] = None


_NONE = Stride(0)


class Strides:
    """Of the values of one loop. ``blocks`` are those of the loop, the header first."""

    def __init__(self, dominance: Dominance, blocks: list[Block]) -> None:
        self.header = blocks[0]
        self.inside = {value for block in blocks for value in (*block.phis, *block.body)}
        self.latches = [pred for pred in self.header.preds if pred in blocks]
        linear, varying = stepping_phis(self.header, self.latches, dominance, self.is_before)
        self.of_phi = {each.phi: Stride(each.step) for each in linear}
        self.of_phi.update({each.phi: Stride(0, each.step) for each in varying})

    def is_before(self, value: Value) -> bool:
        """Whether a value was there before the loop."""
        return value not in self.inside

    def of(self, value: Value, depth: int = _DEPTH) -> Optional[Stride]:
        """None: not the same in each round, or not known."""
        if value.is_const or self.is_before(value):
            return _NONE
        if value.op is PHI:
            return self.of_phi.get(value)
        if not depth or len(value.args) != 2 or not value.op.pure:
            return None
        left, right = (self.of(arg, depth - 1) for arg in value.args)
        return None if left is None or right is None else _combined(value, left, right)

    def made_of(self, value: Value) -> set[Value]:
        """The values of the loop that one with a stride is computed from, itself among them, but for phis."""
        found: set[Value] = set()
        work = [value]
        while work:
            each = work.pop()
            if each in self.inside and each.op is not PHI and each not in found:
                found.add(each)
                work += each.args
        return found

    def serving(self, accesses: Iterable[Value], test: Value, uses: Counter[Value]) -> set[Value]:
        """The values that nothing needs but addresses of ``accesses``, a ``test``, and values like them.

        ``uses`` counts the operands of the whole function.
        """
        served = [*[access.args[0] for access in accesses], test]
        found = {value for each in served for value in self.made_of(each)}
        for phi in self.of_phi:
            next = next_value(phi, self.header, self.latches)
            if next is not None:
                found |= {phi, *self.made_of(next)}
        while True:
            inner = self._reads(found)
            inner.update(served)
            needed = {value for value in found if uses[value] > inner[value]}
            if not needed:
                return found
            found -= needed

    def _reads(self, values: set[Value]) -> Counter[Value]:
        """How often the values read each other, but for what the phis are before the loop."""
        found: Counter[Value] = Counter()
        for value in values:
            if value.op is PHI:
                found.update([arg for pred, arg in zip(self.header.preds, value.args) if pred in self.latches])
            else:
                found.update(value.args)
        return found


def _combined(value: Value, left: Stride, right: Stride) -> Optional[Stride]:
    """The stride of the result, from those of the operands."""
    op = value.op
    if op in _ADDS:
        return None if left.value and right.value else Stride(left.number + right.number, left.value or right.value)
    if op in _SUBS:
        return None if right.value else Stride(left.number - right.number, left.value)
    if left == _NONE and right == _NONE:
        return _NONE
    other = value.args[1]
    if left.value or not other.is_const or op not in _SHIFTS | _PRODUCTS:
        return None
    by = 1 << constant(other) % BITS[value.type] if op in _SHIFTS else constant(other)
    return Stride(left.number * by)
