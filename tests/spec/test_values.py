"""The comparison of values keeps NaNs apart as the scripts ask for it."""

from __future__ import annotations

import math

import pytest

from tests.spec.values import Values, bits_of

SIGNALLING = 0x7FA00000


@pytest.mark.parametrize(
    "bits", [0, 0x80000000, 0x3F800000, 0x7FC00000, 0xFFC00000, SIGNALLING, 0xFF800001, 0x7FFFFFFF]
)
def test_f32_bits_survive(bits: int) -> None:
    argument = Values().argument({"type": "f32", "value": str(bits)})
    assert type(argument) is float
    assert bits_of(argument, "f32") == bits


@pytest.mark.parametrize(
    ("bits", "canonical", "arithmetic"),
    [(0x7FC00000, True, True), (0xFFC00000, True, True), (0x7FC00001, False, True), (SIGNALLING, False, False)],
)
def test_kinds_of_nan(bits: int, canonical: bool, arithmetic: bool) -> None:
    values = Values()
    actual = values.argument({"type": "f32", "value": str(bits)})
    assert values.matches(actual, {"type": "f32", "value": "nan:canonical"}) is canonical
    assert values.matches(actual, {"type": "f32", "value": "nan:arithmetic"}) is arithmetic
    assert values.matches(actual, {"type": "f32", "value": str(bits)})


def test_zeros_differ() -> None:
    assert not Values().matches(-0.0, {"type": "f64", "value": "0"})
    assert Values().matches(-0.0, {"type": "f64", "value": str(1 << 63)})


def test_types_differ() -> None:
    values = Values()
    assert not values.matches(1.0, {"type": "i32", "value": "1"})
    assert not values.matches(1, {"type": "f64", "value": str(0x3FF0000000000000)})
    assert not values.matches(-1, {"type": "i32", "value": str(0xFFFFFFFF)}), "not canonical"
    assert not values.matches(math.nan, {"type": "i64", "value": "0"})


def test_references() -> None:
    values = Values()
    five = values.argument({"type": "externref", "value": "5"})
    assert five is values.argument({"type": "externref", "value": "5"})
    assert values.matches(five, {"type": "externref", "value": "5"})
    assert values.matches(five, {"type": "externref"})
    assert not values.matches(five, {"type": "externref", "value": "6"})
    assert not values.matches(None, {"type": "externref", "value": "5"})
    assert values.matches(None, {"type": "refnull", "value": "null"})


def test_vectors_by_lane() -> None:
    values = Values()
    actual = values.argument({"type": "v128", "lane_type": "f32", "value": ["0", "1", str(0x7FC00000), "4"]})
    expected = {"type": "v128", "lane_type": "f32", "value": ["0", "1", "nan:canonical", "4"]}
    assert values.matches(actual, expected)
    assert not values.matches(actual, {**expected, "value": ["0", "1", "nan:canonical", "5"]})
    assert values.matches(actual, {"type": "either", "values": [{"type": "i32", "value": "0"}, expected]})
