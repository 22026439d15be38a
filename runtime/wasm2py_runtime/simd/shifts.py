"""Shifts of lanes (spec §4.3.3: vshiftop): the count is taken modulo the width."""

from __future__ import annotations

from .shapes import ALL, TOPS, WIDTHS, Binary, filled, repeated


def _kept(width: int) -> tuple[list[int], list[int]]:
    """What a shift to the left, and to the right, leaves in each lane, by count."""
    lane = (1 << width) - 1
    counts = range(width)
    return [repeated(lane << n & lane, width) for n in counts], [repeated(lane >> n, width) for n in counts]


def _shl(width: int) -> Binary:
    kept, _ = _kept(width)

    def shl(a: int, count: int) -> int:
        count %= width
        return a << count & kept[count]

    return shl


def _shr_u(width: int) -> Binary:
    _, kept = _kept(width)

    def shr_u(a: int, count: int) -> int:
        count %= width
        return a >> count & kept[count]

    return shr_u


def _shr_s(width: int) -> Binary:
    """With ones from above in the lanes that are negative."""
    tops = TOPS[width]
    _, kept = _kept(width)

    def shr_s(a: int, count: int) -> int:
        count %= width
        keep = kept[count]
        return a >> count & keep | filled(a & tops, width) & (keep ^ ALL)

    return shr_s


i8x16_shl, i16x8_shl, i32x4_shl, i64x2_shl = map(_shl, WIDTHS)
i8x16_shr_u, i16x8_shr_u, i32x4_shr_u, i64x2_shr_u = map(_shr_u, WIDTHS)
i8x16_shr_s, i16x8_shr_s, i32x4_shr_s, i64x2_shr_s = map(_shr_s, WIDTHS)
