"""Bytes that mean harm: counts out of all proportion, cut and flipped modules. Module or DecodeError, never more."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.binary import build
from wasm2py.binary import decode
from wasm2py.binary.decoder import SECTIONS
from wasm2py.errors import DecodeError
from wasm2py.module import Module

HUGE = b"\xff\xff\xff\xff\x0f"  # 2^32-1


def attempt(data: bytes) -> Module | DecodeError:
    try:
        return decode(data)
    except DecodeError as error:
        assert 0 <= error.offset <= len(data)
        return error


@pytest.fixture
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


COUNTED = [number for number in SECTIONS if number not in (build.START, build.DATA_COUNT)]


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize("number", COUNTED)
def test_huge_count_of_a_section(number: int) -> None:
    error = attempt(build.module(build.raw_section(number, HUGE)))
    assert isinstance(error, DecodeError)
    assert error.message == "length out of bounds"


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize(
    "data",
    [
        build.module(b"\1" + HUGE),
        build.module(b"\0" + HUGE),
        build.module(build.raw_section(0, HUGE)),
        build.module(build.raw_section(build.TYPE, b"\1\x60" + HUGE)),
        build.module(build.raw_section(build.TYPE, b"\1\x60\0" + HUGE)),
        build.module(build.raw_section(build.TYPE, b"\1\x4e" + HUGE)),
        build.module(build.raw_section(build.TYPE, b"\1\x50" + HUGE)),
        build.module(build.raw_section(build.TYPE, b"\1\x5f" + HUGE)),
        build.module(build.raw_section(build.ELEMENT, b"\1\1\0" + HUGE)),
        build.module(build.raw_section(build.DATA, b"\1\1" + HUGE)),
        build.function(b"\x0e" + HUGE),
        build.function(b"\x1c" + HUGE),
        build.function(b"\x1f\x40" + HUGE),
        build.module(build.raw_section(build.CODE, b"\1\x06" + HUGE + b"\x0b")),
    ],
)
def test_huge_counts_elsewhere(data: bytes) -> None:
    error = attempt(data)
    assert isinstance(error, DecodeError)
    assert error.message == "length out of bounds"


@pytest.mark.usefixtures("little_memory")
def test_huge_numbers_that_are_only_numbers() -> None:
    """A name, a size in pages, a data count: nothing is allocated for them here."""
    assert isinstance(attempt(build.module(build.section(build.MEMORY, b"\0" + HUGE))), Module)
    assert isinstance(attempt(build.module(build.section(build.TABLE, b"\x70\0" + HUGE))), Module)
    assert isinstance(attempt(build.module(build.raw_section(build.DATA_COUNT, HUGE))), DecodeError)


@pytest.mark.usefixtures("little_memory")
def test_locals_stay_run_length_encoded() -> None:
    module = decode(build.function(b"", [HUGE + b"\x7f"]))
    assert module.functions[0].locals == ((2**32 - 1, "i32"),)
    error = attempt(build.function(b"", [HUGE + b"\x7f", b"\1\x7f"]))
    assert isinstance(error, DecodeError)
    assert error.message == "too many locals"


def specimen() -> bytes:
    """A module with something of everything."""
    code = (
        (
            b"\x02\x40\x04\x7f\x41\x80\x7f\x05\x42\x01\x1a\x41\0\x0b\x1a\x0b\x0e\2\0\0\0\x28\x42\x01\x80\1\x1c\1\x64\0"
            b"\x1f\x40\2\0\0\0\2\0\x0b\xd0\x6e\xfb\x18\3\0\x6e\x6c\xfb\x08\1\2\xfc\x08\0\0\xfd\x0c" + bytes(16)
        )
        + b"\x44"
        + bytes(8)
        + b"\x43"
        + bytes(4)
        + b"\xfd\x54\0\0\1\xfe\x48\2\0\xfe\x03\0\x06\x40\x07\0\x19\x0b"
    )
    names = build.raw_section(0, build.name("m")) + build.raw_section(1, b"\1\0\1f") + build.raw_section(2, b"\1\0\0")
    return build.module(
        build.section(build.TYPE, b"\x60\0\0", b"\x4e\2\x50\0\x5f\1\x78\1\x4f\1\1\x5e\x64\1\0"),
        build.section(build.IMPORT, b"\1a\1b\0\0", b"\1a\1c\2\3\1\2", b"\1a\1d\3\x7f\0", b"\1a\1e\4\0\0"),
        build.section(build.FUNCTION, b"\0"),
        build.section(build.TABLE, b"\x70\0\1", b"\x40\0\x70\1\1\2\xd0\x70\x0b"),
        build.section(build.MEMORY, b"\5\1\2", b"\x08\1\0"),
        build.section(build.TAG, b"\0\0"),
        build.section(build.GLOBAL, b"\x7f\1\x41\1\x0b"),
        build.section(build.EXPORT, b"\1f\0\0"),
        build.raw_section(build.START, b"\0"),
        build.section(build.ELEMENT, b"\0\x41\0\x0b\1\0", b"\7\x70\1\xd0\x70\x0b"),
        build.raw_section(build.DATA_COUNT, b"\1"),
        build.section(build.CODE, build.entry(code, [b"\2\x7f"])),
        build.section(build.DATA, b"\2\0\x41\0\x0b\3abc"),
        build.custom("name", names),
        build.custom("target_features", b"\1+\1x"),
    )


def test_specimen_is_well_formed() -> None:
    module = decode(specimen())
    assert not module.warnings
    assert sorted(module.parsed_customs) == ["name", "target_features"]


def test_every_truncation() -> None:
    data = specimen()
    for size in range(len(data)):
        attempt(data[:size])


def test_every_flipped_bit() -> None:
    data = specimen()
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        attempt(bytes(flipped))


def test_every_place_of_a_huge_number() -> None:
    data = specimen()
    for at in range(8, len(data)):
        attempt(data[:at] + HUGE + data[at + 1 :])


def test_random_changes() -> None:
    data, chance = specimen(), random.Random(1)
    for _ in range(2000):
        changed = bytearray(data)
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(8, len(changed))
            changed[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        attempt(bytes(changed))


@given(st.binary(max_size=200))
def test_random_bytes(data: bytes) -> None:
    attempt(data)
    attempt(build.HEADER + data)


@given(st.binary(max_size=60))
def test_random_code(data: bytes) -> None:
    attempt(build.function(data))
