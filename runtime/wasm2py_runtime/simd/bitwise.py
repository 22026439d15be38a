"""Instructions on all 128 bits, and those that gather one bit a lane (spec §4.3.3: ivtestop, ibitmask)."""

from __future__ import annotations

from .shapes import ALL, LOWS, TOPS, WIDTHS, Unary

_BYTE = 0xFF
_GATHER = 0x0102040810204080


def v128_not(a: int) -> int:
    return a ^ ALL


def v128_and(a: int, b: int) -> int:
    return a & b


def v128_andnot(a: int, b: int) -> int:
    return a ^ (a & b)


def v128_or(a: int, b: int) -> int:
    return a | b


def v128_xor(a: int, b: int) -> int:
    return a ^ b


def v128_bitselect(a: int, b: int, mask: int) -> int:
    """Bits of ``a`` where the mask is set, of ``b`` elsewhere."""
    return b ^ ((a ^ b) & mask)


def v128_any_true(a: int) -> int:
    return 1 if a else 0


def _all_true(width: int) -> Unary:
    tops, lows = TOPS[width], LOWS[width]

    def all_true(a: int) -> int:
        return 1 if ((a & lows) + lows | a) & tops == tops else 0

    return all_true


i8x16_all_true, i16x8_all_true, i32x4_all_true, i64x2_all_true = map(_all_true, WIDTHS)


def i8x16_bitmask(a: int) -> int:
    """Eight lanes at a time: a multiplication moves their bits side by side without a carry."""
    bits = (a & TOPS[8]) >> 7
    low = (bits & 0xFFFFFFFFFFFFFFFF) * _GATHER >> 56 & _BYTE
    return low | ((bits >> 64) * _GATHER >> 48 & _BYTE << 8)


def i16x8_bitmask(a: int) -> int:
    bits = (a & TOPS[16]) >> 15
    bits |= bits >> 15
    return bits & 0x3 | bits >> 30 & 0xC | bits >> 60 & 0x30 | bits >> 90 & 0xC0


def i32x4_bitmask(a: int) -> int:
    return a >> 31 & 1 | a >> 62 & 2 | a >> 93 & 4 | a >> 124 & 8


def i64x2_bitmask(a: int) -> int:
    return a >> 63 & 1 | a >> 126 & 2
