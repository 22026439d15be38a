"""Integer helpers against brute force on edge values (spec §4.3.2)."""

from __future__ import annotations

import pytest

from wasm2py_runtime import IntegerDivideByZero, IntegerOverflow, numeric

EDGES = {
    bits: sorted(
        {
            (sign * ((1 << shift) + delta)) % (1 << bits)
            for shift in (0, 1, 3, 7, 8, 15, 16, 30, 31, 32, 33, bits - 2, bits - 1, bits)
            for delta in (-2, -1, 0, 1, 2)
            for sign in (1, -1)
        }
        | {0x9E3779B97F4A7C15 % (1 << bits), 0x5555555555555555 % (1 << bits), 10, 1000003}
    )
    for bits in (32, 64)
}
WIDTHS = pytest.mark.parametrize("bits", [32, 64])


def helper(bits: int, name: str):
    return getattr(numeric, f"i{bits}_{name}")


def signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> bits - 1 else value


def pairs(bits: int):
    return ((a, b) for a in EDGES[bits] for b in EDGES[bits])


@WIDTHS
def test_division_rounds_towards_zero(bits: int) -> None:
    divide, remainder = helper(bits, "div_s"), helper(bits, "rem_s")
    for a, b in pairs(bits):
        x, y = signed(a, bits), signed(b, bits)
        if not y or (y == -1 and x == -(1 << bits - 1)):
            continue
        quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        assert divide(a, b) == quotient % (1 << bits), (x, y)
        assert remainder(a, b) == (x - y * quotient) % (1 << bits), (x, y)


@WIDTHS
def test_division_traps(bits: int) -> None:
    least, minus_one = 1 << bits - 1, (1 << bits) - 1
    for name in ("div_s", "rem_s"):
        with pytest.raises(IntegerDivideByZero, match=r"^integer divide by zero$"):
            helper(bits, name)(7, 0)
    with pytest.raises(IntegerOverflow, match=r"^integer overflow$"):
        helper(bits, "div_s")(least, minus_one)
    assert helper(bits, "rem_s")(least, minus_one) == 0


@WIDTHS
def test_division_of_signed_numbers(bits: int) -> None:
    """The same, with signed numbers going in and coming out."""
    quotient, remainder = helper(bits, "quotient"), numeric.remainder
    for a, b in pairs(bits):
        x, y = signed(a, bits), signed(b, bits)
        if y and not (y == -1 and x == -(1 << bits - 1)):
            assert quotient(x, y) == signed(helper(bits, "div_s")(a, b), bits)
            assert remainder(x, y) == signed(helper(bits, "rem_s")(a, b), bits)
    for divide in (quotient, remainder):
        with pytest.raises(IntegerDivideByZero, match=r"^integer divide by zero$"):
            divide(-7, 0)
    with pytest.raises(IntegerOverflow, match=r"^integer overflow$"):
        quotient(-(1 << bits - 1), -1)


@WIDTHS
def test_bit_counts(bits: int) -> None:
    for a in EDGES[bits]:
        digits = format(a, f"0{bits}b")
        assert helper(bits, "ctz")(a) == bits - len(digits.rstrip("0")), a
        assert helper(bits, "popcnt")(a) == digits.count("1"), a
    assert helper(bits, "ctz")(0) == bits


@WIDTHS
def test_rotations(bits: int) -> None:
    counts = (0, 1, 5, bits - 1, bits, bits + 1, 2 * bits - 1, (1 << bits) - 1)
    for a in EDGES[bits]:
        digits = format(a, f"0{bits}b")
        for count in counts:
            k = count % bits
            assert helper(bits, "rotl")(a, count) == int(digits[k:] + digits[:k], 2), (a, count)
            assert helper(bits, "rotr")(a, count) == int(digits[bits - k :] + digits[: bits - k], 2), (a, count)
