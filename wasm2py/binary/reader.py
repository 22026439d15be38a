"""Reading the primitive values of the binary format (spec §5.2 "Values") from a byte string."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from wasm2py.errors import DecodeError

T = TypeVar("T")

UNEXPECTED_END: Final = "unexpected end of section or function"


class Reader:
    """A position in bytes. ``base`` is where the bytes begin in the module, for the offsets of errors.

    Sections are read as the reference interpreter reads them: only the end of the bytes stops a value, and that a
    section ends where it said is checked once it has been read.
    """

    __slots__ = ("base", "data", "pos")

    def __init__(self, data: bytes, base: int = 0) -> None:
        self.data = data
        self.pos = 0
        self.base = base

    def error(self, message: str, pos: int) -> DecodeError:
        """The error to raise because of what is at ``pos``."""
        return DecodeError(message, self.base + pos)

    def at_end(self) -> bool:
        return self.pos >= len(self.data)

    def byte(self) -> int:
        try:
            value = self.data[self.pos]
        except IndexError:
            raise self.error(UNEXPECTED_END, len(self.data)) from None
        self.pos += 1
        return value

    def code(self) -> int:
        """The code of a type: a negative number of 7 bits in the spec's words, here the one byte that encodes it."""
        value = self.byte()
        if value >= 0x80:
            raise self.error("integer representation too long", self.pos)
        return value

    def peek(self) -> int | None:
        """The next byte, None at the end."""
        return self.data[self.pos] if self.pos < len(self.data) else None

    def bytes(self, size: int) -> bytes:
        end = self.pos + size
        if end > len(self.data):
            raise self.error(UNEXPECTED_END, len(self.data))
        value = self.data[self.pos : end]
        self.pos = end
        return value

    def u32(self) -> int:
        try:
            value = self.data[self.pos]
        except IndexError:
            raise self.error(UNEXPECTED_END, len(self.data)) from None
        if value < 0x80:  # nearly all of them
            self.pos += 1
            return value
        return self._unsigned(32)

    def u64(self) -> int:
        value = self.peek()
        if value is not None and value < 0x80:
            self.pos += 1
            return value
        return self._unsigned(64)

    def s32(self) -> int:
        return self._signed(32)

    def s33(self) -> int:
        return self._signed(33)

    def s64(self) -> int:
        return self._signed(64)

    def _unsigned(self, bits: int) -> int:
        """LEB128 (spec §5.2.2): at most ceil(bits / 7) bytes, the unused bits of the last one zero."""
        value = shift = 0
        while True:
            room = bits - shift
            byte = self._leb_byte(room)
            if room < 7 and (byte & 0x7F) >> room:
                raise self.error("integer too large", self.pos - 1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def _signed(self, bits: int) -> int:
        """Signed LEB128 (spec §5.2.2): the unused bits of the last byte repeat the sign."""
        value = shift = 0
        first = self.peek()
        if first is not None and first < 0x80:  # most of them
            self.pos += 1
            return first if first < 0x40 else first - 0x80
        while True:
            room = bits - shift
            byte = self._leb_byte(room)
            if room < 7 and (byte & 0x7F) >> (room - 1) not in (0, 0x7F >> (room - 1)):
                raise self.error("integer too large", self.pos - 1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << shift) if byte & 0x40 else value

    def _leb_byte(self, room: int) -> int:
        """The next byte of an integer that has ``room`` bits left."""
        if room <= 0:
            raise self.error("integer representation too long", self.pos)
        return self.byte()

    def length(self) -> int:
        """A count or size, at most the number of bytes left: everything counted takes a byte or more.

        As in the reference interpreter the bytes of the count itself are among those left.
        """
        start = self.pos
        count = self.u32()
        if count > len(self.data) - start:
            raise self.error("length out of bounds", start)
        return count

    def name(self) -> str:
        """A name (spec §5.2.4)."""
        start = self.pos
        try:
            return self.bytes(self.length()).decode("utf-8")
        except UnicodeDecodeError:
            raise self.error("malformed UTF-8 encoding", start) from None

    def vec(self, read: Callable[[Reader], T]) -> tuple[T, ...]:
        """A list with its length before it (spec §5.1.3)."""
        return tuple([read(self) for _ in range(self.length())])

    def zero(self) -> None:
        """A reserved byte."""
        if self.byte() != 0:
            raise self.error("zero byte expected", self.pos - 1)
