"""Relaxed vector instructions: of the results that the spec allows, always the same one on every platform.

Most choose what the instruction without "relaxed" gives; multiplications are rounded before the addition.
"""

from __future__ import annotations

from .arithmetic import i16x8_q15mulr_sat_s, i32x4_add
from .bitwise import v128_bitselect
from .conversions import (
    i32x4_trunc_sat_f32x4_s,
    i32x4_trunc_sat_f32x4_u,
    i32x4_trunc_sat_f64x2_s_zero,
    i32x4_trunc_sat_f64x2_u_zero,
)
from .floats import (
    f32x4_add,
    f32x4_max,
    f32x4_min,
    f32x4_mul,
    f32x4_neg,
    f64x2_add,
    f64x2_max,
    f64x2_min,
    f64x2_mul,
    f64x2_neg,
)
from .lanes import i8x16_swizzle
from .shapes import SIGNED, UNSIGNED, lanes, vector
from .widening import i32x4_extadd_pairwise_i16x8_s

i8x16_relaxed_swizzle = i8x16_swizzle
i32x4_relaxed_trunc_f32x4_s = i32x4_trunc_sat_f32x4_s
i32x4_relaxed_trunc_f32x4_u = i32x4_trunc_sat_f32x4_u
i32x4_relaxed_trunc_f64x2_s_zero = i32x4_trunc_sat_f64x2_s_zero
i32x4_relaxed_trunc_f64x2_u_zero = i32x4_trunc_sat_f64x2_u_zero
i8x16_relaxed_laneselect = i16x8_relaxed_laneselect = v128_bitselect
i32x4_relaxed_laneselect = i64x2_relaxed_laneselect = v128_bitselect
f32x4_relaxed_min, f32x4_relaxed_max = f32x4_min, f32x4_max
f64x2_relaxed_min, f64x2_relaxed_max = f64x2_min, f64x2_max
i16x8_relaxed_q15mulr_s = i16x8_q15mulr_sat_s


def f32x4_relaxed_madd(a: int, b: int, c: int) -> int:
    return f32x4_add(f32x4_mul(a, b), c)


def f32x4_relaxed_nmadd(a: int, b: int, c: int) -> int:
    return f32x4_add(f32x4_mul(f32x4_neg(a), b), c)


def f64x2_relaxed_madd(a: int, b: int, c: int) -> int:
    return f64x2_add(f64x2_mul(a, b), c)


def f64x2_relaxed_nmadd(a: int, b: int, c: int) -> int:
    return f64x2_add(f64x2_mul(f64x2_neg(a), b), c)


def i16x8_relaxed_dot_i8x16_i7x16_s(a: int, b: int) -> int:
    """Both factors signed, the sum wraps."""
    layout = SIGNED[8]
    x, y = lanes(a, layout), lanes(b, layout)
    return vector([x[i] * y[i] + x[i + 1] * y[i + 1] & 0xFFFF for i in range(0, 16, 2)], UNSIGNED[16])


def i32x4_relaxed_dot_i8x16_i7x16_add_s(a: int, b: int, c: int) -> int:
    return i32x4_add(i32x4_extadd_pairwise_i16x8_s(i16x8_relaxed_dot_i8x16_i7x16_s(a, b)), c)
