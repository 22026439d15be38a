"""What a condition tells of its operands where it holds, and where it does not.

``i32.lt_s x y`` holds: ``x`` is below the highest ``y``, and ``y`` above the lowest ``x``. What is known of ``x`` is
known of what ``x`` was made from too: ``x = y + 4`` gives ``y``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

from wasm2py.analysis.interval import Interval, fit, signed, unsigned
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Value

#: a value and an interval that it lies in
Fact = tuple[Value, Interval]
Lookup = Callable[[Value], Interval]

COMPARISONS = frozenset(
    [f"i{bits}.{op}" for bits in (32, 64) for op in ("eq", "ne")]
    + [f"i{bits}.{op}_{sign}" for bits in (32, 64) for op in ("lt", "le", "gt", "ge") for sign in "su"]
)
COMPARISON_OPS = frozenset(BY_NAME[name] for name in COMPARISONS)
ZERO_TESTS = frozenset((BY_NAME["i32.eqz"], BY_NAME["i64.eqz"]))
_AND, _OR = BY_NAME["i32.and"], BY_NAME["i32.or"]
#: these give 0 or 1
_TRUTHS = COMPARISON_OPS | ZERO_TESTS
#: instructions of which a fact on the result says something of an operand
LED_BACK = frozenset(BY_NAME[f"i{bits}.{op}"] for bits in (32, 64) for op in ("add", "sub", "shl", "or")) | frozenset(
    BY_NAME[f"i64.extend_i32_{sign}"] for sign in "su"
)
NEGATED = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
SWAPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
#: how many instructions a fact is led back through
_DEPTH = 4


def facts_of(condition: Value, holds: bool, lookup: Lookup) -> list[Fact]:
    """The facts that follow from an i32 that is not zero (``holds``), or zero."""
    found: list[Fact] = []
    for fact in _direct(condition, holds, lookup, _DEPTH):
        found.append(fact)
        if fact[0].op in LED_BACK:
            found += origins(*fact, lookup)
    return found


def _direct(condition: Value, holds: bool, lookup: Lookup, depth: int) -> list[Fact]:
    op = condition.op
    if op in COMPARISON_OPS:
        return _compared(condition, holds, lookup)
    if op in ZERO_TESTS:
        operand = condition.args[0]
        if depth and _is_test(operand):
            return _direct(operand, not holds, lookup, depth - 1)
        return _zero(operand, holds, lookup)
    if op is (_AND if holds else _OR) and depth and all(_is_test(arg) for arg in condition.args):
        return [fact for arg in condition.args for fact in _direct(arg, holds, lookup, depth - 1)]
    return _zero(condition, not holds, lookup)


def _is_test(value: Value) -> bool:
    """Whether the value is 0 or 1 by a comparison, so that its bits say what its truth says."""
    if value.op is _AND or value.op is _OR:
        return all(arg.op in _TRUTHS for arg in value.args)
    return value.op in _TRUTHS


def _zero(value: Value, is_zero: bool, lookup: Lookup) -> list[Fact]:
    if value.is_const:
        return []
    if is_zero:
        return [(value, (0, 0, 0))]
    known = _without(lookup(value), 0)
    return [(value, known)] if known else []


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


def _parts(name: str) -> tuple[str, Callable[[Interval, int], Interval], int]:
    """What is compared how: the relation, how the numbers are read, their bits."""
    relation, _, sign = name[4:].partition("_")
    return relation, signed if sign == "s" else unsigned, int(name[1:3])


PARTS = {BY_NAME[name]: _parts(name) for name in COMPARISONS}


def _compared(condition: Value, holds: bool, lookup: Lookup) -> list[Fact]:
    op, view, bits = PARTS[condition.op]
    if not holds:
        op = NEGATED[op]
    left, right = condition.args
    a, b = lookup(left), lookup(right)
    if op == "eq":
        return [(left, b), (right, a)]
    if op == "ne":
        return [*_apart(left, a, b, bits), *_apart(right, b, a, bits)]
    a, b = view(a, bits), view(b, bits)
    return [*_bounded(left, op, a, b, bits), *_bounded(right, SWAPPED[op], b, a, bits)]


def _apart(value: Value, known: Interval, other: Interval, bits: int) -> list[Fact]:
    """``value`` is not the other one, of which there is something to say if only one number is possible."""
    smaller = _without(known, fit(*other, bits)[0]) if other[0] == other[1] else None
    return [(value, smaller)] if smaller else []


def _bounded(value: Value, op: str, own: Interval, other: Interval, bits: int) -> list[Fact]:
    """``value op something in other``: cuts one end of what is known."""
    if value.is_const:
        return []
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
    return [(value, fit(low, high, stride if low < high else 0, bits))] if low <= high else []


def origins(value: Value, known: Interval, lookup: Lookup) -> list[Fact]:
    """What the interval of a value says of the values that it was computed from."""
    found: list[Fact] = []
    while value.op in LED_BACK and len(found) < _DEPTH:
        step = _origin(value, known, lookup)
        if step is None:
            break
        found.append(step)
        value, known = step
    return found


def _origin(value: Value, known: Interval, lookup: Lookup) -> Optional[Fact]:
    """The same for one operand."""
    name, args = value.op.name, value.args
    if name == "i64.extend_i32_u":
        return (args[0], fit(*known, 32)) if known[0] >= 0 and known[1] < 1 << 32 else None
    if name == "i64.extend_i32_s":
        return (args[0], known) if known[0] >= -1 << 31 and known[1] < 1 << 31 else None
    if not args[1].is_const:
        return None
    constant, bits = args[1].immediate, int(name[1:3])
    if name.endswith("shl"):
        unshifted = _unshifted(lookup(args[0]), constant, known, bits)
        return (args[0], unshifted) if unshifted else None
    if name.endswith("or"):
        low = max(known[0] - constant, 0)  # at most the constant was added
        return (args[0], (low, known[1], 1 if low < known[1] else 0)) if known[0] >= 0 else None
    offset = constant if name.endswith("add") else -constant
    return args[0], fit(known[0] - offset, known[1] - offset, known[2], bits)


def _unshifted(operand: Interval, count: int, result: Interval, bits: int) -> Optional[Interval]:
    """The operand of a shift to the left whose result is known, if no bits are lost."""
    low, high, _ = operand
    if max(high << count, result[1]) - min(low << count, result[0]) >= 1 << bits:
        return None  # the numbers of the two may differ by 2**bits
    return (-(-result[0] >> count), result[1] >> count, 1)
