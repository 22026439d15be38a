"""Floats to integers, trapping and saturating (spec §4.3 "Conversions"). f32 and f64 alike; results are canonical."""

from __future__ import annotations

from math import trunc

from .errors import IntegerOverflow, InvalidConversion, Trap


def _refuse(x: float) -> Trap:
    """The trap for a float that has no integer: a NaN, or one out of range."""
    return InvalidConversion() if x != x else IntegerOverflow()


def i32_trunc_s(x: float) -> int:
    """Towards zero, to a signed i32 (spec ``trunc``)."""
    if -2147483649.0 < x < 2147483648.0:
        return trunc(x) & 0xFFFFFFFF
    raise _refuse(x)


def i32_trunc_u(x: float) -> int:
    """Towards zero, to an unsigned i32 (spec ``trunc``)."""
    if -1.0 < x < 4294967296.0:
        return trunc(x)
    raise _refuse(x)


def i64_trunc_s(x: float) -> int:
    """Towards zero, to a signed i64 (spec ``trunc``)."""
    if -9223372036854775808.0 <= x < 9223372036854775808.0:
        return trunc(x) & 0xFFFFFFFFFFFFFFFF
    raise _refuse(x)


def i64_trunc_u(x: float) -> int:
    """Towards zero, to an unsigned i64 (spec ``trunc``)."""
    if -1.0 < x < 18446744073709551616.0:
        return trunc(x)
    raise _refuse(x)


def i32_trunc_sat_s(x: float) -> int:
    """Towards zero; out of range the nearest signed i32; zero for a NaN (spec ``trunc_sat``)."""
    if -2147483649.0 < x < 2147483648.0:
        return trunc(x) & 0xFFFFFFFF
    return 0 if x != x else 0x80000000 if x < 0.0 else 0x7FFFFFFF


def i32_trunc_sat_u(x: float) -> int:
    """Towards zero; out of range the nearest unsigned i32; zero for a NaN (spec ``trunc_sat``)."""
    if -1.0 < x < 4294967296.0:
        return trunc(x)
    return 0xFFFFFFFF if x > 0.0 else 0


def i64_trunc_sat_s(x: float) -> int:
    """Towards zero; out of range the nearest signed i64; zero for a NaN (spec ``trunc_sat``)."""
    if -9223372036854775808.0 <= x < 9223372036854775808.0:
        return trunc(x) & 0xFFFFFFFFFFFFFFFF
    return 0 if x != x else 0x8000000000000000 if x < 0.0 else 0x7FFFFFFFFFFFFFFF


def i64_trunc_sat_u(x: float) -> int:
    """Towards zero; out of range the nearest unsigned i64; zero for a NaN (spec ``trunc_sat``)."""
    if -1.0 < x < 18446744073709551616.0:
        return trunc(x)
    return 0xFFFFFFFFFFFFFFFF if x > 0.0 else 0
