"""Intervals with a stride: the Python ints ``low``, ``low + stride``, … ``high``, as residues modulo 2**bits.

A residue has many representatives, and an interval that wraps around in one of them may not in another: ``[-8, 8]`` is
two pieces as unsigned numbers. The representatives here are chosen so that an interval lies within the unsigned or the
signed range, the signed one where both would do (a wholly negative interval); what fits in neither begins within the
signed range. What goes all the way around is everything, of which only the low bits may be known. A single value has
stride 0. All functions take and give this normal form.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import Optional

#: (low, high, stride)
Interval = tuple[int, int, int]

FULL: dict[int, Interval] = {32: (0, (1 << 32) - 1, 1), 64: (0, (1 << 64) - 1, 1)}
BOOLEAN: Interval = (0, 1, 1)


def fit(low: int, high: int, stride: int, bits: int) -> Interval:
    """The normal form of an interval of any Python ints."""
    half = 1 << bits - 1
    if low >= 0:
        if high < half:
            return (low, high, stride)
        if low < half and high < 2 * half:
            return (low, high, stride)
    elif low >= -half and high < half:
        return (low, high, stride)
    return _wrapped(low, high, stride, half)


def _wrapped(low: int, high: int, stride: int, half: int) -> Interval:
    modulus = 2 * half
    if stride == 1 and high - low >= modulus - 1:
        return (0, modulus - 1, 1)
    start = (low + half) % modulus - half  # signed
    end = high + start - low
    if end - start + stride < modulus and end < modulus:
        return (start, end, stride)
    return _low_bits(low, stride, modulus)


def _low_bits(low: int, stride: int, modulus: int) -> Interval:
    """Everything, but for the low bits: they are the same in all values if the stride is even."""
    unit = min(stride & -stride, modulus >> 1)
    rest = low % unit
    return (rest, modulus - unit + rest, unit)


@lru_cache(maxsize=4096)
def single(number: int, bits: int) -> Interval:
    """The interval of one number: those of literals are asked for again and again."""
    return fit(number, number, 0, bits)


def unsigned(a: Interval, bits: int) -> Interval:
    """The same values within [0, 2**bits)."""
    if a[0] >= 0:
        return a
    modulus = 1 << bits
    if a[1] < 0:
        return (a[0] + modulus, a[1] + modulus, a[2])
    return _low_bits(a[0], a[2], modulus)


def signed(a: Interval, bits: int) -> Interval:
    """The same values within [-2**(bits-1), 2**(bits-1))."""
    half = 1 << bits - 1
    if a[1] < half:
        return a
    low, high, stride = _low_bits(a[0], a[2], 2 * half)
    return (low - half, high - half, stride)


def join(a: Interval, b: Interval, bits: int) -> Interval:
    """An interval that holds both: the shorter one of the two ways around."""
    if a == b:
        return a
    modulus = 1 << bits
    if a[0] >= 0 and b[0] >= 0 and a[1] < modulus >> 1 and b[1] < modulus >> 1:  # mostly: the other ways are longer
        low = a[0] if a[0] < b[0] else b[0]
        high = a[1] if a[1] > b[1] else b[1]
        return (low, high, gcd(a[2], b[2], a[0] - b[0]))
    best: Optional[Interval] = None
    for shift in (0, modulus, -modulus):
        low, high = min(a[0], b[0] + shift), max(a[1], b[1] + shift)
        if best is None or high - low < best[1] - best[0]:
            best = (low, high, gcd(a[2], b[2], a[0] - b[0] - shift))
    assert best is not None
    return fit(*best, bits)


def contains(outer: Interval, inner: Interval, bits: int) -> bool:
    """Whether every value of ``inner`` is one of ``outer``."""
    modulus = 1 << bits
    low, high, stride = outer
    everything = high - low + stride >= modulus  # but for the low bits, which are the same in all representatives
    for shift in (0, modulus):
        within = everything or (low <= inner[0] + shift and inner[1] + shift <= high)
        if within and (stride <= 1 or ((inner[0] + shift - low) % stride == 0 and inner[2] % stride == 0)):
            return True
    return False


def meet(a: Interval, b: Interval, bits: int) -> Optional[Interval]:
    """What is in both, or a little more; None if nothing is. The smaller one where they overlap in two pieces."""
    modulus = 1 << bits
    if a[1] - a[0] + 1 >= modulus:
        return b
    if a[0] >= 0 and b[0] >= 0 and a[1] < modulus and b[1] < modulus:  # mostly: they meet in one place at most
        low = a[0] if a[0] > b[0] else b[0]
        high = a[1] if a[1] < b[1] else b[1]
        return _aligned(low, high, a, bits) if low <= high else None
    found: Optional[tuple[int, int]] = None
    for shift in (0, modulus, -modulus):
        low, high = max(a[0], b[0] + shift), min(a[1], b[1] + shift)
        if low <= high:
            if found:
                return b if b[1] - b[0] < a[1] - a[0] else a
            found = (low, high)
    return _aligned(*found, a, bits) if found else None


def _aligned(low: int, high: int, a: Interval, bits: int) -> Optional[Interval]:
    """The values of an interval that lie in a part of it."""
    base, _, stride = a
    if stride > 1:
        low += (base - low) % stride
        high -= (high - base) % stride
        if low > high:
            return None
    return fit(low, high, stride if low < high else 0, bits)
