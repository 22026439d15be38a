"""The interval of an instruction's result, from those of its operands. What is not here may be anything."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd

from wasm2py.analysis.interval import BOOLEAN, FULL, Interval, fit, signed, unsigned
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Opcode
from wasm2py.ir.spaces import MAXIMUM_ELEMENTS, MEMORY_LIMIT

Binary = Callable[[Interval, Interval, int], Interval]
Unary = Callable[[Interval], Interval]

#: instruction -> (function, bits of the operands)
BINARY: dict[str, tuple[Binary, int]] = {}
UNARY: dict[str, Unary] = {}
#: instructions whose result does not depend on the operands
FIXED: dict[str, Interval] = {
    "memory.size": (0, MEMORY_LIMIT, 1),  # a page may be a byte
    "memory.grow": (-1, MEMORY_LIMIT, 1),
    "ref.is_null": BOOLEAN,
}
FIXED.update(dict.fromkeys(("ref.eq", "ref.test", "ref.test_null"), BOOLEAN))
FIXED["array.len"] = (0, MAXIMUM_ELEMENTS, 1)
FIXED["i31.get_s"], FIXED["i31.get_u"] = (-1 << 30, (1 << 30) - 1, 1), (0, (1 << 31) - 1, 1)
FIXED.update(dict.fromkeys(("struct.get_s", "array.get_s"), (-1 << 15, (1 << 15) - 1, 1)))
FIXED.update(dict.fromkeys(("struct.get_u", "array.get_u"), (0, (1 << 16) - 1, 1)))


def _binary(*names: str) -> Callable[[Binary], Binary]:
    def register(function: Binary) -> Binary:
        for bits in (32, 64):
            BINARY.update({f"i{bits}.{name}": (function, bits) for name in names})
        return function

    return register


def _unary(name: str) -> Callable[[Unary], Unary]:
    def register(function: Unary) -> Unary:
        UNARY[name] = function
        return function

    return register


for _bits in (32, 64):
    for _comparison in ("eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u", "eqz"):
        FIXED[f"i{_bits}.{_comparison}"] = BOOLEAN
    for _comparison in ("eq", "ne", "lt", "gt", "le", "ge"):
        FIXED[f"f{_bits}.{_comparison}"] = BOOLEAN
    for _count in ("clz", "ctz", "popcnt"):
        FIXED[f"i{_bits}.{_count}"] = (0, _bits, 1)
    for _width in (8, 16, 32):
        if _width < _bits:
            FIXED[f"i{_bits}.load{_width}_u"] = (0, (1 << _width) - 1, 1)
            FIXED[f"i{_bits}.load{_width}_s"] = (-1 << _width - 1, (1 << _width - 1) - 1, 1)


for _shape, _lanes, _width in (("i8x16", 16, 8), ("i16x8", 8, 16), ("i32x4", 4, 32), ("i64x2", 2, 64)):
    FIXED[f"{_shape}.all_true"] = BOOLEAN
    FIXED[f"{_shape}.bitmask"] = (0, (1 << _lanes) - 1, 1)
    if _width < 32:
        FIXED[f"{_shape}.extract_lane_u"] = (0, (1 << _width) - 1, 1)
        FIXED[f"{_shape}.extract_lane_s"] = (-1 << _width - 1, (1 << _width - 1) - 1, 1)
FIXED["v128.any_true"] = BOOLEAN


for _op in BY_NAME.values():
    if _op.access is not None and _op.access.atomic and _op.access.sign:
        FIXED[_op.name] = (0, (1 << 8 * _op.access.width) - 1, 1)


@_binary("add")
def _add(a: Interval, b: Interval, bits: int) -> Interval:
    return fit(a[0] + b[0], a[1] + b[1], gcd(a[2], b[2]), bits)


@_binary("sub")
def _sub(a: Interval, b: Interval, bits: int) -> Interval:
    return fit(a[0] - b[1], a[1] - b[0], gcd(a[2], b[2]), bits)


@_binary("mul")
def _mul(a: Interval, b: Interval, bits: int) -> Interval:
    products = (a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1])
    # Every value of an interval is a multiple of gcd(stride, low), so that every product is one of their product.
    stride = gcd(a[2], a[0]) * gcd(b[2], b[0])
    if b[2] == 0:
        stride = a[2] * abs(b[0])
    elif a[2] == 0:
        stride = b[2] * abs(a[0])
    return fit(min(products), max(products), stride, bits)


@_binary("shl")
def _shl(a: Interval, b: Interval, bits: int) -> Interval:
    if b[2]:
        return _shl_between(a, b, bits)
    count = b[0] % bits
    return fit(a[0] << count, a[1] << count, a[2] << count, bits)


def _shl_between(a: Interval, counts: Interval, bits: int) -> Interval:
    """By one of several counts: all results are multiples of what the smallest count gives."""
    least, most, _ = counts
    if least < 0 or most >= bits:
        return FULL[bits]
    low, high = min(a[0] << least, a[0] << most), max(a[1] << least, a[1] << most)
    return fit(low, high, 1 << least, bits)


@_binary("and")
def _and(a: Interval, b: Interval, bits: int) -> Interval:
    if b[2] == 0:
        return _masked(a, b[0], bits)
    if a[2] == 0:
        return _masked(b, a[0], bits)
    return (0, min(unsigned(a, bits)[1], unsigned(b, bits)[1]), 1)


def _masked(a: Interval, mask: int, bits: int) -> Interval:
    if mask == 0:
        return (0, 0, 0)
    unit = mask & -mask
    if mask < 0 and mask == -unit:  # clears the low bits only: keeps the order
        return _rounded(a, unit, mask, bits)
    low, high, stride = unsigned(a, bits)
    mask %= 1 << bits
    if (mask | (unit - 1)) & (1 << high.bit_length()) - 1 == (1 << high.bit_length()) - 1:
        return _rounded((low, high, stride), unit, mask, bits)
    unit = max(unit, min(_alignment((low, high, stride)), 1 << bits - 1))
    return fit(0, min(high, mask) // unit * unit, unit, bits)


def _rounded(a: Interval, unit: int, mask: int, bits: int) -> Interval:
    low, high = a[0] & mask, a[1] & mask
    if unit == 1:
        return fit(*a, bits)
    return fit(low, high, unit if low < high else 0, bits)


@_binary("or")
def _or(a: Interval, b: Interval, bits: int) -> Interval:
    a, b = unsigned(a, bits), unsigned(b, bits)
    for one, other in ((a, b), (b, a)):
        unit = _alignment(one)
        if other[1] < unit:  # no bit in common
            return fit(one[0] + other[0], one[1] + other[1], gcd(one[2], other[2]), bits)
    return _bits_of_both(a, b, max(a[0], b[0]), bits)


@_binary("xor")
def _xor(a: Interval, b: Interval, bits: int) -> Interval:
    if b[2] == 0 and b[0] == -1:
        return fit(-1 - a[1], -1 - a[0], a[2], bits)
    return _bits_of_both(unsigned(a, bits), unsigned(b, bits), 0, bits)


def _alignment(a: Interval) -> int:
    """The largest power of two that divides every value; large for 0."""
    every = gcd(a[0], a[2])
    return every & -every if every else 1 << 64


def _bits_of_both(a: Interval, b: Interval, low: int, bits: int) -> Interval:
    unit = min(_alignment(a), _alignment(b), 1 << bits - 1)
    top = (1 << max(a[1], b[1]).bit_length()) - 1
    return fit(-(-low // unit) * unit, top // unit * unit, unit, bits)


@_binary("shr_u")
def _shr_u(a: Interval, b: Interval, bits: int) -> Interval:
    a = unsigned(a, bits)
    if b[2]:
        return (0, a[1], 1)
    return _shifted(a, b[0] % bits, bits)


@_binary("shr_s")
def _shr_s(a: Interval, b: Interval, bits: int) -> Interval:
    a = signed(a, bits)
    if b[2]:
        return (min(a[0], 0), max(a[1], 0), 1)
    return _shifted(a, b[0] % bits, bits)


def _shifted(a: Interval, count: int, bits: int) -> Interval:
    low, high = a[0] >> count, a[1] >> count
    exact = (a[0] | a[2]) & (1 << count) - 1 == 0
    return fit(low, high, 0 if low == high else a[2] >> count if exact else 1, bits)


@_binary("div_u")
def _div_u(a: Interval, b: Interval, bits: int) -> Interval:
    a, b = unsigned(a, bits), unsigned(b, bits)
    low, high = a[0] // max(b[1], 1), a[1] // max(b[0], 1)
    return fit(low, high, 1 if low < high else 0, bits)


@_binary("rem_u")
def _rem_u(a: Interval, b: Interval, bits: int) -> Interval:
    a, b = unsigned(a, bits), unsigned(b, bits)
    if a[1] < b[0]:
        return fit(*a, bits)
    return (0, min(a[1], max(b[1] - 1, 0)), 1)


@_binary("div_s")
def _div_s(a: Interval, b: Interval, bits: int) -> Interval:
    a, b = signed(a, bits), signed(b, bits)
    if b[0] <= 0:
        return FULL[bits]
    quotients = [_truncate(x, y) for x in a[:2] for y in b[:2]]
    low, high = min(quotients), max(quotients)
    return fit(low, high, 1 if low < high else 0, bits)


def _truncate(x: int, y: int) -> int:
    """x / y for y > 0, rounded to zero."""
    return x // y if x >= 0 else -(-x // y)


@_binary("rem_s")
def _rem_s(a: Interval, b: Interval, bits: int) -> Interval:
    a, b = signed(a, bits), signed(b, bits)
    if b[0] <= 0:
        return FULL[bits]
    return (max(1 - b[1], min(a[0], 0)), min(b[1] - 1, max(a[1], 0)), 1)


def _extend(width: int) -> Unary:
    def extend(a: Interval) -> Interval:
        half = 1 << width - 1
        return a if -half <= a[0] and a[1] < half else (-half, half - 1, 1)

    return extend


for _bits, _width in ((32, 8), (32, 16), (64, 8), (64, 16), (64, 32)):
    UNARY[f"i{_bits}.extend{_width}_s"] = _extend(_width)


@_unary("i32.wrap_i64")
def _wrap(a: Interval) -> Interval:
    return fit(*a, 32)


@_unary("i64.extend_i32_u")
def _extend_u(a: Interval) -> Interval:
    return fit(*unsigned(a, 32), 64)


@_unary("i64.extend_i32_s")
def _extend_s(a: Interval) -> Interval:
    return signed(a, 32)


_BINARY = {BY_NAME[name]: entry for name, entry in BINARY.items()}
_UNARY = {BY_NAME[name]: function for name, function in UNARY.items()}
_FIXED = {BY_NAME[name]: interval for name, interval in FIXED.items()}
#: the result of everything else
UNKNOWN = frozenset(BY_NAME.values()) - _BINARY.keys() - _UNARY.keys() - _FIXED.keys()


def result_of(op: Opcode, operands: list[Interval], bits: int) -> Interval:
    """The interval of the result of an instruction with an integer result of ``bits`` bits and integer operands."""
    if op in UNKNOWN:  # loads and calls
        return FULL[bits]
    binary = _BINARY.get(op)
    if binary is not None:
        function, width = binary
        return function(operands[0], operands[1], width)
    unary = _UNARY.get(op)
    if unary is not None:
        return unary(operands[0])
    return _FIXED.get(op) or FULL[bits]
