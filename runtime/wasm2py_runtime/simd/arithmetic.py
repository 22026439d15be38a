"""Integer arithmetic lane by lane (spec §4.3.3: vunop, vbinop), all lanes at once but for multiplication."""

from __future__ import annotations

from .shapes import LOWS, ONES, SIGNED, TOPS, UNSIGNED, WIDTHS, Binary, Unary, filled, lanes, vector


def _add(width: int) -> Binary:
    tops, lows = TOPS[width], LOWS[width]
    return lambda a, b: (a & lows) + (b & lows) ^ (a ^ b) & tops


def _sub(width: int) -> Binary:
    tops, lows = TOPS[width], LOWS[width]
    return lambda a, b: (a | tops) - (b & lows) ^ (a ^ b ^ tops) & tops


def _neg(width: int) -> Unary:
    tops, lows = TOPS[width], LOWS[width]
    return lambda a: tops - (a & lows) ^ (a ^ tops) & tops


def _abs(width: int) -> Unary:
    """The negative lanes inverted, plus one; of the least number that is the same number again."""
    tops, top = TOPS[width], width - 1

    def absolute(a: int) -> int:
        negative = a & tops
        return (a ^ (negative << 1) - (negative >> top)) + (negative >> top)

    return absolute


_ADD = i8x16_add, i16x8_add, i32x4_add, i64x2_add = tuple(map(_add, WIDTHS))
_SUB = i8x16_sub, i16x8_sub, i32x4_sub, i64x2_sub = tuple(map(_sub, WIDTHS))
i8x16_neg, i16x8_neg, i32x4_neg, i64x2_neg = map(_neg, WIDTHS)
i8x16_abs, i16x8_abs, i32x4_abs, i64x2_abs = map(_abs, WIDTHS)


# Saturation -----------------------------------------------------------------------------------------------------------


def _add_sat_u(width: int, add: Binary) -> Binary:
    """Lanes that carry out become all ones."""
    tops = TOPS[width]

    def add_sat_u(a: int, b: int) -> int:
        total = add(a, b)
        return total | filled((a & b | (a | b) & (total ^ tops)) & tops, width)

    return add_sat_u


def _sub_sat_u(width: int, sub: Binary) -> Binary:
    """Lanes that borrow become zero."""
    tops = TOPS[width]

    def sub_sat_u(a: int, b: int) -> int:
        rest = sub(a, b)
        inverse = a ^ tops
        return rest ^ (rest & filled((inverse & b | (inverse | b) & rest) & tops, width))

    return sub_sat_u


def _clamped(wrapped: int, overflow: int, a: int, width: int) -> int:
    """The least or the greatest number, by the sign of ``a``, in the lanes that overflow."""
    limits = LOWS[width] + ((a & TOPS[width]) >> width - 1)
    return wrapped ^ ((wrapped ^ limits) & filled(overflow & TOPS[width], width))


def _add_sat_s(width: int, add: Binary) -> Binary:
    def add_sat_s(a: int, b: int) -> int:
        total = add(a, b)
        return _clamped(total, (a ^ total) & (b ^ total), a, width)

    return add_sat_s


def _sub_sat_s(width: int, sub: Binary) -> Binary:
    def sub_sat_s(a: int, b: int) -> int:
        rest = sub(a, b)
        return _clamped(rest, (a ^ b) & (a ^ rest), a, width)

    return sub_sat_s


i8x16_add_sat_u, i16x8_add_sat_u = map(_add_sat_u, WIDTHS[:2], _ADD)
i8x16_add_sat_s, i16x8_add_sat_s = map(_add_sat_s, WIDTHS[:2], _ADD)
i8x16_sub_sat_u, i16x8_sub_sat_u = map(_sub_sat_u, WIDTHS[:2], _SUB)
i8x16_sub_sat_s, i16x8_sub_sat_s = map(_sub_sat_s, WIDTHS[:2], _SUB)


def _avgr_u(width: int) -> Binary:
    """Half of the sum, rounded up, without the sum: the common bits and half of the others, from above."""
    lows = LOWS[width]
    return lambda a, b: (a | b) - ((a ^ b) >> 1 & lows)


i8x16_avgr_u, i16x8_avgr_u = map(_avgr_u, WIDTHS[:2])

_FIVES, _THREES, _FIFTEENS = 0x55 * ONES[8], 0x33 * ONES[8], 0x0F * ONES[8]


def i8x16_popcnt(a: int) -> int:
    """The bits of each byte added up in pairs, then fours, then eights."""
    a -= a >> 1 & _FIVES
    a = (a & _THREES) + (a >> 2 & _THREES)
    return a + (a >> 4) & _FIFTEENS


# Products -------------------------------------------------------------------------------------------------------------


def i16x8_mul(a: int, b: int) -> int:
    layout = UNSIGNED[16]
    return vector([x * y & 0xFFFF for x, y in zip(lanes(a, layout), lanes(b, layout))], layout)


def i32x4_mul(a: int, b: int) -> int:
    layout = UNSIGNED[32]
    return vector([x * y & 0xFFFFFFFF for x, y in zip(lanes(a, layout), lanes(b, layout))], layout)


def i64x2_mul(a: int, b: int) -> int:
    low = a * b & 0xFFFFFFFFFFFFFFFF
    return ((a >> 64) * (b >> 64) & 0xFFFFFFFFFFFFFFFF) << 64 | low


def i16x8_q15mulr_sat_s(a: int, b: int) -> int:
    """Products of fixed-point numbers of 15 bits behind the point; only -1 times -1 does not fit."""
    layout = SIGNED[16]
    products = [x * y + 0x4000 >> 15 for x, y in zip(lanes(a, layout), lanes(b, layout))]
    return vector([x if x < 0x8000 else 0x7FFF for x in products], layout)


def i32x4_dot_i16x8_s(a: int, b: int) -> int:
    """Sums of two products; a sum wraps only where all four factors are the least number."""
    layout = SIGNED[16]
    x, y = lanes(a, layout), lanes(b, layout)
    return vector([x[i] * y[i] + x[i + 1] * y[i + 1] & 0xFFFFFFFF for i in (0, 2, 4, 6)], UNSIGNED[32])
