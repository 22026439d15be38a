"""Buffers in the memory of the guest, several of which make up one piece of data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Union

#: Where data has to be copied, at most so much is copied at once.
PORTION = 1 << 20


def clipped(buffers: list[memoryview], most: int) -> list[memoryview]:
    """The buffers, less what is over so many bytes."""
    for at, buffer in enumerate(buffers):
        if len(buffer) >= most:
            return [*buffers[:at], buffer[:most]] if most else buffers[:at]
        most -= len(buffer)
    return buffers


def filled(buffers: Sequence[memoryview], data: Union[bytes, bytearray]) -> int:
    """Distribute data over buffers. The length of the data."""
    at = 0
    for buffer in buffers:
        part = data[at : at + len(buffer)]
        buffer[: len(part)] = part
        at += len(part)
    return at


def portion(buffers: Sequence[memoryview]) -> int:
    """How much to read at once."""
    return min(PORTION, sum(map(len, buffers)))


def joined(buffers: Sequence[memoryview]) -> Any:
    """What to write at once: the first buffer, or several that are small."""
    return buffers[0] if buffers and len(buffers[0]) >= PORTION // 16 else b"".join(buffers)[:PORTION]
