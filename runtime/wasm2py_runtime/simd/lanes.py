"""Getting lanes in and out, and moving them (spec §4.4.3)."""

from __future__ import annotations

from ..float_bits import f32_reinterpret_i32, f64_reinterpret_i64, i32_reinterpret_f32, i64_reinterpret_f64
from .shapes import ALL, ONES, WIDTHS, Binary, Ternary, Unary


def _splat(width: int) -> Unary:
    lane, ones = (1 << width) - 1, ONES[width]
    return lambda x: (x & lane) * ones


def _extract_u(width: int) -> Binary:
    lane = (1 << width) - 1
    return lambda a, index: a >> width * index & lane


def _extract_s(width: int) -> Binary:
    """As an i32, unsigned."""
    lane, top = (1 << width) - 1, 1 << width - 1
    return lambda a, index: ((a >> width * index & lane) ^ top) - top & 0xFFFFFFFF


def _replace(width: int) -> Ternary:
    lane = (1 << width) - 1

    def replace_lane(a: int, x: int, index: int) -> int:
        at = width * index
        return a & (ALL ^ lane << at) | (x & lane) << at

    return replace_lane


i8x16_splat, i16x8_splat, i32x4_splat, i64x2_splat = map(_splat, WIDTHS)
i8x16_extract_lane_u, i16x8_extract_lane_u, i32x4_extract_lane, i64x2_extract_lane = map(_extract_u, WIDTHS)
i8x16_extract_lane_s, i16x8_extract_lane_s = map(_extract_s, WIDTHS[:2])
i8x16_replace_lane, i16x8_replace_lane, i32x4_replace_lane, i64x2_replace_lane = map(_replace, WIDTHS)


def f32x4_splat(x: float) -> int:
    return i32_reinterpret_f32(x) * ONES[32]


def f64x2_splat(x: float) -> int:
    return i64_reinterpret_f64(x) * ONES[64]


def f32x4_extract_lane(a: int, index: int) -> float:
    return f32_reinterpret_i32(a >> 32 * index & 0xFFFFFFFF)


def f64x2_extract_lane(a: int, index: int) -> float:
    return f64_reinterpret_i64(a >> 64 * index & 0xFFFFFFFFFFFFFFFF)


def f32x4_replace_lane(a: int, x: float, index: int) -> int:
    return i32x4_replace_lane(a, i32_reinterpret_f32(x), index)


def f64x2_replace_lane(a: int, x: float, index: int) -> int:
    return i64x2_replace_lane(a, i64_reinterpret_f64(x), index)


# ``bytes.translate`` looks up sixteen bytes at once in a table that must have an entry for every byte.
_NO_LANES = bytes(240)
_NO_MORE_LANES = bytes(224)


def i8x16_swizzle(a: int, indices: int) -> int:
    """The lanes that the indices name; zero for an index that names none."""
    table = a.to_bytes(16, "little") + _NO_LANES
    return int.from_bytes(indices.to_bytes(16, "little").translate(table), "little")


def i8x16_shuffle(a: int, b: int, indices: bytes) -> int:
    """The bytes that the indices name out of both vectors."""
    table = (b << 128 | a).to_bytes(32, "little") + _NO_MORE_LANES
    return int.from_bytes(indices.translate(table), "little")
