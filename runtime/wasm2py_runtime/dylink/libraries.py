"""Loading libraries: all that is needed is found and checked, then placed, instantiated, relocated, initialised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Optional

from ..abi import Module
from ..errors import LinkError
from ..exceptions import Tag
from ..global_ import Global
from ..imports import MISSING, Import
from ..types import FuncType, GlobalType, MemoryType, TableType, TagType
from .checks import MEMORY_BASES, STACK_POINTER, TABLE_BASES, TAGS, undefined
from .late import LateFunctions
from .loaded import Library
from .offsets import DATA, FUNCTION, OffsetTable
from .plan import LibraryFinder, Planned, function_types, memory_type, planned
from .space import Space

if TYPE_CHECKING:
    from ..linker import Linker

_RELOCATIONS = ("__wasm_apply_global_relocs", "__wasm_apply_data_relocs")
_CONSTRUCTORS = ("_initialize", "__wasm_call_ctors")
#: Exports that concern the loader, or one library alone.
_INTERNAL = frozenset(
    (*_RELOCATIONS, *_CONSTRUCTORS, "memory", "__indirect_function_table", "_start", "__dso_handle",
     "__wasm_init_tls", "__tls_size", "__tls_align")
)  # fmt: skip


class Libraries(Mapping[str, Library]):
    """The libraries that one Linker has loaded, by name (``linker.libraries``).

    Their symbols are definitions of ``env`` in the linker, where nothing else is defined: of several the first counts.
    """

    def __init__(self, linker: Linker, stack_size: int) -> None:
        self._linker = linker
        self._loaded: dict[str, Library] = {}
        self._space = Space(linker, stack_size)
        self._types: dict[str, FuncType] = {}
        self._offsets = OffsetTable(self._symbol, self._address, self._types.get)
        self._late = LateFunctions(self._offsets.function)

    def __getitem__(self, name: str) -> Library:
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)

    def load(self, made: type[Module], name: str, find: Optional[LibraryFinder], lazy: bool) -> Library:
        """Load a library, unless one of this name is loaded, and those that it needs (see ``Linker.load_library``).

        Relocations and constructors wait until all of them are there: they may need each other.
        """
        if name in self:
            return self[name]
        plan = planned(made, name, find, self)
        self._types.update(function_types(plan))
        problems = list(undefined(plan, lazy, self._linker, self._space, self._offsets))
        if problems:
            raise LinkError(name, problems)
        loaded = self._place(plan)
        self._space.settle(loaded[0].memory)
        resolved = self._offsets.resolved
        try:
            self._bring_to_life(plan, loaded)
        except BaseException:
            self._offsets.forget(resolved)
            raise
        self._loaded.update((library.name, library) for library in loaded)
        return loaded[-1]

    def _bring_to_life(self, plan: list[Planned], loaded: list[Library]) -> None:
        for each, library in zip(plan, loaded):
            self._instantiate(each, library)
        self._late.settle(loaded[0].table)
        self._offsets.resolve(loaded[0].table)
        for name in _RELOCATIONS:
            for library in loaded:
                library.initialise(name)
        for library in loaded:
            library.initialise(next((name for name in _CONSTRUCTORS if name in library.exports), ""))

    # Symbols --------------------------------------------------------------------------------------------------------

    def _symbol(self, name: str) -> Any:
        return self._linker.lookup("env", name)

    def _address(self, name: str) -> Optional[int]:
        """The address that a symbol for data stands for."""
        found = self._space.address(name)
        if found is None:
            value = self._symbol(name)
            found = value.value if isinstance(value, Global) else value
        return found if isinstance(found, int) else None

    # Instances ------------------------------------------------------------------------------------------------------

    def _place(self, plan: list[Planned]) -> list[Library]:
        """Room for all, before any runs: a ``malloc`` among them is not ready yet."""
        memory = self._space.memory(memory_type(plan))
        table = self._space.table(plan[0].table_type())
        placed = []
        for library in plan:
            section = library.section
            base = self._space.allocate(memory, section.memory_size, section.memory_alignment)
            minimum = library.table_type().minimum
            functions = self._space.reserve(table, section.table_size, section.table_alignment, minimum)
            placed.append(Library(library.name, section, memory, table, base, functions))
            if memory.size < library.memory_type().minimum:
                memory.grow(library.memory_type().minimum - memory.size)
        return placed

    def _instantiate(self, planned: Planned, library: Library) -> None:
        values = {wanted.keyword: self._given(wanted, library) for wanted in planned.imports}
        library.come_to_life(self._linker.make(planned.made, values))
        for name, value in library.exports.items():
            if name not in _INTERNAL and name not in library.section.thread_local():
                self._linker.define_new("env", name, value)

    def _given(self, wanted: Import, library: Library) -> Any:
        """What a library gets for an import, which has been checked."""
        if wanted.module in (DATA, FUNCTION):
            assert isinstance(wanted.type, GlobalType)
            return self._offsets.entry(wanted.module, wanted.name, wanted.type)
        if wanted.module == "env":
            own = self._own(wanted, library)
            if own is not None:
                return own
        found = self._linker.lookup(wanted.module, wanted.name)
        if found is not MISSING:
            return found
        if wanted.module == "env" and isinstance(wanted.type, FuncType):
            return self._late.stand_in(wanted)
        return self._linker.provide(wanted)

    def _own(self, wanted: Import, library: Library) -> Any:
        """What each library has for itself, or all of them without defining it."""
        if isinstance(wanted.type, TagType) and wanted.name in TAGS:
            self._linker.define_new("env", wanted.name, Tag.of_type(wanted.type))
        if isinstance(wanted.type, MemoryType):
            return library.memory
        if isinstance(wanted.type, TableType):
            return library.table
        if wanted.name in MEMORY_BASES:
            return library.memory_base
        if wanted.name in TABLE_BASES:
            return library.table_base
        if wanted.name == STACK_POINTER and isinstance(wanted.type, GlobalType):
            return self._space.stack_pointer(wanted.type)
        return None
