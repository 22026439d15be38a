"""Integer instructions that need more than one Python operation (spec §4.3 "Integer Operations").

Every i32 and i64 is canonical here: unsigned, in 0 … 2**N - 1, going in and coming out. Only quotients and remainders
are made of signed numbers too, for generated code that has these.
"""

from __future__ import annotations

from .errors import IntegerDivideByZero, IntegerOverflow


def i32_div_s(a: int, b: int) -> int:
    """Signed quotient, rounded towards zero. Traps for b = 0 and for -2**31 / -1 (spec ``idiv_s``)."""
    if not b:
        raise IntegerDivideByZero
    if a > 0x7FFFFFFF:
        a -= 0x100000000
    if b > 0x7FFFFFFF:
        b -= 0x100000000
    if (a ^ b) < 0:
        return -(abs(a) // abs(b)) & 0xFFFFFFFF
    if a == -0x80000000 and b == -1:
        raise IntegerOverflow
    return a // b


def i32_rem_s(a: int, b: int) -> int:
    """Signed remainder with the sign of ``a``. Traps for b = 0 (spec ``irem_s``)."""
    if not b:
        raise IntegerDivideByZero
    if b > 0x7FFFFFFF:
        b = 0x100000000 - b
    return a % b if a <= 0x7FFFFFFF else -((0x100000000 - a) % b) & 0xFFFFFFFF


def i64_div_s(a: int, b: int) -> int:
    """Signed quotient, rounded towards zero. Traps for b = 0 and for -2**63 / -1 (spec ``idiv_s``)."""
    if not b:
        raise IntegerDivideByZero
    if a > 0x7FFFFFFFFFFFFFFF:
        a -= 0x10000000000000000
    if b > 0x7FFFFFFFFFFFFFFF:
        b -= 0x10000000000000000
    if (a ^ b) < 0:
        return -(abs(a) // abs(b)) & 0xFFFFFFFFFFFFFFFF
    if a == -0x8000000000000000 and b == -1:
        raise IntegerOverflow
    return a // b


def i64_rem_s(a: int, b: int) -> int:
    """Signed remainder with the sign of ``a``. Traps for b = 0 (spec ``irem_s``)."""
    if not b:
        raise IntegerDivideByZero
    if b > 0x7FFFFFFFFFFFFFFF:
        b = 0x10000000000000000 - b
    return a % b if a <= 0x7FFFFFFFFFFFFFFF else -((0x10000000000000000 - a) % b) & 0xFFFFFFFFFFFFFFFF


def i32_quotient(a: int, b: int) -> int:
    """``i32_div_s`` of signed numbers, as a signed number."""
    if a == -0x80000000 and b == -1:
        raise IntegerOverflow
    return _quotient(a, b)


def i64_quotient(a: int, b: int) -> int:
    """``i64_div_s`` of signed numbers, as a signed number."""
    if a == -0x8000000000000000 and b == -1:
        raise IntegerOverflow
    return _quotient(a, b)


def _quotient(a: int, b: int) -> int:
    if not b:
        raise IntegerDivideByZero
    quotient = abs(a) // abs(b)
    return quotient if (a ^ b) >= 0 else -quotient


def remainder(a: int, b: int) -> int:
    """``i32_rem_s`` and ``i64_rem_s`` of signed numbers, as a signed number."""
    if not b:
        raise IntegerDivideByZero
    return abs(a) % abs(b) if a >= 0 else -(abs(a) % abs(b))


def i32_ctz(a: int) -> int:
    """The number of trailing zero bits, 32 for zero (spec ``ictz``)."""
    return (a ^ a - 1).bit_length() - 1 if a else 32


def i64_ctz(a: int) -> int:
    """The number of trailing zero bits, 64 for zero (spec ``ictz``)."""
    return (a ^ a - 1).bit_length() - 1 if a else 64


def _count_ones(a: int) -> int:
    return bin(a).count("1")


#: The number of one bits (spec ``ipopcnt``).
i32_popcnt = i64_popcnt = getattr(int, "bit_count", _count_ones)


def i32_rotl(a: int, count: int) -> int:
    """``a`` rotated left by ``count`` modulo 32 (spec ``irotl``)."""
    return a * 0x100000001 >> 32 - (count & 31) & 0xFFFFFFFF


def i32_rotr(a: int, count: int) -> int:
    """``a`` rotated right by ``count`` modulo 32 (spec ``irotr``)."""
    return a * 0x100000001 >> (count & 31) & 0xFFFFFFFF


def i64_rotl(a: int, count: int) -> int:
    """``a`` rotated left by ``count`` modulo 64 (spec ``irotl``)."""
    count &= 63
    return (a << count | a >> 64 - count) & 0xFFFFFFFFFFFFFFFF


def i64_rotr(a: int, count: int) -> int:
    """``a`` rotated right by ``count`` modulo 64 (spec ``irotr``)."""
    count &= 63
    return (a >> count | a << 64 - count) & 0xFFFFFFFFFFFFFFFF
