"""Float lanes (spec §4.3.3: vunop, vbinop, vrelop on f32x4 and f64x2).

Lanes are computed as Python floats, which are doubles; rounding the result once more to 32 bits is right for the four
basic operations and square roots. Instructions that only move or test bits leave every NaN as it is.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from operator import add, eq, ge, gt, le, lt, mul, ne, sub
from struct import Struct
from sys import byteorder
from typing import Callable

from ..floats import f64_ceil, f64_div, f64_floor, f64_max, f64_min, f64_nearest, f64_sqrt, f64_trunc
from .shapes import LOWS, TOPS, Binary, Unary, vector

FLOATS = {32: Struct("<4f"), 64: Struct("<2d")}
_MASKS = {32: Struct("<4i"), 64: Struct("<2q")}


def floats(a: int, width: int) -> tuple[float, ...]:
    """The lanes as doubles; a signalling NaN becomes a quiet one."""
    return FLOATS[width].unpack(a.to_bytes(16, "little"))


def from_doubles(numbers: Iterable[float]) -> int:
    return int.from_bytes(FLOATS[64].pack(*numbers), "little")


def from_singles(numbers: Iterable[float]) -> int:
    """Each number rounded to 32 bits; what is too large becomes infinite."""
    rounded = array("f", numbers)
    if byteorder == "big":
        rounded.byteswap()
    return int.from_bytes(rounded.tobytes(), "little")


_FROM = {32: from_singles, 64: from_doubles}


def _unary(width: int, operation: Callable[[float], float]) -> Unary:
    made = _FROM[width]
    return lambda a: made(map(operation, floats(a, width)))


def _binary(width: int, operation: Callable[[float, float], float]) -> Binary:
    made = _FROM[width]
    unpack = FLOATS[width].unpack
    return lambda a, b: made(map(operation, unpack(a.to_bytes(16, "little")), unpack(b.to_bytes(16, "little"))))


def _relation(width: int, relation: Callable[[float, float], bool]) -> Binary:
    layout = _MASKS[width]
    return lambda a, b: vector([-relation(x, y) for x, y in zip(floats(a, width), floats(b, width))], layout)


def _chosen(relation: Binary) -> Binary:
    """``b`` where the relation of ``b`` and ``a`` holds, else ``a``."""
    return lambda a, b: a ^ ((a ^ b) & relation(b, a))


f32x4_add, f32x4_sub, f32x4_mul = (_binary(32, operation) for operation in (add, sub, mul))
f32x4_div, f64x2_div = (_binary(width, f64_div) for width in (32, 64))
f32x4_min, f64x2_min = (_binary(width, f64_min) for width in (32, 64))
f32x4_max, f64x2_max = (_binary(width, f64_max) for width in (32, 64))
f32x4_sqrt, f64x2_sqrt = (_unary(width, f64_sqrt) for width in (32, 64))
f32x4_ceil, f64x2_ceil = (_unary(width, f64_ceil) for width in (32, 64))
f32x4_floor, f64x2_floor = (_unary(width, f64_floor) for width in (32, 64))
f32x4_trunc, f64x2_trunc = (_unary(width, f64_trunc) for width in (32, 64))
f32x4_nearest, f64x2_nearest = (_unary(width, f64_nearest) for width in (32, 64))
f32x4_eq, f64x2_eq = (_relation(width, eq) for width in (32, 64))
f32x4_ne, f64x2_ne = (_relation(width, ne) for width in (32, 64))
f32x4_lt, f64x2_lt = (_relation(width, lt) for width in (32, 64))
f32x4_gt, f64x2_gt = (_relation(width, gt) for width in (32, 64))
f32x4_le, f64x2_le = (_relation(width, le) for width in (32, 64))
f32x4_ge, f64x2_ge = (_relation(width, ge) for width in (32, 64))
f32x4_pmin, f64x2_pmin = _chosen(f32x4_lt), _chosen(f64x2_lt)
f32x4_pmax, f64x2_pmax = _chosen(f32x4_gt), _chosen(f64x2_gt)


# Two lanes are quickest written out.
_unpack, _pack = FLOATS[64].unpack, FLOATS[64].pack


def f64x2_add(a: int, b: int) -> int:
    x0, x1 = _unpack(a.to_bytes(16, "little"))
    y0, y1 = _unpack(b.to_bytes(16, "little"))
    return int.from_bytes(_pack(x0 + y0, x1 + y1), "little")


def f64x2_sub(a: int, b: int) -> int:
    x0, x1 = _unpack(a.to_bytes(16, "little"))
    y0, y1 = _unpack(b.to_bytes(16, "little"))
    return int.from_bytes(_pack(x0 - y0, x1 - y1), "little")


def f64x2_mul(a: int, b: int) -> int:
    x0, x1 = _unpack(a.to_bytes(16, "little"))
    y0, y1 = _unpack(b.to_bytes(16, "little"))
    return int.from_bytes(_pack(x0 * y0, x1 * y1), "little")


def f32x4_abs(a: int) -> int:
    return a & LOWS[32]


def f64x2_abs(a: int) -> int:
    return a & LOWS[64]


def f32x4_neg(a: int) -> int:
    return a ^ TOPS[32]


def f64x2_neg(a: int) -> int:
    return a ^ TOPS[64]
