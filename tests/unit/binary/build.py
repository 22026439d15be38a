"""Modules byte by byte: just enough of an encoder for the tests to say what they mean."""

from __future__ import annotations

from collections.abc import Sequence

HEADER = b"\0asm\1\0\0\0"

(TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT,
 START, ELEMENT, CODE, DATA, DATA_COUNT, TAG) = range(1, 14)  # fmt: skip

#: A type section with the one type [] -> [].
NO_TYPE = b"\1\4\1\x60\0\0"


def u32(value: int) -> bytes:
    """Unsigned LEB128, as short as possible."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def s64(value: int) -> bytes:
    """Signed LEB128, as short as possible."""
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value & 0x7F])


def name(text: str) -> bytes:
    data = text.encode()
    return u32(len(data)) + data


def vec(*items: bytes) -> bytes:
    return u32(len(items)) + b"".join(items)


def section(number: int, *items: bytes) -> bytes:
    """A section that is a list of the items."""
    return raw_section(number, vec(*items))


def raw_section(number: int, contents: bytes) -> bytes:
    return bytes([number]) + u32(len(contents)) + contents


def custom(title: str, contents: bytes) -> bytes:
    return raw_section(0, name(title) + contents)


def module(*sections: bytes) -> bytes:
    return HEADER + b"".join(sections)


def entry(body: bytes, locals_: Sequence[bytes] = ()) -> bytes:
    """An entry of the code section; the closing ``end`` is added."""
    contents = vec(*locals_) + body + b"\x0b"
    return u32(len(contents)) + contents


def function(body: bytes, locals_: Sequence[bytes] = (), data_count: int = 9) -> bytes:
    """A module with one function [] -> [] and as many empty passive data segments as it may mention."""
    return module(
        NO_TYPE,
        section(FUNCTION, b"\0"),
        raw_section(DATA_COUNT, u32(data_count)),
        section(CODE, entry(body, locals_)),
        section(DATA, *[b"\1\0"] * data_count),
    )
