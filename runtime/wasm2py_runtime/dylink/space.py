"""The memory, table and stack that libraries share, and room in them."""

from __future__ import annotations

from typing import Any, Callable, Optional

from ..errors import LinkError
from ..global_ import Global
from ..memory import Memory
from ..table import Table

#: Below it nothing is, so that a null pointer with a small offset meets no data (as with Emscripten).
FIRST_ADDRESS = 1024
STACK_ALIGNMENT = 16


class Space:
    """One address space, and one space of function pointers.

    Data of libraries comes from ``malloc`` where a library or the program has one. Before that, from the bottom of the
    memory: first the data, then the stack, which grows down to it, then the heap.
    """

    def __init__(self, memory: Memory, table: Table, index_type: str, stack_size: int) -> None:
        self.memory = memory
        self.table = table
        self.index_type = index_type
        self.stack_size = stack_size
        self.stack_pointer: Optional[Global] = None
        self.stack_low = self.stack_high = 0
        #: where data ends that is there for good; the heap begins here
        self.heap_base = 0

    def pointer(self, value: int, mutable: bool = False) -> Global:
        """A global that holds an address or an index."""
        return Global(self.index_type, value, mutable)

    def begin(self, size: int, alignment: int) -> int:
        """Room for the data of the first library, and the stack above it. The address of the data."""
        address = _aligned(FIRST_ADDRESS, alignment)
        self.stack_low = _aligned(address + size, STACK_ALIGNMENT)
        self.stack_high = self.heap_base = _aligned(self.stack_low + self.stack_size, STACK_ALIGNMENT)
        self._reach(self.heap_base)
        return address

    def allocate(self, size: int, alignment: int, malloc: Optional[Callable[[int], int]]) -> int:
        """Room for the data of another library, all zero. MemoryError if there is none."""
        if size == 0:
            return 0
        if malloc is None:
            address = _aligned(self.heap_base, max(alignment, STACK_ALIGNMENT))
            self.heap_base = _aligned(address + size, STACK_ALIGNMENT)
            self._reach(self.heap_base)
            return address
        found = malloc(size + alignment - 1) % (1 << int(self.index_type[1:]))
        if not found:
            raise MemoryError(f"malloc has no {size} bytes for the data of a library")
        address = _aligned(found, alignment)
        self.memory.fill(address, 0, size)
        return address

    def allocate_elements(self, count: int, alignment: int) -> int:
        """Room in the table; element 0 stays null. The index of the first."""
        first = _aligned(max(1, self.table.size), alignment)
        if self.table.grow(first + count - self.table.size) < 0:
            raise MemoryError(f"the table of functions cannot grow by {count} elements")
        return first

    def begin_elements(self, count: int, alignment: int) -> int:
        """Room for the first library, which may have asked for a table that is large enough."""
        first = _aligned(1, alignment)
        missing = first + count - self.table.size
        if missing > 0 and self.table.grow(missing) < 0:
            raise MemoryError(f"the table of functions cannot have {first + count} elements")
        return first

    def _reach(self, end: int) -> None:
        missing = -(-(end - len(self.memory)) // self.memory.page_size)
        if missing > 0 and self.memory.grow(missing) < 0:
            raise MemoryError(f"the memory cannot have {end} bytes, which the data and the stack need")


def _aligned(address: int, alignment: int) -> int:
    return -(-address // alignment) * alignment


def of_kind(value: Any, kind: type[Any], name: str) -> Any:
    """A thing that is defined under a name of the convention. LinkError if it is something else."""
    if not isinstance(value, kind):
        raise LinkError("libraries", [f"env.{name} is {value!r} and not a {kind.__name__}"])
    return value
