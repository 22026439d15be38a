"""Comparisons of integer lanes (spec §4.3.3: virelop): all ones for true, and what follows from them: min and max.

A lane's top bit of ``(a | TOPS) - (b & LOWS)`` says that the bits below it are no fewer in ``a`` than in ``b``.
"""

from __future__ import annotations

from .shapes import ALL, LOWS, TOPS, WIDTHS, Binary


def _ne(width: int) -> Binary:
    tops, lows, top = TOPS[width], LOWS[width], width - 1

    def ne(a: int, b: int) -> int:
        t = a ^ b
        t = ((t & lows) + lows | t) & tops
        return (t << 1) - (t >> top)

    return ne


def _eq(width: int) -> Binary:
    tops, lows, top = TOPS[width], LOWS[width], width - 1

    def eq(a: int, b: int) -> int:
        t = a ^ b
        t = ((t & lows) + lows | t) & tops ^ tops
        return (t << 1) - (t >> top)

    return eq


def _lt_u(width: int) -> Binary:
    tops, lows, top = TOPS[width], LOWS[width], width - 1

    def lt_u(a: int, b: int) -> int:
        below = (a | tops) - (b & lows) ^ tops
        t = (below ^ (a ^ b) & (b ^ below)) & tops
        return (t << 1) - (t >> top)

    return lt_u


def _lt_s(width: int) -> Binary:
    tops, lows, top = TOPS[width], LOWS[width], width - 1

    def lt_s(a: int, b: int) -> int:
        below = (a | tops) - (b & lows) ^ tops
        t = (below ^ (a ^ b) & (a ^ below)) & tops
        return (t << 1) - (t >> top)

    return lt_s


def _swapped(relation: Binary) -> Binary:
    return lambda a, b: relation(b, a)


def _opposite(relation: Binary) -> Binary:
    return lambda a, b: relation(a, b) ^ ALL


def _opposite_swapped(relation: Binary) -> Binary:
    return lambda a, b: relation(b, a) ^ ALL


i8x16_eq, i16x8_eq, i32x4_eq, i64x2_eq = map(_eq, WIDTHS)
i8x16_ne, i16x8_ne, i32x4_ne, i64x2_ne = map(_ne, WIDTHS)
_LT_S = i8x16_lt_s, i16x8_lt_s, i32x4_lt_s, i64x2_lt_s = tuple(map(_lt_s, WIDTHS))
_LT_U = i8x16_lt_u, i16x8_lt_u, i32x4_lt_u = tuple(map(_lt_u, WIDTHS[:3]))
i8x16_gt_s, i16x8_gt_s, i32x4_gt_s, i64x2_gt_s = map(_swapped, _LT_S)
i8x16_gt_u, i16x8_gt_u, i32x4_gt_u = map(_swapped, _LT_U)
i8x16_ge_s, i16x8_ge_s, i32x4_ge_s, i64x2_ge_s = map(_opposite, _LT_S)
i8x16_ge_u, i16x8_ge_u, i32x4_ge_u = map(_opposite, _LT_U)
i8x16_le_s, i16x8_le_s, i32x4_le_s, i64x2_le_s = map(_opposite_swapped, _LT_S)
i8x16_le_u, i16x8_le_u, i32x4_le_u = map(_opposite_swapped, _LT_U)


def _lesser(relation: Binary) -> Binary:
    return lambda a, b: b ^ ((a ^ b) & relation(a, b))


def _greater(relation: Binary) -> Binary:
    return lambda a, b: a ^ ((a ^ b) & relation(a, b))


i8x16_min_s, i16x8_min_s, i32x4_min_s = map(_lesser, _LT_S[:3])
i8x16_min_u, i16x8_min_u, i32x4_min_u = map(_lesser, _LT_U)
i8x16_max_s, i16x8_max_s, i32x4_max_s = map(_greater, _LT_S[:3])
i8x16_max_u, i16x8_max_u, i32x4_max_u = map(_greater, _LT_U)
