"""How far it is from where a phi starts to the limit that it must meet, by what is known of the two together.

before:  branch i < n; …; p = phi i q; …; q = p + 1; branch q != n         known:  n - i is 1 or more

Their intervals may overlap. The difference as a sum may be known nevertheless (``end = p + n``), and the tests on the
way to the loop say more of it: those that compare other values with the same difference, and those of its low bits
(``(n - i) & 1``, by which compilers decide on an odd first round).

Sums and comparisons are of residues. They are the same as numbers where none of both can leave a window of 2**bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import Optional

from wasm2py.analysis.facts import BITS
from wasm2py.analysis.induction import Exit, Lookup
from wasm2py.analysis.interval import Interval
from wasm2py.analysis.sums import Sum, sum_of
from wasm2py.analysis.ways import Edge, Test, Way, ways
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import PHI

_ANDS = frozenset((BY_NAME["i32.and"], BY_NAME["i64.and"]))
#: what is added to ``left - right`` so that it is not above 0, by the test that holds; the sense of the test
_BOUNDS = {"lt": (1, 1), "le": (0, 1), "gt": (1, -1), "ge": (0, -1)}
_ZERO = (0, 0, 0)
#: a value as a sum, and the numbers that stand for it
Known = tuple[Sum, Interval]


def distance(
    exit: Exit, numbers: tuple[Interval, Interval], starts: Iterable[tuple[Value, Edge, Lookup]], dominance: Dominance
) -> Interval:
    """The number ``limit - offset - start`` when a loop is entered.

    ``numbers`` stand for the start and the limit. ``starts``: the ways into the loop, and what is known on each.
    """
    found: Optional[Interval] = None
    for arg, edge, at in starts:
        sums = [sum_of(value, {}) for value in (arg, exit.limit) if value]
        phis = [value for each in sums for value in each.terms if value.op is PHI]
        for way in ways(edge, phis, dominance):
            known = _on_way(exit, numbers, arg, way, at)
            if known:
                found = _joined(found, known) if found else known
    return found or (0, 0, 0)  # there is no way


def _on_way(exit: Exit, numbers: tuple[Interval, Interval], arg: Value, way: Way, at: Lookup) -> Optional[Interval]:
    tests, instead = way
    start, limit = numbers
    begin, end = sum_of(arg, instead), _sum(exit.limit, instead)
    found: Optional[Interval] = (limit[0] - start[1], limit[1] - start[0], 1)
    if _as_numbers((end, limit), (begin, start), at, BITS[arg.type]):
        difference = _Difference(end.minus(begin), instead, at)
        for test in tests:
            difference.learn(test)
        found = difference.result()
    return (found[0] - exit.offset, found[1] - exit.offset, found[2]) if found else None


def _sum(value: Optional[Value], instead: dict[Value, Value]) -> Sum:
    return sum_of(value, instead) if value else Sum({}, 0)


def _as_numbers(left: Known, right: Known, at: Lookup, bits: int) -> bool:
    """Whether the difference of the sums is that of the numbers, and not only congruent."""
    if all(_within(each.interval(at), numbers, bits) for each, numbers in (left, right)):
        return True
    apart = (left[1][0] - right[1][1], left[1][1] - right[1][0], 1)
    return _within(left[0].minus(right[0]).interval(at), apart, bits)


def _within(a: Interval, b: Interval, bits: int) -> bool:
    """Whether numbers of the two are the same if they are congruent."""
    return max(a[1], b[1]) - min(a[0], b[0]) < 1 << bits


def _joined(a: Interval, b: Interval) -> Interval:
    return (min(a[0], b[0]), max(a[1], b[1]), gcd(a[2], b[2], a[0] - b[0]))


class _Difference:
    """What is known of ``scale`` * x + ``constant``, where x is a sum of values: x is what the tests tell of."""

    def __init__(self, sum: Sum, instead: dict[Value, Value], at: Lookup) -> None:
        self.line, self.scale = sum.line()
        self.constant = sum.constant
        self.instead = instead
        self.at = at
        values = {value: scale // self.scale for value, scale in sum.terms.items()}
        self.low, self.high, self.stride = Sum(values, 0).interval(at)
        #: x is this, modulo the stride
        self.rest = self.low
        #: x is not one of these
        self.excluded: set[int] = set()

    def learn(self, test: Test) -> None:
        """A test holds."""
        left, right = sum_of(test.left, self.instead), _sum(test.right, self.instead)
        apart = left.minus(right)
        if self.line and apart.terms:
            line, scale = apart.line()
            if line == self.line:
                self._compare(test, (left, right), apart, scale)
        if test.left.op in _ANDS and test.left.args[1].is_const and test.op in ("eq", "ne"):
            self._learn_low_bits(test)

    def _compare(self, test: Test, sums: tuple[Sum, Sum], apart: Sum, scale: int) -> None:
        """``scale * x + apart.constant op 0`` holds, of residues."""
        point, rest = divmod(-apart.constant, scale)
        if test.op == "ne":
            if not rest:
                self.excluded.add(point)
        elif test.op == "eq":
            if not rest and _within(apart.interval(self.at), _ZERO, BITS[test.left.type]):
                self.low = self.high = point
        elif self._is_exact(test, sums):
            shift, sense = _BOUNDS[test.op]
            self._bound(scale * sense, -apart.constant * sense - shift)

    def _is_exact(self, test: Test, sums: tuple[Sum, Sum]) -> bool:
        bits = BITS[test.left.type]
        left, right = (test.view(self.at(value), bits) if value else _ZERO for value in (test.left, test.right))
        return _as_numbers((sums[0], left), (sums[1], right), self.at, bits)

    def _bound(self, scale: int, most: int) -> None:
        """``scale * x`` is not above ``most``."""
        if scale > 0:
            self.high = min(self.high, most // scale)
        else:
            self.low = max(self.low, -(most // -scale))

    def _learn_low_bits(self, test: Test) -> None:
        """``(sum & mask) == rest`` gives what x is modulo mask + 1."""
        masked, mask = test.left.args
        size = mask.immediate + 1
        rest = 0
        if test.right:
            if not test.right.is_const:
                return
            rest = test.right.immediate
        if test.op == "ne":
            rest ^= 1
        if size & mask.immediate or rest >= size or (test.op == "ne" and size != 2):
            return
        sum = sum_of(masked, self.instead)
        line, scale = sum.line() if sum.terms else ((), 0)
        if line == self.line and scale in (1, -1) and self.stride and size % self.stride == 0:
            self.rest, self.stride = (rest - sum.constant) * scale, size

    def result(self) -> Optional[Interval]:
        """The interval of the difference, or None if there is none that passes all tests."""
        low, high, stride = self.low, self.high, self.stride
        if stride:
            low += (self.rest - low) % stride
            high -= (high - self.rest) % stride
        while low in self.excluded and low <= high:
            low += stride or 1
        while high in self.excluded and low <= high:
            high -= stride or 1
        if low > high:
            return None
        first, last = sorted((self.scale * low + self.constant, self.scale * high + self.constant))
        return (first, last, abs(self.scale) * stride if low < high else 0)
