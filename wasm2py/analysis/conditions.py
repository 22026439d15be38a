"""What a condition tells of its operands where it holds, and where it does not.

``i32.lt_s x y`` holds: ``x`` is below the highest ``y``, and ``y`` above the lowest ``x``. What is known of ``x`` is
known of what ``x`` was made from too: ``x = y + 4`` gives ``y``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Optional

from wasm2py.analysis.interval import Interval, fit, signed, unsigned
from wasm2py.ir import Value

#: a value and an interval that it lies in
Fact = tuple[Value, Interval]
Lookup = Callable[[Value], Interval]

COMPARISONS = frozenset(
    [f"i{bits}.{op}" for bits in (32, 64) for op in ("eq", "ne")]
    + [f"i{bits}.{op}_{sign}" for bits in (32, 64) for op in ("lt", "le", "gt", "ge") for sign in "su"]
)
NEGATED = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
SWAPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
#: how many instructions a fact is led back through
_DEPTH = 4


def facts_of(condition: Value, holds: bool, lookup: Lookup) -> Iterator[Fact]:
    """The facts that follow from an i32 that is not zero (``holds``), or zero."""
    for value, interval in _direct(condition, holds, lookup, _DEPTH):
        yield value, interval
        yield from origins(value, interval, lookup)


def _direct(condition: Value, holds: bool, lookup: Lookup, depth: int) -> Iterator[Fact]:
    name = condition.op.name
    if name in ("i32.eqz", "i64.eqz"):
        operand = condition.args[0]
        if _is_test(operand) and depth:
            yield from _direct(operand, not holds, lookup, depth - 1)
        else:
            yield from _zero(operand, holds, lookup)
    elif name in COMPARISONS:
        yield from _compared(condition, holds, lookup)
    elif name == ("i32.and" if holds else "i32.or") and all(_is_test(arg) for arg in condition.args) and depth:
        for arg in condition.args:
            yield from _direct(arg, holds, lookup, depth - 1)
    else:
        yield from _zero(condition, not holds, lookup)


def _is_test(value: Value) -> bool:
    """Whether the value is 0 or 1 by a comparison, so that its bits say what its truth says."""
    name = value.op.name
    if name in ("i32.and", "i32.or"):
        return all(arg.op.name in COMPARISONS or arg.op.name.endswith(".eqz") for arg in value.args)
    return name in COMPARISONS or name in ("i32.eqz", "i64.eqz")


def _bits(value: Value) -> int:
    return 32 if value.type == "i32" else 64


def _zero(value: Value, is_zero: bool, lookup: Lookup) -> Iterator[Fact]:
    if value.is_const:
        return
    if is_zero:
        yield value, (0, 0, 0)
        return
    known = _without(lookup(value), 0)
    if known:
        yield value, known


def _without(a: Interval, point: int) -> Optional[Interval]:
    """The interval less one value, if that is at an end of it."""
    low, high, stride = a
    if low == high:
        return None
    if point == low:
        return (low + stride, high, stride if low + stride < high else 0)
    if point == high:
        return (low, high - stride, stride if low < high - stride else 0)
    return None


def _compared(condition: Value, holds: bool, lookup: Lookup) -> Iterator[Fact]:
    op, _, sign = condition.op.name[4:].partition("_")
    if not holds:
        op = NEGATED[op]
    left, right = condition.args
    a, b = lookup(left), lookup(right)
    bits = _bits(left)
    if op == "eq":
        yield left, b
        yield right, a
        return
    if op == "ne":
        for value, known, other in ((left, a, b), (right, b, a)):
            smaller = _without(known, fit(*other, bits)[0]) if other[0] == other[1] else None
            if smaller:
                yield value, smaller
        return
    view = signed if sign == "s" else unsigned
    a, b = view(a, bits), view(b, bits)
    yield from _bounded(left, op, a, b, bits)
    yield from _bounded(right, SWAPPED[op], b, a, bits)


def _bounded(value: Value, op: str, own: Interval, other: Interval, bits: int) -> Iterator[Fact]:
    """``value op something in other``: cuts one end of what is known."""
    if value.is_const:
        return
    low, high, stride = own
    if op == "lt":
        high = min(high, other[1] - 1)
    elif op == "le":
        high = min(high, other[1])
    elif op == "gt":
        low = max(low, other[0] + 1)
    else:
        low = max(low, other[0])
    if stride > 1:
        low += (own[0] - low) % stride
        high -= (high - own[0]) % stride
    if low <= high:
        yield value, fit(low, high, stride if low < high else 0, bits)


def origins(value: Value, known: Interval, lookup: Lookup) -> Iterator[Fact]:
    """What the interval of a value says of the values that it was computed from."""
    for _ in range(_DEPTH):
        name = value.op.name
        if name in ("i32.add", "i64.add", "i32.sub", "i64.sub"):
            value, constant = value.args
            if constant.op.name != name[:3] + ".const":
                return
            offset = constant.immediate if name.endswith("add") else -constant.immediate
            known = fit(known[0] - offset, known[1] - offset, known[2], int(name[1:3]))
        elif name == "i64.extend_i32_u" and known[0] >= 0 and known[1] < 1 << 32:
            value, known = value.args[0], fit(*known, 32)
        elif name == "i64.extend_i32_s" and known[0] >= -1 << 31 and known[1] < 1 << 31:
            value = value.args[0]
        elif name in ("i32.shl", "i64.shl") and value.args[1].is_const:
            unshifted = _unshifted(lookup(value.args[0]), value.args[1].immediate, known, int(name[1:3]))
            if unshifted is None:
                return
            value, known = value.args[0], unshifted
        else:
            return
        yield value, known


def _unshifted(operand: Interval, count: int, result: Interval, bits: int) -> Optional[Interval]:
    """The operand of a shift to the left whose result is known, if no bits are lost."""
    low, high, _ = operand
    shifted = (low << count, high << count, 1)
    if fit(*shifted, bits) != shifted or (shifted[0] < 0) != (result[0] < 0):
        return None
    return (-(-result[0] >> count), result[1] >> count, 1)
