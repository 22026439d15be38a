"""Floats and their bits, and rounding to single precision: all threads may do it at once.

Where no thread switch can happen between two subscripts (CPython from 3.10 on, with its lock), a value is written to
a memory cell and read back through a view of another type. Elsewhere ``struct`` and arithmetic do the same.
"""

from __future__ import annotations

import sys
import threading
from math import copysign, inf
from struct import Struct
from typing import Any

_F32, _U32, _F64, _I64 = Struct("=f"), Struct("=I"), Struct("=d"), Struct("=q")
#: The smallest normal f32, and the least number that is rounded to infinity.
_NORMAL, _OVERFLOW = 1.1754943508222875e-38, 3.4028235677973366e38
#: The bits of an infinite f32, and what marks an f32 NaN as signalling (see floats.py).
_INFINITE, _MARKER = 0x7F800000, 1
_QUIET, _LOW_29 = 0x0008000000000000, 0x1FFFFFFF

_has_lock = getattr(sys, "_is_gil_enabled", lambda: True)()
#: Whether a value written to a cell is still there in the next instruction.
ATOMIC = sys.implementation.name == "cpython" and sys.version_info >= (3, 10) and _has_lock

_single: Any = memoryview(bytearray(4)).cast("f")
_double: Any = memoryview(bytearray(8)).cast("d")
_single_bits: Any = memoryview(_single).cast("B").cast("I")
_double_bits: Any = memoryview(_double).cast("B").cast("Q")


def round_by_arithmetic(x: float) -> float:
    """The f32 nearest to ``x``, ties to even; a NaN becomes quiet.

    The upper 24 bits of a normal number are cut off as Veltkamp does; what remains is rounded as the processor rounds.
    """
    if _NORMAL <= x < _OVERFLOW or -_OVERFLOW < x <= -_NORMAL:
        scaled = x * 536870913.0
        return scaled - (scaled - x)
    if x != x:
        return float(_F64.unpack(_I64.pack(_I64.unpack(_F64.pack(x))[0] & ~_LOW_29 | _QUIET))[0])
    if -_OVERFLOW < x < _OVERFLOW:
        return float(_F32.unpack(_F32.pack(x))[0])
    return copysign(inf, x)


def _bits_of_nan(x: float) -> int:
    """The bits of an f32 that is a NaN."""
    bits = i64_reinterpret_f64(x)
    narrow = bits >> 32 & 0x80000000 | _INFINITE | bits >> 29 & 0x7FFFFF
    return narrow ^ 0x400000 if bits & _LOW_29 else narrow


def _nan_of_bits(bits: int) -> float:
    """The f32 with these bits, which are those of a NaN."""
    wide = (bits & 0x80000000) << 32 | 0x7FF8000000000000 | (bits & 0x7FFFFF) << 29
    return f64_reinterpret_i64(wide if bits & 0x400000 else wide | _MARKER)


class ThreadCell(threading.local):
    """``cell[0] = x`` and ``cell[0]`` where a memory cell might be overwritten by another thread in between."""

    value = 0.0

    def __getitem__(self, index: int) -> float:
        return self.value

    def __setitem__(self, index: int, value: float) -> None:
        self.value = round_by_arithmetic(value)


if ATOMIC:
    #: Rounds: ``f32_cell[0] = x`` and then ``f32_cell[0]``.
    f32_cell: Any = _single

    def f32_round(x: float) -> float:
        """The f32 nearest to ``x``, ties to even, infinite past the largest; a NaN becomes quiet (spec ``float_N``)."""
        _single[0] = x
        return _single[0]  # type: ignore[no-any-return]

    def i64_reinterpret_f64(x: float) -> int:
        """The bits of an f64 (spec ``reinterpret``)."""
        _double[0] = x
        return _double_bits[0]  # type: ignore[no-any-return]

    def f64_reinterpret_i64(bits: int) -> float:
        """The f64 with these bits (spec ``reinterpret``)."""
        _double_bits[0] = bits
        return _double[0]  # type: ignore[no-any-return]

    def i32_reinterpret_f32(x: float) -> int:
        """The bits of an f32, signalling NaNs included (spec ``reinterpret``)."""
        if x == x:
            _single[0] = x
            return _single_bits[0]  # type: ignore[no-any-return]
        return _bits_of_nan(x)

    def f32_reinterpret_i32(bits: int) -> float:
        """The f32 with these bits; a signalling NaN in its marked form (spec ``reinterpret``)."""
        if bits & 0x7FFFFFFF <= _INFINITE:
            _single_bits[0] = bits
            return _single[0]  # type: ignore[no-any-return]
        return _nan_of_bits(bits)

else:
    f32_cell = ThreadCell()
    f32_round = round_by_arithmetic

    def i64_reinterpret_f64(x: float) -> int:
        """The bits of an f64 (spec ``reinterpret``)."""
        bits = int(_I64.unpack(_F64.pack(x))[0])
        return bits if bits >= 0 else bits + 0x10000000000000000

    def f64_reinterpret_i64(bits: int) -> float:
        """The f64 with these bits (spec ``reinterpret``)."""
        return float(_F64.unpack(_I64.pack(bits if bits <= 0x7FFFFFFFFFFFFFFF else bits - 0x10000000000000000))[0])

    def i32_reinterpret_f32(x: float) -> int:
        """The bits of an f32, signalling NaNs included (spec ``reinterpret``)."""
        return int(_U32.unpack(_F32.pack(x))[0]) if x == x else _bits_of_nan(x)

    def f32_reinterpret_i32(bits: int) -> float:
        """The f32 with these bits; a signalling NaN in its marked form (spec ``reinterpret``)."""
        return float(_F32.unpack(_U32.pack(bits))[0]) if bits & 0x7FFFFFFF <= _INFINITE else _nan_of_bits(bits)
