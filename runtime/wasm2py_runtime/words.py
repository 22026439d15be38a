"""64-bit machine words: how code for PyPy computes with i64 (``wasm2py compile --target pypy``).

PyPy is quick with ints in -2**63 … 2**63 - 1, and very slow with others. Such a code therefore holds every i64 as a
*word*, the congruent int in that range, and lets no intermediate result leave it. PyPy has instructions that wrap
around; elsewhere the same functions are written out, so that the code runs everywhere.
"""

from __future__ import annotations

from struct import Struct

from .errors import IntegerDivideByZero, IntegerOverflow, InvalidConversion

_MINIMUM, _MAXIMUM = -0x8000000000000000, 0x7FFFFFFFFFFFFFFF
_SPAN = 0x10000000000000000
_WORD, _DOUBLE = Struct("=q"), Struct("=d")


def _wrap(number: int) -> int:
    return (number + _MAXIMUM + 1) % _SPAN + _MINIMUM


def word_add(a: int, b: int) -> int:
    """The sum, modulo 2**64."""
    return _wrap(a + b)


def word_sub(a: int, b: int) -> int:
    """The difference, modulo 2**64."""
    return _wrap(a - b)


def word_mul(a: int, b: int) -> int:
    """The product, modulo 2**64."""
    return _wrap(a * b)


def word_shl(a: int, count: int) -> int:
    """Shifted left by 0 to 63."""
    return _wrap(a << count)


def word_shr_u(a: int, count: int) -> int:
    """Shifted right by 0 to 63, zeros coming in."""
    return _wrap(a % _SPAN >> count)


try:
    from __pypy__ import intop  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    pass
else:
    globals().update(word_add=intop.int_add, word_sub=intop.int_sub, word_mul=intop.int_mul)
    globals().update(word_shl=intop.int_lshift, word_shr_u=intop.uint_rshift)


def word(number: int) -> int:
    """The word of a canonical i64. (PyPy remembers how a number was made: the addition makes it a word for good.)"""
    return word_add(number if number <= _MAXIMUM else number - _SPAN, 0)


def word_div_s(a: int, b: int) -> int:
    """Signed quotient, rounded towards zero. Traps for b = 0 and for -2**63 / -1 (spec ``idiv_s``)."""
    if not b:
        raise IntegerDivideByZero
    if a == _MINIMUM:
        return _divide_minimum(b)
    if b == _MINIMUM:
        return 0
    if (a ^ b) < 0:
        return -(abs(a) // abs(b))
    return abs(a) // abs(b)


def _divide_minimum(b: int) -> int:
    if b == -1:
        raise IntegerOverflow
    quotient = -_MINIMUM // abs(b)
    return word_add(-quotient if b > 0 else quotient, 0)


def word_rem_s(a: int, b: int) -> int:
    """Signed remainder with the sign of ``a``. Traps for b = 0 (spec ``irem_s``)."""
    if not b:
        raise IntegerDivideByZero
    if a == _MINIMUM or b == _MINIMUM:
        return word_add(-(abs(a) % abs(b)) if a < 0 else a, 0)
    return abs(a) % abs(b) if a >= 0 else -(-a % abs(b))


def word_div_u(a: int, b: int) -> int:
    """Unsigned quotient. Traps for b = 0 (spec ``idiv_u``)."""
    if b <= 0:
        if not b:
            raise IntegerDivideByZero
        return 1 if b <= a < 0 else 0
    if a >= 0:
        return a // b
    quotient = word_shl(word_shr_u(a, 1) // b, 1)
    rest = word_sub(a, word_mul(quotient, b))
    return quotient if 0 <= rest < b else quotient + 1


def word_rem_u(a: int, b: int) -> int:
    """Unsigned remainder. Traps for b = 0 (spec ``irem_u``)."""
    if a >= 0 and b > 0:
        return a % b
    return word_sub(a, word_mul(word_div_u(a, b), b))


def word_clz(a: int) -> int:
    """The number of leading zero bits (spec ``iclz``): all bits below the first are set and then counted."""
    if a < 0:
        return 0
    for count in (1, 2, 4, 8, 16, 32):
        a |= a >> count
    return 64 - word_popcnt(a)


def word_ctz(a: int) -> int:
    """The number of trailing zero bits, 64 for zero (spec ``ictz``)."""
    return word_popcnt(word_sub(word_sub(0, a) & a, 1))


def word_popcnt(a: int) -> int:
    """The number of one bits (spec ``ipopcnt``): in all pairs of bits at once, then in fours, in bytes, in all."""
    a = word_sub(a, word_shr_u(a, 1) & 0x5555555555555555)
    a = (a & 0x3333333333333333) + (word_shr_u(a, 2) & 0x3333333333333333)
    a = a + (a >> 4) & 0x0F0F0F0F0F0F0F0F
    return word_shr_u(word_mul(a, 0x0101010101010101), 56)


def word_trunc_s(x: float) -> int:
    """Towards zero, to a signed i64 (spec ``trunc``)."""
    if -9223372036854775808.0 <= x < 9223372036854775808.0:
        return int(x)
    raise InvalidConversion if x != x else IntegerOverflow


def word_trunc_u(x: float) -> int:
    """Towards zero, to an unsigned i64 (spec ``trunc``)."""
    if -1.0 < x < 9223372036854775808.0:
        return int(x)
    if 0.0 < x < 18446744073709551616.0:
        return word(int(x))
    raise InvalidConversion if x != x else IntegerOverflow


def word_reinterpret_f64(x: float) -> int:
    """The bits of an f64 (spec ``reinterpret``)."""
    return int(_WORD.unpack(_DOUBLE.pack(x))[0])


def f64_reinterpret_word(bits: int) -> float:
    """The f64 with these bits (spec ``reinterpret``)."""
    return float(_DOUBLE.unpack(_WORD.pack(bits))[0])
