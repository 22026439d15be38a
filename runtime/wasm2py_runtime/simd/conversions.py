"""Between integer and float lanes, and between float lanes (spec §4.3.3: vcvtop)."""

from __future__ import annotations

from ..conversions import i32_trunc_sat_s, i32_trunc_sat_u
from .floats import floats, from_doubles, from_singles
from .shapes import SIGNED, UNSIGNED, lanes, vector


def i32x4_trunc_sat_f32x4_s(a: int) -> int:
    return vector([i32_trunc_sat_s(x) & 0xFFFFFFFF for x in floats(a, 32)], UNSIGNED[32])


def i32x4_trunc_sat_f32x4_u(a: int) -> int:
    return vector([i32_trunc_sat_u(x) for x in floats(a, 32)], UNSIGNED[32])


def i32x4_trunc_sat_f64x2_s_zero(a: int) -> int:
    low, high = [i32_trunc_sat_s(x) & 0xFFFFFFFF for x in floats(a, 64)]
    return low | high << 32


def i32x4_trunc_sat_f64x2_u_zero(a: int) -> int:
    low, high = [i32_trunc_sat_u(x) for x in floats(a, 64)]
    return low | high << 32


def f32x4_convert_i32x4_s(a: int) -> int:
    return from_singles([float(x) for x in lanes(a, SIGNED[32])])


def f32x4_convert_i32x4_u(a: int) -> int:
    return from_singles([float(x) for x in lanes(a, UNSIGNED[32])])


def f64x2_convert_low_i32x4_s(a: int) -> int:
    return from_doubles([float(x) for x in lanes(a, SIGNED[32])[:2]])


def f64x2_convert_low_i32x4_u(a: int) -> int:
    return from_doubles([float(x) for x in lanes(a, UNSIGNED[32])[:2]])


def f32x4_demote_f64x2_zero(a: int) -> int:
    return from_singles([*floats(a, 64), 0.0, 0.0])


def f64x2_promote_low_f32x4(a: int) -> int:
    return from_doubles(list(floats(a, 32)[:2]))
