"""The primitive values: LEB128 to the bit, names, lengths (spec §5.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.binary import build
from wasm2py.binary.reader import Reader
from wasm2py.errors import DecodeError

Read = Callable[[Reader], int]


def refused(read: Callable[[Reader], object], data: bytes) -> tuple[str, int]:
    with pytest.raises(DecodeError) as caught:
        read(Reader(data))
    return caught.value.message, caught.value.offset


@given(st.integers(0, 2**32 - 1))
def test_u32_round_trip(value: int) -> None:
    data = build.u32(value)
    reader = Reader(data)
    assert reader.u32() == value
    assert reader.pos == len(data)


@given(st.integers(0, 2**64 - 1))
def test_u64_round_trip(value: int) -> None:
    assert Reader(build.u32(value)).u64() == value


@given(st.integers(-(2**31), 2**31 - 1))
def test_s32_round_trip(value: int) -> None:
    assert Reader(build.s64(value)).s32() == value


@given(st.integers(-(2**63), 2**63 - 1))
def test_s64_round_trip(value: int) -> None:
    assert Reader(build.s64(value)).s64() == value


@pytest.mark.parametrize(
    ("read", "data", "value"),
    [
        (Reader.u32, b"\x83\x80\x80\x80\x00", 3),
        (Reader.u32, b"\xff\xff\xff\xff\x0f", 2**32 - 1),
        (Reader.u64, b"\xff" * 9 + b"\x01", 2**64 - 1),
        (Reader.s32, b"\xff\xff\xff\xff\x7f", -1),
        (Reader.s32, b"\xff\xff\xff\xff\x07", 2**31 - 1),
        (Reader.s32, b"\x80\x80\x80\x80\x78", -(2**31)),
        (Reader.s33, b"\xff\xff\xff\xff\x0f", 2**32 - 1),
        (Reader.s33, b"\x80\x80\x80\x80\x70", -(2**32)),
        (Reader.s64, b"\x80" * 9 + b"\x7f", -(2**63)),
        (Reader.s64, b"\xff" * 9 + b"\x00", 2**63 - 1),
    ],
)
def test_longest_encodings(read: Read, data: bytes, value: int) -> None:
    assert read(Reader(data)) == value


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (Reader.u32, b"\x80\x80\x80\x80\x80\x00"),
        (Reader.u32, b"\x80\x80\x80\x80\x80"),
        (Reader.u64, b"\x80" * 10 + b"\x00"),
        (Reader.s32, b"\xff\xff\xff\xff\xff\x7f"),
        (Reader.s64, b"\x80" * 10 + b"\x00"),
    ],
)
def test_too_long(read: Read, data: bytes) -> None:
    assert refused(read, data)[0] == "integer representation too long"


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (Reader.u32, b"\x80\x80\x80\x80\x10"),
        (Reader.u32, b"\xff\xff\xff\xff\x7f"),
        (Reader.u64, b"\x80" * 9 + b"\x02"),
        (Reader.s32, b"\xff\xff\xff\xff\x0f"),  # the sign bit set, the bits above it not
        (Reader.s32, b"\x80\x80\x80\x80\x70"),  # the other way round
        (Reader.s33, b"\x80\x80\x80\x80\x20"),
        (Reader.s64, b"\x80" * 9 + b"\x01"),
        (Reader.s64, b"\xff" * 9 + b"\x7e"),
    ],
)
def test_unused_bits(read: Read, data: bytes) -> None:
    message, offset = refused(read, data)
    assert message == "integer too large"
    assert offset == len(data) - 1


@pytest.mark.parametrize("read", [Reader.u32, Reader.u64, Reader.s32, Reader.s33, Reader.s64])
@pytest.mark.parametrize("data", [b"", b"\x80", b"\x80\x80\x80"])
def test_truncated(read: Read, data: bytes) -> None:
    assert refused(read, data) == ("unexpected end of section or function", len(data))


def test_lengths_are_checked_against_what_is_left() -> None:
    assert refused(Reader.length, b"\x05abc") == ("length out of bounds", 0)
    assert refused(Reader.name, b"\xff\xff\xff\xff\x0fabc") == ("length out of bounds", 0)
    assert Reader(b"\x03abc").length() == 3


@pytest.mark.parametrize(
    "data",
    [b"\xff", b"\xc0\x80", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80", b"\xe2\x82"],
    ids=["ff", "overlong-2", "overlong-3", "surrogate", "above-10ffff", "lone-tail", "cut"],
)
def test_bad_utf8(data: bytes) -> None:
    assert refused(Reader.name, build.vec(*[bytes([byte]) for byte in data]))[0] == "malformed UTF-8 encoding"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_names(text: str) -> None:
    assert Reader(build.name(text)).name() == text


def test_errors_count_from_the_base() -> None:
    reader = Reader(b"\0\1", base=100)
    reader.zero()
    with pytest.raises(DecodeError, match="zero byte expected") as caught:
        reader.zero()
    assert caught.value.offset == 101
