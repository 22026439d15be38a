"""The memory and the table that libraries share, and the room for each library in them.

They belong to a core: a program that is linked as usual and instantiated under the name ``env``, and then its
``malloc`` gives room for data, as ``dlopen`` does it; or, where there is none, they are made for the first library: the
stack is from address 1024 on, then comes its data, then the heap. A stack that overflows ends below zero, not in data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

from ..boundary import raw_of
from ..errors import LinkError
from ..global_ import Global
from ..imports import MISSING
from ..memory import Memory
from ..table import Table
from ..types import GlobalType, MemoryType, TableType

if TYPE_CHECKING:
    from ..linker import Linker

#: Where memory begins that the loader lays out: a null pointer, with some offset, is nobody's.
_FIRST_ADDRESS = 1024
_STACK_ALIGNMENT = 16

#: Symbols of the layout: addresses that a heap and checks of the stack go by.
_LAYOUT = ("__stack_low", "__stack_high", "__global_base", "__data_end", "__heap_base", "__heap_end")


def aligned(address: int, alignment: int) -> int:
    """The next multiple of ``2**alignment``."""
    return -(-address >> alignment) << alignment


class Space:
    """Memory, table and stack pointer. ``stack_size`` is that of the stack of what has no core."""

    def __init__(self, linker: Linker, stack_size: int) -> None:
        self._linker, self._stack_size = linker, stack_size
        #: The first address that is free, where the loader lays memory out; None where a core does.
        self._free: Optional[int] = None
        self._layout: dict[str, int] = {}
        #: Whether a library knows where the heap begins.
        self._heap_begun = False

    def knows(self, name: str) -> bool:
        """Whether a symbol is one of the layout of a memory that the loader has made or is going to make."""
        return name in _LAYOUT and (bool(self._layout) or self._linker.lookup("env", "memory") is MISSING)

    def address(self, name: str) -> Optional[int]:
        """The address of a symbol of the layout; None for any other."""
        self._heap_begun = self._heap_begun or (name == "__heap_base" and name in self._layout)
        return self._layout.get(name)

    # Memory ---------------------------------------------------------------------------------------------------------

    def memory(self, type: MemoryType) -> Memory:
        """The memory of the core, or one of this type that is made now."""
        found = self._linker.lookup("env", "memory")
        if found is MISSING:
            found = Memory.of_type(type)
            self._linker.define("env", "memory", found)
            high = aligned(_FIRST_ADDRESS + self._stack_size, 4)
            self._free = high
            self._layout.update(__stack_low=_FIRST_ADDRESS, __stack_high=high, __global_base=high)
        return found  # type: ignore[no-any-return]

    def allocate(self, memory: Memory, size: int, alignment: int) -> int:
        """The address of zeroed memory. MemoryError if there is no room."""
        if not size:
            return 0
        calloc = self._function("calloc") or self._zeroed(memory)
        if calloc is None:
            return self._lay_out(memory, size, alignment)
        room = size + (1 << alignment)
        address: int = calloc(room, 1) & (1 << 64 if memory.index_type == "i64" else 1 << 32) - 1
        if not address:
            raise MemoryError(f"malloc has no {room} bytes for the data of a library")
        return aligned(address, alignment)

    def _zeroed(self, memory: Memory) -> Optional[Callable[[int, int], int]]:
        """``calloc`` by ``malloc``."""
        malloc = self._function("malloc")
        if malloc is None:
            return None

        def calloc(count: int, size: int) -> int:
            address: int = malloc(count * size)
            if address:
                memory.fill(address & 0xFFFFFFFF, 0, count * size)
            return address

        return calloc

    def _function(self, name: str) -> Any:
        found = self._linker.lookup("env", name)
        return found if raw_of(found) is not None else None

    def _lay_out(self, memory: Memory, size: int, alignment: int) -> int:
        """Room after what is there already. The heap of a core without ``malloc`` is taken for free."""
        if self._free is None:
            heap = self._linker.lookup("env", "__heap_base")
            if not isinstance(heap, Global):
                raise LinkError("load_library", ["the core exports neither malloc nor __heap_base, to find room by"])
            self._free = heap.value
        if self._heap_begun:
            raise LinkError("load_library", ["the heap has begun where data would go, and nobody exports malloc"])
        address = aligned(self._free, alignment)
        lacking = address + size - len(memory)
        if lacking > 0 and memory.grow(-(-lacking // memory.page_size)) < 0:
            raise MemoryError(f"the memory cannot grow by {lacking} bytes for the data of a library: {memory.type}")
        memory.fill(address, 0, size)
        self._free = address + size
        return address

    def settle(self, memory: Memory) -> None:
        """The data of the first libraries has its place: after it begins the heap."""
        if self._layout and self._free is not None:
            heap = aligned(self._free, _STACK_ALIGNMENT.bit_length() - 1)
            self._layout.update(__data_end=self._free, __heap_base=heap, __heap_end=len(memory))
            self._free = heap

    # Table and stack pointer ----------------------------------------------------------------------------------------

    def table(self, type: TableType) -> Table:
        """The table of the core, or one that is made now: its first element stays null."""
        found = self._linker.lookup("env", "__indirect_function_table")
        if found is MISSING:
            found = Table(type.element, 1, type.maximum, index_type=type.index_type)
            self._linker.define("env", "__indirect_function_table", found)
        return found  # type: ignore[no-any-return]

    def reserve(self, table: Table, size: int, alignment: int, minimum: int) -> int:
        """The index of new elements. MemoryError if the table cannot grow."""
        base = aligned(len(table), alignment)
        delta = max(base + size, minimum) - len(table)
        if size and delta and table.grow(delta) < 0:
            raise MemoryError(
                f"the table cannot grow by {delta} elements: {table.type} (link the core with --growable-table)"
            )
        return base if size else 0

    def has_stack(self) -> bool:
        """Whether there is a stack: the core's, or one that is laid out with the memory."""
        return self._linker.lookup("env", "__stack_pointer") is not MISSING or self.knows("__stack_high")

    def stack_pointer(self, type: GlobalType) -> Any:
        """The stack pointer of the core, or that of the stack that was laid out."""
        found = self._linker.lookup("env", "__stack_pointer")
        if found is MISSING:
            found = Global(type.value_type, self._layout["__stack_high"], type.mutable)
            self._linker.define("env", "__stack_pointer", found)
        return found
