"""The memory of a guest as functions of its environment use it: an address outside is a trap, as for its own loads."""

from __future__ import annotations

from ..errors import MemoryOutOfBounds, OutOfBoundsError
from ..memory import Memory


class GuestMemory:
    """Checked access to a memory; ``pointer`` reads and writes are as wide as its addresses."""

    __slots__ = ("memory", "pointer_size")

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.pointer_size = 8 if memory.index_type == "i64" else 4

    def address(self, value: int) -> int:
        """A pointer as an exported function gives it, without its sign."""
        return value & ((1 << 8 * self.pointer_size) - 1)

    def view(self, address: int, length: int) -> memoryview:
        """The bytes themselves, not a copy. (An address that was computed may be negative.)"""
        contents = self.memory.buffer
        if address < 0 or address + length > len(contents):
            raise MemoryOutOfBounds
        return contents[address : address + length]

    def read_integer(self, address: int, width: int) -> int:
        """An unsigned integer of ``width`` bytes."""
        return int.from_bytes(self.view(address, width), "little")

    def write_integer(self, address: int, width: int, value: int) -> None:
        """Write the low ``width`` bytes of an integer of either sign."""
        self.view(address, width)[:] = (value & (1 << 8 * width) - 1).to_bytes(width, "little")

    def read_pointer(self, address: int) -> int:
        return self.read_integer(address, self.pointer_size)

    def write_pointer(self, address: int, value: int) -> None:
        self.write_integer(address, self.pointer_size, value)

    def read_bytes(self, address: int) -> bytes:
        """A C string without its zero byte."""
        try:
            return self.memory.read_string(address, encoding="latin-1").encode("latin-1")
        except OutOfBoundsError as outside:
            raise MemoryOutOfBounds(str(outside)) from None

    def read_text(self, address: int) -> str:
        """A C string; what is no UTF-8 in it becomes U+FFFD."""
        return self.read_bytes(address).decode("utf-8", "replace")

    def write_text(self, address: int, text: str, size: int) -> None:
        """A C string in a buffer of ``size`` bytes: cut off between characters if it is too long."""
        if size:
            encoded = text.encode("utf-8")[: size - 1].decode("utf-8", "ignore").encode("utf-8") + b"\0"
            self.view(address, len(encoded))[:] = encoded
