"""Words against Python's own arithmetic modulo 2**64, as PyPy has them and as they are written out elsewhere."""

from __future__ import annotations

import math
import random
import struct

import pytest

from wasm2py_runtime import IntegerDivideByZero, IntegerOverflow, InvalidConversion, words
from wasm2py_runtime.words import word, word_div_s, word_div_u, word_rem_s, word_rem_u

MINIMUM, MAXIMUM = -(1 << 63), (1 << 63) - 1
_random = random.Random(1)
SMALL = [0, 1, 2, 3, 7, 10, 1 << 31, (1 << 32) - 1, 1 << 32, 1 << 62, MAXIMUM - 1, MAXIMUM]
NUMBERS = [
    *SMALL,
    *[-number for number in SMALL],
    MINIMUM,
    *[_random.getrandbits(64) + MINIMUM for _ in range(40)],
    *[_random.getrandbits(_random.randrange(1, 64)) for _ in range(30)],
]


def wrapped(number: int) -> int:
    return (number - MINIMUM) % (1 << 64) + MINIMUM


def unsigned(number: int) -> int:
    return number % (1 << 64)


def truncated(a: int, b: int) -> int:
    """The quotient, rounded towards zero."""
    return -(abs(a) // abs(b)) if (a < 0) != (b < 0) else abs(a) // abs(b)


@pytest.mark.parametrize("a", NUMBERS)
def test_arithmetic_wraps_around(a: int) -> None:
    for b in NUMBERS:
        assert words.word_add(a, b) == wrapped(a + b)
        assert words.word_sub(a, b) == wrapped(a - b)
        assert words.word_mul(a, b) == wrapped(a * b)
    for count in (0, 1, 7, 31, 32, 62, 63):
        assert words.word_shl(a, count) == wrapped(a << count)
        assert words.word_shr_u(a, count) == wrapped(unsigned(a) >> count)
    assert word(unsigned(a)) == a


@pytest.mark.parametrize("a", NUMBERS)
def test_division(a: int) -> None:
    for b in NUMBERS:
        if not b:
            continue
        assert word_div_u(a, b) == wrapped(unsigned(a) // unsigned(b))
        assert word_rem_u(a, b) == wrapped(unsigned(a) % unsigned(b))
        assert word_rem_s(a, b) == a - truncated(a, b) * b
        if (a, b) != (MINIMUM, -1):
            assert word_div_s(a, b) == truncated(a, b)


def test_division_traps() -> None:
    for divide in (word_div_s, word_div_u, word_rem_s, word_rem_u):
        for a in (0, 1, -1, MINIMUM):
            with pytest.raises(IntegerDivideByZero):
                divide(a, 0)
    with pytest.raises(IntegerOverflow):
        word_div_s(MINIMUM, -1)
    assert word_rem_s(MINIMUM, -1) == 0


@pytest.mark.parametrize("a", NUMBERS)
def test_counting_bits(a: int) -> None:
    bits = unsigned(a)
    assert words.word_clz(a) == 64 - bits.bit_length()
    assert words.word_ctz(a) == ((bits & -bits).bit_length() - 1 if a else 64)
    assert words.word_popcnt(a) == bin(bits).count("1")


def test_from_floats() -> None:
    for x in (0.0, -0.9, 0.9, -1.0, 1e18, -9223372036854775808.0, 9223372036854774784.0):
        assert words.word_trunc_s(x) == math.trunc(x)
    for x in (0.0, -0.9, 0.9, 1e18, 9223372036854774784.0, 9223372036854775808.0, 18446744073709549568.0):
        assert words.word_trunc_u(x) == wrapped(math.trunc(x))
    for trunc, outside in (
        (words.word_trunc_s, (9223372036854775808.0, -9223372036854777856.0, math.inf)),
        (words.word_trunc_u, (18446744073709551616.0, -1.0, -math.inf)),
    ):
        for x in outside:
            with pytest.raises(IntegerOverflow):
                trunc(x)
        with pytest.raises(InvalidConversion):
            trunc(math.nan)


@pytest.mark.parametrize("x", [0.0, -0.0, 1.5, -1.5, math.inf, -math.inf, 5e-324])
def test_bits_of_floats(x: float) -> None:
    bits = words.word_reinterpret_f64(x)
    assert struct.pack("<q", bits) == struct.pack("<d", x)
    assert struct.pack("<d", words.f64_reinterpret_word(bits)) == struct.pack("<d", x)
