"""Integers as sums: a constant and multiples of values that are no sums themselves.

before:  end = p + (n << 2); next = p + 4          known:  end - next is n * 4 - 4, whatever p is
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import gcd
from typing import NamedTuple

from wasm2py.analysis.induction import SIGNS, constant
from wasm2py.analysis.interval import Interval
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Value

_SHIFTS = frozenset((BY_NAME["i32.shl"], BY_NAME["i64.shl"]))
_PRODUCTS = frozenset((BY_NAME["i32.mul"], BY_NAME["i64.mul"]))
#: how deep in a value sums are looked for, and up to what factor
_DEPTH, _MAX_SCALE = 4, 1 << 20
#: a direction in the space of values: the same for ``n - i`` and ``4 * i - 4 * n``
Line = tuple[tuple[int, int], ...]


class Sum(NamedTuple):
    """``constant`` + all ``terms[value] * value``. It is congruent to what it was made from, modulo the width."""

    terms: dict[Value, int]
    constant: int

    def minus(self, other: Sum) -> Sum:
        terms = dict(self.terms)
        for value, scale in other.terms.items():
            terms[value] = terms.get(value, 0) - scale
        return Sum({value: scale for value, scale in terms.items() if scale}, self.constant - other.constant)

    def interval(self, at: Callable[[Value], Interval]) -> Interval:
        """What the sum may be as a number, if each value is the one of its interval."""
        low = high = self.constant
        stride = 0
        for value, scale in self.terms.items():
            first, last, step = at(value)
            low += scale * (first if scale > 0 else last)
            high += scale * (last if scale > 0 else first)
            stride = gcd(stride, step * scale)
        return (low, high, stride)

    def line(self) -> tuple[Line, int]:
        """The direction of the sum, and how often it goes there."""
        ordered = sorted((value.id, scale) for value, scale in self.terms.items())
        scale = gcd(*self.terms.values()) * (-1 if ordered and ordered[0][1] < 0 else 1)
        return tuple((id, each // scale) for id, each in ordered), scale


def sum_of(value: Value, instead: Mapping[Value, Value]) -> Sum:
    """The value as a sum, with other values in the place of some."""
    terms: dict[Value, int] = {}
    rest = _add(terms, value, 1, instead, _DEPTH)
    return Sum({value: scale for value, scale in terms.items() if scale}, rest)


def _add(terms: dict[Value, int], value: Value, scale: int, instead: Mapping[Value, Value], depth: int) -> int:
    """Add a multiple of a value to the terms, and give what is constant of it."""
    value = instead.get(value, value)
    if value.is_const:
        return scale * constant(value)
    if depth and value.op in SIGNS:
        left, right = value.args
        rest = _add(terms, left, scale, instead, depth - 1)
        return rest + _add(terms, right, scale * SIGNS[value.op], instead, depth - 1)
    factor = _factor(value)
    if depth and factor and abs(scale * factor) <= _MAX_SCALE:
        return _add(terms, value.args[0], scale * factor, instead, depth - 1)
    terms[value] = terms.get(value, 0) + scale
    return 0


def _factor(value: Value) -> int:
    """What the first operand is multiplied by, if that is a constant; 0 if not."""
    if value.op in _SHIFTS and value.args[1].is_const:
        return int(1 << value.args[1].immediate % (32 if value.type == "i32" else 64))
    if value.op in _PRODUCTS and value.args[1].is_const:
        return constant(value.args[1])
    return 0
