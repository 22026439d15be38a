"""Floating-point instructions, exact to the bit (spec §4.3 "Floating-Point Operations").

An f64 is a Python float. An f32 is a Python float whose value is exactly an f32. Python cannot hold a *signalling*
f32 NaN as a float (widening makes it quiet), so it is held as a double NaN with its 23 bits of fraction in the upper
bits, the quiet bit set, and a marker in the low 29 bits, which are zero in every other f32. Negation, ``fabs`` and
``copysign`` keep the marker; rounding to f32 drops it, as arithmetic must give quiet NaNs.
"""

from __future__ import annotations

import math
from math import copysign as copysign
from math import fabs as fabs
from math import sqrt as sqrt
from typing import Any

from .float_bits import f32_reinterpret_i32, f32_round, f64_reinterpret_i64, i64_reinterpret_f64

_INFINITY = math.inf
_NAN = math.nan
#: From here on every double is a whole number.
_WHOLE = 4503599627370496.0

_LOW_29 = 0x1FFFFFFF


def f32_load_nan(u32: Any, address: int) -> float:
    """The NaN that an f32 load found at ``address``, with the bits it has in memory (spec §4.4 ``f32.load``)."""
    return f32_reinterpret_i32(u32[address])


def f32_convert(i: int) -> float:
    """The f32 nearest to an integer of any size and sign, rounded once (spec ``convert``)."""
    if not -0x20000000000000 < i < 0x20000000000000:
        # Rounding to a double first would round twice. Cut to 53 bits instead, the lowest of them sticky ("round to
        # odd"): then the bits below an f32 still tell a tie from what is above or below it.
        magnitude = abs(i)
        shift = magnitude.bit_length() - 53
        magnitude = (magnitude >> shift | (magnitude & (1 << shift) - 1 != 0)) << shift
        i = magnitude if i > 0 else -magnitude
    return f32_round(float(i))


#: The f32 nearest to an f64 (spec ``demote``).
f32_demote = f32_round


def f64_promote(x: float) -> float:
    """An f32 as an f64: the same value; a NaN becomes quiet, so its marker goes (spec ``promote``)."""
    if x == x:
        return x
    return f64_reinterpret_i64(i64_reinterpret_f64(x) & ~_LOW_29)


def f64_div(a: float, b: float) -> float:
    """The quotient; dividing by zero gives an infinity or a NaN (spec ``fdiv``)."""
    if b:
        return a / b
    if a:
        return a + b if a != a else copysign(_INFINITY, a) * copysign(1.0, b)
    return _NAN


def f32_div(a: float, b: float) -> float:
    """``f64_div`` for f32: 53 bits are enough for rounding twice to be rounding once."""
    return f32_round(f64_div(a, b))


def f64_sqrt(x: float) -> float:
    """The square root; of -0 it is -0, of anything else below zero a NaN (spec ``fsqrt``)."""
    if x >= 0.0:
        return math.sqrt(x)
    return x + x if x != x else _NAN


def f32_sqrt(x: float) -> float:
    """``f64_sqrt`` for f32 (rounding twice is rounding once, as for ``f32_div``)."""
    return f32_round(f64_sqrt(x))


def f64_min(a: float, b: float) -> float:
    """The lesser; -0 is less than +0; a NaN if either is one (spec ``fmin``)."""
    if a < b:
        return a
    if b < a:
        return b
    if a != a or b != b:
        return a + b
    return a if a or copysign(1.0, a) < 0.0 else b


def f64_max(a: float, b: float) -> float:
    """The greater; +0 is greater than -0; a NaN if either is one (spec ``fmax``)."""
    if a > b:
        return a
    if b > a:
        return b
    if a != a or b != b:
        return a + b
    return a if a or copysign(1.0, a) > 0.0 else b


def f32_min(a: float, b: float) -> float:
    """``f64_min`` for f32: a NaN loses its marker."""
    if a < b:
        return a
    if b < a:
        return b
    return f32_round(f64_min(a, b))


def f32_max(a: float, b: float) -> float:
    """``f64_max`` for f32: a NaN loses its marker."""
    if a > b:
        return a
    if b > a:
        return b
    return f32_round(f64_max(a, b))


def f64_ceil(x: float) -> float:
    """The least whole number not below ``x``, with the sign of ``x`` (spec ``fceil``)."""
    if -_WHOLE < x < _WHOLE:
        return -(-x // 1.0) if x else x
    return x if x == x else x + x


def f64_floor(x: float) -> float:
    """The greatest whole number not above ``x``, with the sign of ``x`` (spec ``ffloor``)."""
    if -_WHOLE < x < _WHOLE:
        return x // 1.0 if x else x
    return x if x == x else x + x


def f64_trunc(x: float) -> float:
    """``x`` without its fraction, with the sign of ``x`` (spec ``ftrunc``)."""
    if -_WHOLE < x < _WHOLE:
        if x > 0.0:
            return x // 1.0
        return -(-x // 1.0) if x else x
    return x if x == x else x + x


def f64_nearest(x: float) -> float:
    """The nearest whole number, ties to even, with the sign of ``x`` (spec ``fnearest``)."""
    if 0.0 < x < _WHOLE:
        return x + _WHOLE - _WHOLE
    if -_WHOLE < x < 0.0:
        return x - _WHOLE + _WHOLE or -0.0
    return x if x == x else x + x


def f32_ceil(x: float) -> float:
    """``f64_ceil`` for f32: a NaN loses its marker."""
    return f64_ceil(x) if x == x else f32_round(x)


def f32_floor(x: float) -> float:
    """``f64_floor`` for f32: a NaN loses its marker."""
    return f64_floor(x) if x == x else f32_round(x)


def f32_trunc(x: float) -> float:
    """``f64_trunc`` for f32: a NaN loses its marker."""
    return f64_trunc(x) if x == x else f32_round(x)


def f32_nearest(x: float) -> float:
    """``f64_nearest`` for f32: a NaN loses its marker."""
    return f64_nearest(x) if x == x else f32_round(x)
