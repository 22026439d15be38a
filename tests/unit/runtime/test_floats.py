"""Float helpers against exact arithmetic on bit patterns (spec §4.3.3, §4.3.4)."""

from __future__ import annotations

import math
import random
import struct
from fractions import Fraction
from typing import Optional

import pytest

from wasm2py_runtime import IntegerOverflow, InvalidConversion, numeric

FORMATS = {32: (8, 23), 64: (11, 52)}


def edge_bits(bits: int) -> list[int]:
    """Zeros, subnormals, powers of two, halves, the edges of the integers, infinities and NaNs of both signs."""
    exponent_bits, fraction_bits = FORMATS[bits]
    bias = (1 << exponent_bits - 1) - 1
    found = {0, 1, 2, (1 << fraction_bits) - 1, 1 << fraction_bits}
    exponents = (1, bias - 30, bias - 2, bias - 1, bias, bias + 1, bias + 2, bias + 22, bias + 23, bias + 24,
                 bias + 30, bias + 31, bias + 32, bias + 51, bias + 52, bias + 53, bias + 62, bias + 63, bias + 64,
                 2 * bias - 1, 2 * bias, 2 * bias + 1)  # fmt: skip
    top = 1 << fraction_bits - 1
    for exponent in exponents:
        if exponent < 1 << exponent_bits:
            found |= {exponent << fraction_bits | f for f in (0, 1, top - 1, top, top + 1, 2 * top - 1, top >> 1)}
    return sorted(found | {pattern | 1 << bits - 1 for pattern in found})


def from_bits(bits: int, pattern: int) -> float:
    return numeric.f32_reinterpret_i32(pattern) if bits == 32 else numeric.f64_reinterpret_i64(pattern)


def to_bits(bits: int, value: float) -> int:
    return numeric.i32_reinterpret_f32(value) if bits == 32 else numeric.i64_reinterpret_f64(value)


def is_nan(bits: int, pattern: int) -> bool:
    exponent_bits, fraction_bits = FORMATS[bits]
    return pattern & (1 << bits - 1) - 1 > ((1 << exponent_bits) - 1) << fraction_bits


def is_quiet(bits: int, pattern: int) -> bool:
    return is_nan(bits, pattern) and bool(pattern >> FORMATS[bits][1] - 1 & 1)


def exactly(bits: int, value: Fraction, negative: bool) -> int:
    """The bits of the float nearest to a value, ties to even, by exact arithmetic; ``negative`` is the sign of zero."""
    exponent_bits, fraction_bits = FORMATS[bits]
    bias = (1 << exponent_bits - 1) - 1
    magnitude, sign = abs(value), int(value < 0 or (value == 0 and negative)) << bits - 1
    exponent = 1
    if magnitude:
        exponent = max(1, magnitude.numerator.bit_length() - magnitude.denominator.bit_length() - 1 + bias)
    while magnitude >= Fraction(2) ** (exponent - bias + 1):
        exponent += 1
    scaled = magnitude / Fraction(2) ** (exponent - bias - fraction_bits)
    pattern = round(scaled) + (exponent - 1 << fraction_bits)  # a carry moves to the next exponent by itself
    return sign | min(pattern, (1 << exponent_bits) - 1 << fraction_bits)


def samples(bits: int, count: int = 300) -> list[int]:
    generator = random.Random(bits)
    return edge_bits(bits) + [generator.getrandbits(bits) for _ in range(count)]


WIDTHS = pytest.mark.parametrize("bits", [32, 64])


@WIDTHS
def test_reinterpreting_keeps_every_bit(bits: int) -> None:
    for pattern in samples(bits, 3000):
        assert to_bits(bits, from_bits(bits, pattern)) == pattern, hex(pattern)


@WIDTHS
def test_sign_operations_keep_the_payload_of_nans(bits: int) -> None:
    sign = 1 << bits - 1
    for pattern in edge_bits(bits):
        value = from_bits(bits, pattern)
        assert to_bits(bits, -value) == pattern ^ sign, hex(pattern)
        assert to_bits(bits, numeric.fabs(value)) == pattern & ~sign, hex(pattern)
        assert to_bits(bits, numeric.copysign(value, -1.0)) == pattern | sign, hex(pattern)
        assert to_bits(bits, numeric.copysign(value, 0.0)) == pattern & ~sign, hex(pattern)


def test_f32_load_nan_reads_the_bits() -> None:
    patterns = [0x7FC00000, 0x7FA00001, 0xFF800001, 0xFFFFFFFF]
    for address, pattern in enumerate(patterns):
        assert to_bits(32, numeric.f32_load_nan(patterns, address)) == pattern


@pytest.mark.parametrize("name", ["f32_round", "f32_demote"])
def test_rounding_to_f32_is_exact(name: str) -> None:
    operation = getattr(numeric, name)
    generator = random.Random(name)
    ties = [generator.getrandbits(64) & ~0x1FFFFFFF | 0x10000000 + generator.randrange(-1, 2) for _ in range(2000)]
    near_f32 = [((897 + generator.randrange(-30, 254)) << 52 | tie & (1 << 52) - 1) for tie in ties]
    for pattern in samples(64, 3000) + ties + near_f32:
        value = from_bits(64, pattern)
        result = to_bits(32, operation(value))
        if is_nan(64, pattern):
            assert is_quiet(32, result)
            assert result >> 31 == pattern >> 63
        elif math.isinf(value):
            assert result == 0x7F800000 | pattern >> 63 << 31
        else:
            assert result == exactly(32, Fraction(value), bool(pattern >> 63)), hex(pattern)


def test_promotion_quiets_and_keeps_the_payload() -> None:
    for pattern in samples(32):
        result = to_bits(64, numeric.f64_promote(from_bits(32, pattern)))
        if is_nan(32, pattern):
            payload = pattern & 0x7FFFFF | 0x400000
            assert result == (pattern >> 31) << 63 | 0x7FF << 52 | payload << 29, hex(pattern)
        else:
            expected = struct.unpack("<d", struct.pack("<d", struct.unpack("<f", struct.pack("<I", pattern))[0]))[0]
            assert from_bits(64, result) == expected


def test_converting_integers_rounds_once() -> None:
    generator = random.Random(5)
    edges = [s * ((1 << k) + d) for k in range(65) for d in (-2, -1, 0, 1, 2) for s in (1, -1)]
    ties = [
        (generator.getrandbits(23) << 40 | 1 << 63 | 1 << 39) + generator.randrange(-2, 3) >> generator.randrange(12)
        for _ in range(3000)
    ]
    huge = [10**40, -(10**45), 1 << 128, (1 << 128) - (1 << 103), (1 << 128) - (1 << 103) - 1]
    for number in edges + ties + [-tie for tie in ties] + huge:
        assert to_bits(32, numeric.f32_convert(number)) == exactly(32, Fraction(number), False), number


def check_arithmetic(bits: int, result: float, inputs: list[int], exact: Optional[int]) -> None:
    """``exact`` are the bits to come; None asks for a NaN, a canonical one if no input is another kind of NaN."""
    pattern = to_bits(bits, result)
    if exact is not None:
        assert pattern == exact, [hex(i) for i in inputs]
        return
    assert is_quiet(bits, pattern), [hex(i) for i in inputs]
    quiet = 1 << FORMATS[bits][1] - 1
    fraction = (1 << FORMATS[bits][1]) - 1
    if all(not is_nan(bits, i) or i & fraction == quiet for i in inputs):
        assert pattern & fraction == quiet, [hex(i) for i in inputs]


@WIDTHS
def test_division(bits: int) -> None:
    divide = getattr(numeric, f"f{bits}_div")
    patterns = edge_bits(bits)[:: 3 if bits == 32 else 4] + samples(bits, 20)[-20:]
    infinity = exactly(bits, Fraction(2) ** 5000, False)
    for p in patterns:
        for q in patterns:
            a, b = from_bits(bits, p), from_bits(bits, q)
            sign = (p ^ q) >> bits - 1
            if a != a or b != b or (math.isinf(a) and math.isinf(b)) or (not a and not b):
                exact = None
            elif math.isinf(a) or not b:
                exact = infinity | sign << bits - 1
            elif math.isinf(b) or not a:
                exact = sign << bits - 1
            else:
                exact = exactly(bits, Fraction(a) / Fraction(b), bool(sign))
            check_arithmetic(bits, divide(a, b), [p, q], exact)


@WIDTHS
def test_square_root(bits: int) -> None:
    root = getattr(numeric, f"f{bits}_sqrt")
    fraction_bits = FORMATS[bits][1]
    for pattern in samples(bits, 1000):
        value = from_bits(bits, pattern)
        if value != value or value < 0:
            exact: Optional[int] = None
        elif math.isinf(value) or not value:
            exact = pattern
        else:
            # The root in 2**-k: enough bits below the result, and a sticky one at the end.
            k = 2 * fraction_bits + 600
            scaled = Fraction(value) * 4**k
            integer = math.isqrt(scaled.numerator // scaled.denominator)
            sticky = Fraction(integer) ** 2 != scaled
            exact = exactly(bits, Fraction(2 * integer + sticky, 2 ** (k + 1)), False)
        check_arithmetic(bits, root(value), [pattern], exact)


@WIDTHS
def test_minimum_and_maximum(bits: int) -> None:
    patterns = edge_bits(bits)[::2]
    sign = 1 << bits - 1

    def order(pattern: int) -> int:
        return -(pattern & sign - 1) - 1 if pattern & sign else pattern

    for name, choose in (("min", min), ("max", max)):
        operation = getattr(numeric, f"f{bits}_{name}")
        for p in patterns:
            for q in patterns:
                exact = None if is_nan(bits, p) or is_nan(bits, q) else choose(p, q, key=order)
                check_arithmetic(bits, operation(from_bits(bits, p), from_bits(bits, q)), [p, q], exact)


@WIDTHS
@pytest.mark.parametrize("name", ["ceil", "floor", "trunc", "nearest"])
def test_rounding_to_whole_numbers(bits: int, name: str) -> None:
    operation = getattr(numeric, f"f{bits}_{name}")
    whole = {"ceil": math.ceil, "floor": math.floor, "trunc": math.trunc, "nearest": round}[name]
    halves = [to_bits(bits, s * (n + d)) for n in range(6) for d in (0.25, 0.5, 0.75) for s in (1.0, -1.0)]
    edge = 2.0 ** (FORMATS[bits][1] - 1)
    halves += [to_bits(bits, s * (edge + d)) for d in (-1.5, -0.5, 0.5, 1.5) for s in (1.0, -1.0)]
    for pattern in samples(bits, 1000) + halves:
        value = from_bits(bits, pattern)
        exact: Optional[int] = pattern
        if value != value:
            exact = None
        elif not math.isinf(value):
            exact = exactly(bits, Fraction(whole(Fraction(value))), bool(pattern >> bits - 1))
        check_arithmetic(bits, operation(value), [pattern], exact)


@pytest.mark.parametrize("source", [32, 64])
@pytest.mark.parametrize("name", ["i32_trunc_s", "i32_trunc_u", "i64_trunc_s", "i64_trunc_u"])
def test_truncation_to_integers(source: int, name: str) -> None:
    operation, saturating = getattr(numeric, name), getattr(numeric, name.replace("trunc", "trunc_sat"))
    bits, is_signed = int(name[1:3]), name.endswith("s")
    low = -(1 << bits - 1) if is_signed else 0
    high = low + (1 << bits) - 1
    near = [float(n) + d for n in (low, high, 0) for d in (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0)]
    near = [v if source == 64 else numeric.f32_round(v) for v in near]
    for value in [from_bits(source, pattern) for pattern in samples(source)] + near:
        if value != value:
            with pytest.raises(InvalidConversion, match=r"^invalid conversion to integer$"):
                operation(value)
            assert saturating(value) == 0
            continue
        number = math.trunc(value) if not math.isinf(value) else (high + 1 if value > 0 else low - 1)
        assert saturating(value) == max(low, min(high, number)) % (1 << bits), value
        if low <= number <= high:
            assert operation(value) == number % (1 << bits), value
        else:
            with pytest.raises(IntegerOverflow, match=r"^integer overflow$"):
                operation(value)
