"""The values of the scripts: arguments to give, expected results to compare with.

A script writes integers as unsigned decimals and floats as the unsigned decimal of their bits. Everything is
compared in the canonical form of generated code (unsigned ints, floats, f32 signalling NaNs marked), so that
every bit counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.spec.modules import Json
from wasm2py_runtime.numeric import (
    f32_reinterpret_i32,
    f64_reinterpret_i64,
    i32_reinterpret_f32,
    i64_reinterpret_f64,
)

LANE_BITS = {"i8": 8, "i16": 16, "i32": 32, "i64": 64, "f32": 32, "f64": 64}
#: All exponent bits and the top mantissa bit: a NaN is arithmetic when these are set, canonical when nothing else is.
QUIET_NAN = {"f32": 0x7FC00000, "f64": 0x7FF8000000000000}


class HostReference:
    """The host object that ``externref 5`` or ``ref.host 5`` stands for; equal numbers are one object."""

    def __init__(self, number: str) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"<host reference {self.number}>"


class Values:
    """Conversions for one run of a script; holds the host references made so far."""

    def __init__(self) -> None:
        self._references: dict[str, HostReference] = {}

    def argument(self, value: Json) -> Any:
        """The canonical form of an argument."""
        if value.get("value") == "null":
            return None
        if value["type"] == "v128":
            return _vector(value["lane_type"], value["value"])
        convert = _CANONICAL.get(value["type"])
        return convert(int(value["value"])) if convert else self._reference(value["value"])

    def matches(self, actual: Any, expected: Json) -> bool:
        """Whether a canonical result is what the script expects."""
        kind = expected["type"]
        if kind == "either":
            return any(self.matches(actual, choice) for choice in expected["values"])
        if kind == "v128":
            return _vector_matches(actual, expected["lane_type"], expected["value"])
        if kind in _CANONICAL:
            return _number_matches(bits_of(actual, kind), kind, expected["value"])
        return self._reference_matches(actual, expected)

    def _reference(self, number: str) -> HostReference:
        return self._references.setdefault(number, HostReference(number))

    def _reference_matches(self, actual: Any, expected: Json) -> bool:
        wanted = expected.get("value")
        if wanted is None:
            return actual is not None
        if wanted == "null":
            return actual is None
        return actual is self._reference(wanted)


_CANONICAL: dict[str, Callable[[int], Any]] = {
    "i32": int,
    "i64": int,
    "f32": f32_reinterpret_i32,
    "f64": f64_reinterpret_i64,
}


def bits_of(actual: Any, kind: str) -> int | None:
    """The bits of a canonical number as an unsigned int; None if it is no canonical number of that type."""
    if kind in ("f32", "f64"):
        if type(actual) is not float:
            return None
        return i32_reinterpret_f32(actual) if kind == "f32" else i64_reinterpret_f64(actual)
    return actual if type(actual) is int and 0 <= actual < 1 << LANE_BITS[kind] else None


def _number_matches(bits: int | None, kind: str, expected: str) -> bool:
    if bits is None:
        return False
    if not expected.startswith("nan:"):
        return bits == int(expected)
    quiet = QUIET_NAN[kind]
    magnitude = bits & ((1 << LANE_BITS[kind] - 1) - 1)
    return magnitude == quiet if expected == "nan:canonical" else magnitude & quiet == quiet


def _vector(lane: str, values: list[str]) -> int:
    width = LANE_BITS[lane]
    return sum(int(value) << width * index for index, value in enumerate(values))


def _vector_matches(actual: Any, lane: str, expected: list[str]) -> bool:
    if type(actual) is not int:
        return False
    width = LANE_BITS[lane]
    lanes = (actual >> width * index & (1 << width) - 1 for index in range(len(expected)))
    return all(_number_matches(bits, lane, value) for bits, value in zip(lanes, expected))


def canonical(value: Any, kind: Any) -> Any:
    """What a host got from an export, in canonical form: integers unsigned."""
    return value & ((1 << LANE_BITS[kind]) - 1) if kind in ("i32", "i64") and type(value) is int else value
