"""Constants that are worth trying: the edges of types, pages, shifts and conversions."""

from __future__ import annotations

import struct

from tests.differential.choices import Choices

INTEGERS = {
    "i32": (0, 1, -1, 2, 3, 7, 8, 31, 32, 33, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, -2, -128,
            -32769, 0x3FFFFFFF, 0x40000000, 0x7FFFFFFE, 0x7FFFFFFF, -0x80000000, -0x7FFFFFFF),
    "i64": (0, 1, -1, 2, 3, 7, 8, 31, 32, 63, 64, 65, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000,
            -0x80000000, -0x80000001, -2, 1 << 53, (1 << 53) + 1, 0x7FFFFFFFFFFFFFFF, -0x8000000000000000,
            -0x7FFFFFFFFFFFFFFF),
}  # fmt: skip

FLOATS = (
    "0", "1", "-0", "-1", "0.5", "1.5", "2.5", "-2.5", "inf", "-inf", "nan", "-nan", "3.7", "-0.9", "255", "-129",
    "2147483520", "2147483648", "-2147483648", "4294967040", "4294967296", "9223371487098961920", "9223372036854775808",
    "-9223372036854775808", "18446742974197923840", "18446744073709551616", "16777217", "1e10", "0x1p-126", "0x1p-149",
    "0x1.fffffep127", "0x1.8p-24",
)  # fmt: skip

WIDE_FLOATS = (
    "2147483647", "2147483647.9", "-2147483648.9", "-2147483649", "4294967295.9", "9007199254740993", "0x1p-1074",
    "0x1p-1022", "0x1.fffffefffffffp127", "0x1.ffffffp127", "0x1.fffffffffffffp1023", "0x1.000001p0",
    "0x1.0000010000001p0",
)  # fmt: skip

#: NaNs whose bits matter: quiet with a payload, and signalling ones.
NANS = {
    "f32": ("nan", "-nan", "nan:0x200000", "-nan:0x200000", "nan:0x1", "nan:0x7fffff", "-nan:0x400123"),
    "f64": ("nan", "-nan", "nan:0x4000000000000", "nan:0x1", "-nan:0x1", "nan:0xfffffffffffff", "nan:0x8000000000123"),
}


def constant(choices: Choices, kind: str) -> str:
    """A constant instruction of a number type; for floats no NaN but the canonical ones."""
    return f"({kind}.const {_literal(choices, kind)})"


def exact_constant(choices: Choices, kind: str) -> str:
    """A float constant of any bits."""
    literal = choices.pick(NANS[kind]) if choices.chance(1, 2) else _literal(choices, kind)
    return f"({kind}.const {literal})"


def _literal(choices: Choices, kind: str) -> str:
    if kind in INTEGERS:
        if choices.chance(1, 4):
            return str(choices.bits(int(kind[1:])))
        return str(choices.pick(INTEGERS[kind]))
    if choices.chance(1, 4):
        return _any_finite(choices, kind)
    return choices.pick(FLOATS if kind == "f32" else FLOATS + WIDE_FLOATS)


def _any_finite(choices: Choices, kind: str) -> str:
    """A float of random bits, with an exponent that is not all ones."""
    if kind == "f32":
        value = struct.unpack("<f", struct.pack("<I", choices.bits(32) & 0xBFFFFFFF))[0]
    else:
        value = struct.unpack("<d", struct.pack("<Q", choices.bits(64) & 0xBFFFFFFFFFFFFFFF))[0]
    return value.hex()


def argument(choices: Choices, kind: str) -> int | float:
    """A value that the host passes."""
    if kind in INTEGERS:
        return choices.pick(INTEGERS[kind])
    literal = choices.pick(FLOATS)
    return float.fromhex(literal) if "0x" in literal else float(literal.replace("-nan", "nan"))
