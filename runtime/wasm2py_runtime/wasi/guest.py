"""The memory of the guest, as functions of the host see it: every address is checked, and what is wrong is EFAULT."""

from __future__ import annotations

from struct import Struct
from typing import Any, Union

from ..memory import Memory
from .buffers import clipped
from .errno import Errno, WasiError

#: A path has at most this many bytes, as on the systems that the guests' C libraries were written for.
LONGEST_PATH = 4096
#: A call takes at most this many buffers (``IOV_MAX``).
MOST_BUFFERS = 1024
#: And moves at most this many bytes, as on Linux: then a length fits any number that it is kept in.
MOST_BYTES = 0x7FFF_F000

_VECTOR = Struct("<II")


class Guest:
    """Checked access to a memory. All numbers are little-endian, as memory is (spec §4.4)."""

    __slots__ = ("memory",)

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def view(self, address: int, length: int) -> memoryview:
        """The bytes themselves, not a copy. EFAULT if they are not all there."""
        contents = self.memory.buffer
        if address + length > len(contents):
            raise WasiError(Errno.EFAULT)
        return contents[address : address + length]

    def write(self, address: int, data: Union[bytes, bytearray, memoryview]) -> None:
        """Write bytes, all or none."""
        self.view(address, len(data))[:] = data

    def unpack(self, layout: Struct, address: int) -> tuple[Any, ...]:
        """The fields of a record."""
        return layout.unpack(self.view(address, layout.size))

    def pack(self, layout: Struct, address: int, *fields: int) -> None:
        """Write a record."""
        layout.pack_into(self.view(address, layout.size), 0, *fields)

    def pack_u32(self, address: int, value: int) -> None:
        """Write a ``size`` or a ``fd``."""
        self.view(address, 4)[:] = value.to_bytes(4, "little")

    def pack_u64(self, address: int, value: int) -> None:
        """Write a ``filesize`` or a ``timestamp``."""
        self.view(address, 8)[:] = value.to_bytes(8, "little")

    def path(self, address: int, length: int) -> str:
        """A path. EILSEQ if it is not UTF-8, EINVAL for a zero byte, ENAMETOOLONG for more than a path can be."""
        encoded = self.view(address, length)
        if length > LONGEST_PATH:
            raise WasiError(Errno.ENAMETOOLONG)
        try:
            path = bytes(encoded).decode("utf-8")  # str(encoded, "utf-8") lets surrogates pass on PyPy
        except UnicodeDecodeError:
            raise WasiError(Errno.EILSEQ) from None
        if "\0" in path:
            raise WasiError(Errno.EINVAL)
        return path

    def buffers(self, address: int, count: int) -> list[memoryview]:
        """The buffers of an ``iovec_array``, without the empty ones. All are checked before any is used."""
        vectors = self.view(address, count * _VECTOR.size)
        if count > MOST_BUFFERS:
            raise WasiError(Errno.EINVAL)
        contents, total, found = self.memory.buffer, 0, []
        for start, length in _VECTOR.iter_unpack(vectors):
            if length:
                if start + length > len(contents):
                    raise WasiError(Errno.EFAULT)
                found.append(contents[start : start + length])
                total += length
        return found if total <= MOST_BYTES else clipped(found, MOST_BYTES)
