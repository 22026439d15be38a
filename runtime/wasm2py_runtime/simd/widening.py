"""From narrow lanes to wide ones and back (spec §4.3.3: extend, extmul, extadd_pairwise, narrow)."""

from __future__ import annotations

from operator import mul

from .arithmetic import i16x8_add, i32x4_add
from .shapes import ONES, SIGNED, UNSIGNED, Binary, Unary, lanes, vector

_HALF = (1 << 64) - 1


def _extend_u(width: int, high: bool) -> Unary:
    """Half of the lanes moved apart, by ever smaller steps."""
    steps = []
    at = 32
    while at >= width:
        steps.append((at, ((1 << at) - 1) * ONES[2 * at]))
        at //= 2

    def extend_u(a: int) -> int:
        a = a >> 64 if high else a & _HALF
        for at, kept in steps:
            a = (a | a << at) & kept
        return a

    return extend_u


def _signed(width: int) -> Unary:
    """Lanes of ``2 * width`` bits that hold ``width`` bits, their sign filled in."""
    signs = ONES[2 * width] << width - 1

    def signed(a: int) -> int:
        negative = a & signs
        return a | (negative << width + 1) - (negative << 1)

    return signed


def _extend_s(width: int, extend_u: Unary) -> Unary:
    signed = _signed(width)
    return lambda a: signed(extend_u(a))


i16x8_extend_low_i8x16_u, i32x4_extend_low_i16x8_u, i64x2_extend_low_i32x4_u = _LOW = tuple(
    _extend_u(width, False) for width in (8, 16, 32)
)
i16x8_extend_high_i8x16_u, i32x4_extend_high_i16x8_u, i64x2_extend_high_i32x4_u = _HIGH = tuple(
    _extend_u(width, True) for width in (8, 16, 32)
)
i16x8_extend_low_i8x16_s, i32x4_extend_low_i16x8_s, i64x2_extend_low_i32x4_s = map(_extend_s, (8, 16, 32), _LOW)
i16x8_extend_high_i8x16_s, i32x4_extend_high_i16x8_s, i64x2_extend_high_i32x4_s = map(_extend_s, (8, 16, 32), _HIGH)


def _extadd_u(width: int) -> Unary:
    kept = ((1 << width) - 1) * ONES[2 * width]
    return lambda a: (a & kept) + (a >> width & kept)


def _extadd_s(width: int, add: Binary) -> Unary:
    kept, signed = ((1 << width) - 1) * ONES[2 * width], _signed(width)
    return lambda a: add(signed(a & kept), signed(a >> width & kept))


i16x8_extadd_pairwise_i8x16_u, i32x4_extadd_pairwise_i16x8_u = map(_extadd_u, (8, 16))
i16x8_extadd_pairwise_i8x16_s, i32x4_extadd_pairwise_i16x8_s = map(_extadd_s, (8, 16), (i16x8_add, i32x4_add))


def _extmul(width: int, high: bool, signed: bool) -> Binary:
    """Products of half of the lanes; they fit into lanes twice as wide."""
    layouts = SIGNED if signed else UNSIGNED
    unpack, pack, count = layouts[width].unpack, layouts[2 * width].pack, 64 // width
    half = slice(count, None) if high else slice(count)

    def extmul(a: int, b: int) -> int:
        left, right = unpack(a.to_bytes(16, "little"))[half], unpack(b.to_bytes(16, "little"))[half]
        return int.from_bytes(pack(*map(mul, left, right)), "little")

    return extmul


i16x8_extmul_low_i8x16_s, i32x4_extmul_low_i16x8_s, i64x2_extmul_low_i32x4_s = (
    _extmul(width, False, True) for width in (8, 16, 32)
)
i16x8_extmul_high_i8x16_s, i32x4_extmul_high_i16x8_s, i64x2_extmul_high_i32x4_s = (
    _extmul(width, True, True) for width in (8, 16, 32)
)
i16x8_extmul_low_i8x16_u, i32x4_extmul_low_i16x8_u, i64x2_extmul_low_i32x4_u = (
    _extmul(width, False, False) for width in (8, 16, 32)
)
i16x8_extmul_high_i8x16_u, i32x4_extmul_high_i16x8_u, i64x2_extmul_high_i32x4_u = (
    _extmul(width, True, False) for width in (8, 16, 32)
)


def _narrow(width: int, low: int, high: int) -> Binary:
    """Both vectors' lanes, signed, as lanes of ``width`` bits: what does not fit becomes the nearest that does."""
    wide, narrow, mask = SIGNED[2 * width], UNSIGNED[width], (1 << width) - 1

    def narrow_lanes(a: int, b: int) -> int:
        numbers = lanes(a, wide) + lanes(b, wide)
        return vector([(low if x < low else high if x > high else x) & mask for x in numbers], narrow)

    return narrow_lanes


i8x16_narrow_i16x8_s, i16x8_narrow_i32x4_s = _narrow(8, -0x80, 0x7F), _narrow(16, -0x8000, 0x7FFF)
i8x16_narrow_i16x8_u, i16x8_narrow_i32x4_u = _narrow(8, 0, 0xFF), _narrow(16, 0, 0xFFFF)
