"""Intervals and their arithmetic against all values, in integers of four bits."""

import itertools
import operator
from collections.abc import Callable, Iterator

import pytest

from wasm2py.analysis.interval import FULL, Interval, contains, fit, join, meet, signed, unsigned
from wasm2py.analysis.transfer import BINARY, result_of
from wasm2py.binary.opcodes import BY_NAME

BITS = 4
MODULUS = 1 << BITS
HALF = MODULUS // 2


@pytest.fixture(autouse=True)
def _small_integers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FULL, BITS, (0, MODULUS - 1, 1))


def residues(a: Interval) -> set[int]:
    low, high, stride = a
    return {value % MODULUS for value in range(low, high + 1, stride or 1)}


def intervals(step: int = 1) -> list[Interval]:
    """All of them, or every n-th one."""
    found = {
        fit(low, low + stride * count, stride if count else 0, BITS)
        for low in range(-HALF, MODULUS)
        for stride in (1, 2, 3, 4, 6, 8)
        for count in range(MODULUS // stride)
    }
    return sorted(found)[::step]


def is_normal(a: Interval) -> bool:
    low, high, stride = a
    if stride and (high - low) % stride:
        return False
    return -HALF <= low < HALF and low <= high < min(low, 0) + MODULUS


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 5, 8])
def test_fit_keeps_every_value(stride: int) -> None:
    for low in range(-40, 40):
        for count in range(30):
            high = low + stride * count
            a = fit(low, high, stride if count else 0, BITS)
            assert is_normal(a)
            assert residues(a) >= {value % MODULUS for value in range(low, high + 1, stride)}


def test_both_forms_keep_every_value() -> None:
    for a in intervals():
        low, high, _ = unsigned(a, BITS)
        assert 0 <= low <= high < MODULUS and residues(unsigned(a, BITS)) >= residues(a)
        low, high, _ = signed(a, BITS)
        assert -HALF <= low <= high < HALF and residues(signed(a, BITS)) >= residues(a)


def test_join_holds_both_and_meet_what_is_in_both() -> None:
    for a, b in itertools.product(intervals(3), intervals(3)):
        both = join(a, b, BITS)
        assert is_normal(both) and residues(both) >= residues(a) | residues(b), (a, b)
        common = meet(a, b, BITS)
        assert (residues(common) if common else set()) >= residues(a) & residues(b), (a, b)
        assert common is None or is_normal(common), (a, b, common)
        if contains(a, b, BITS):
            assert residues(a) >= residues(b), (a, b)


def test_everything_contains_everything() -> None:
    assert all(contains((0, MODULUS - 1, 1), a, BITS) for a in intervals())
    assert contains(FULL[32], (-5, 5, 1), 32)


def _signed(value: int) -> int:
    return value - MODULUS if value >= HALF else value


def _divide(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


REFERENCE: dict[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "shl": lambda a, b: a << b % BITS,
    "shr_u": lambda a, b: a >> b % BITS,
    "shr_s": lambda a, b: _signed(a) >> b % BITS,
    "div_u": lambda a, b: a // b,
    "rem_u": lambda a, b: a % b,
    "div_s": lambda a, b: _divide(_signed(a), _signed(b)),
    "rem_s": lambda a, b: _signed(a) - _divide(_signed(a), _signed(b)) * _signed(b),
}


def _pairs(name: str, a: Interval, b: Interval) -> Iterator[int]:
    for x, y in itertools.product(residues(a), residues(b)):
        if y or not name.startswith(("div", "rem")):
            yield REFERENCE[name](x, y) % MODULUS


def test_every_binary_instruction_has_a_reference() -> None:
    assert {name[4:] for name in BINARY} == set(REFERENCE)


@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_binary_instructions(name: str) -> None:
    function, _ = BINARY[f"i32.{name}"]
    some, every = intervals(5), [a for a in intervals() if a[2] == 0] + intervals(7)
    for a, b in itertools.chain(itertools.product(some, every), itertools.product(every, some)):
        found = function(a, b, BITS)
        assert is_normal(found), (name, a, b, found)
        assert residues(found) >= set(_pairs(name, a, b)), (name, a, b, found)


@pytest.mark.parametrize(
    "name, a, expected",
    [
        ("i32.wrap_i64", (-8, 8, 4), (-8, 8, 4)),
        ("i32.wrap_i64", (1 << 32, (1 << 32) + 9, 1), (0, 9, 1)),
        ("i64.extend_i32_u", (-8, 8, 4), (0, (1 << 32) - 4, 4)),
        ("i64.extend_i32_u", (-8, -4, 4), ((1 << 32) - 8, (1 << 32) - 4, 4)),
        ("i64.extend_i32_s", (-8, 8, 4), (-8, 8, 4)),
        ("i64.extend_i32_s", (0, (1 << 32) - 1, 1), (-(1 << 31), (1 << 31) - 1, 1)),
        ("i32.extend8_s", (0, 127, 1), (0, 127, 1)),
        ("i32.extend8_s", (0, 128, 1), (-128, 127, 1)),
    ],
)
def test_conversions(name: str, a: Interval, expected: Interval) -> None:
    assert result_of(BY_NAME[name], [a], 64 if name.startswith("i64") else 32) == expected
