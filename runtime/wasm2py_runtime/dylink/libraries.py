"""Loading libraries: room, imports, instance, symbols, relocations, constructors, in this order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Callable, Optional

from ..abi import Module, class_of
from ..errors import LinkError
from ..exceptions import Tag
from ..global_ import Global
from ..imports import MISSING, Import, type_of
from ..memory import Memory
from ..table import Table
from ..types import FuncType, GlobalType, MemoryType, TableType, TagType
from .section import Section
from .space import Space, of_kind
from .symbols import Symbols

if TYPE_CHECKING:
    from ..linker import Linker

#: Gives the generated module of a library that another one needs, by its name there; None if there is none.
LibraryFinder = Callable[[str], Any]

_TABLE, _STACK = "__indirect_function_table", "__stack_pointer"
_MEMORY_BASE, _TABLE_BASE = "__memory_base", "__table_base"
#: called after loading, in this order, where they are exported; the rest are symbols like others
_RELOCATIONS = ("__wasm_apply_data_relocs", "__wasm_apply_global_relocs")
_CONSTRUCTORS = ("_initialize", "__wasm_call_ctors")


class Libraries:
    """The libraries that one Linker has loaded, and what they share.

    ``symbols.functions`` and ``symbols.data`` are what they export: functions, and addresses of data.
    """

    def __init__(self, linker: Linker, stack_size: int) -> None:
        self._linker = linker
        self._stack_size = stack_size
        self.loaded: dict[str, Module] = {}
        self._space: Optional[Space] = None
        self._symbols: Optional[Symbols] = None
        self._loading: list[str] = []

    @property
    def space(self) -> Space:
        """The memory and table. LookupError before the first library is loaded."""
        if self._space is None:
            raise LookupError("no library is loaded")
        return self._space

    @property
    def symbols(self) -> Symbols:
        """What is exported. LookupError before the first library is loaded."""
        if self._symbols is None:
            raise LookupError("no library is loaded")
        return self._symbols

    def load(self, made: type[Module], name: Optional[str], find: Optional[LibraryFinder], lazy: bool) -> Module:
        """Load a library, after those that it needs (see ``Linker.load_library``)."""
        name = made.__module__ if name is None else name
        if name in self.loaded:
            return self.loaded[name]
        section = Section(made)
        self._loading.append(name)
        try:
            self._load_needed(name, section, find, lazy)
            return self._load(made, name, section, lazy)
        finally:
            self._loading.pop()

    def _load_needed(self, name: str, section: Section, find: Optional[LibraryFinder], lazy: bool) -> None:
        """Libraries that need each other are loaded once each; what the first needs of the second is resolved late."""
        for needed in section.needed:
            if needed in self.loaded or needed in self._loading:
                continue
            module = find(needed) if find else None
            if module is None:
                raise LinkError(name, [f"it needs the library {needed}, which is not loaded"])
            self.load(class_of(module), needed, find, lazy=True)

    def _load(self, made: type[Module], name: str, section: Section, lazy: bool) -> Module:
        memory_base, table_base = self._make_room(made, section)
        own = {export.name for export in made.EXPORTS}
        problems = [] if lazy else list(self._undefined(made, section, own))
        if problems:
            raise LinkError(name, problems)
        bases = {_MEMORY_BASE: memory_base, _TABLE_BASE: table_base}
        given = {wanted.keyword: self._import(wanted, bases) for wanted in made.IMPORTS}
        instance: Any = self._linker.make(made, given)
        self._add_symbols(instance, section, memory_base)
        for step in _RELOCATIONS:
            _call(instance, step)
        _call(instance, *[step for step in _CONSTRUCTORS if step in instance.exports][:1])
        self.loaded[name] = instance
        return instance  # type: ignore[no-any-return]

    # Room -------------------------------------------------------------------------------------------------------------

    def _make_room(self, made: type[Module], section: Section) -> tuple[int, int]:
        """Where the data and the elements of a library go."""
        if self._space is not None:
            malloc = self.symbols.function("malloc")
            address = self._space.allocate(section.memory_size, section.memory_alignment, malloc)
            if malloc is None:
                self.symbols.data["__heap_base"] = self._space.heap_base
                self.symbols.entry("GOT.mem", "__heap_base").value = self._space.heap_base
            return address, self._space.allocate_elements(section.table_size, section.table_alignment)
        return self._begin(made, section)

    def _begin(self, made: type[Module], section: Section) -> tuple[int, int]:
        """The first library: beside a program that has memory and ``malloc``, or as the program."""
        types = {wanted.name: wanted.type for wanted in made.IMPORTS if wanted.module == "env"}
        base = types.get(_MEMORY_BASE)
        index_type = str(base.value_type) if isinstance(base, GlobalType) else "i32"
        memory_type, table_type = types.get("memory"), types.get(_TABLE)
        memory = self._shared("memory", Memory, memory_type if isinstance(memory_type, MemoryType) else MemoryType(1))
        table = self._shared(
            _TABLE, Table, table_type if isinstance(table_type, TableType) else TableType("funcref", 1)
        )
        self._space = space = Space(memory, table, index_type, self._stack_size)
        self._symbols = Symbols(table, index_type, self._host_function)
        if self._host_function("malloc") is not None:
            space.stack_pointer = self._stack(space)
            return self._make_room(made, section)
        address = space.begin(section.memory_size, section.memory_alignment)
        space.stack_pointer = self._stack(space)
        self._symbols.data.update(
            __heap_base=space.heap_base, __data_end=space.stack_low, __stack_low=space.stack_low,
            __stack_high=space.stack_high, __heap_end=len(memory),
        )  # fmt: skip
        return address, space.begin_elements(section.table_size, section.table_alignment)

    def _shared(self, name: str, kind: Any, type: Any) -> Any:
        """The memory or table that is defined; otherwise a new one of a type, which is defined then."""
        found = self._linker.lookup("env", name)
        if found is MISSING:
            found = kind.of_type(type)
            self._linker.define("env", name, found)
        return of_kind(found, kind, name)

    def _stack(self, space: Space) -> Global:
        found = self._linker.lookup("env", _STACK)
        if found is MISSING:
            found = space.pointer(space.stack_high, mutable=True)
            self._linker.define("env", _STACK, found)
        return of_kind(found, Global, _STACK)  # type: ignore[no-any-return]

    # Imports ----------------------------------------------------------------------------------------------------------

    def _host_function(self, name: str) -> Optional[Any]:
        found = self._linker.lookup("env", name)
        return found if callable(found) else None

    def _undefined(self, made: type[Module], section: Section, own: set[str]) -> Iterator[str]:
        """A line for each symbol that nobody defines, neither the library itself, and that may not be missing."""
        for wanted in made.IMPORTS:
            if section.is_weak(wanted.module, wanted.name) or wanted.name in own:
                continue
            if wanted.module in ("GOT.mem", "GOT.func"):
                if not self.symbols.knows(wanted.module, wanted.name):
                    yield f"{wanted.module}.{wanted.name}: undefined symbol"
            elif isinstance(wanted.type, FuncType) and self._function(wanted) is None:
                yield f"{wanted}: undefined symbol"

    def _function(self, wanted: Import) -> Optional[Any]:
        """The function for an import: of a library, or what the Linker has or may invent."""
        found = self.symbols.functions.get(wanted.name) if wanted.module == "env" else None
        found = self._linker.provide(wanted) if found is None else found
        return None if found is MISSING else found

    def _import(self, wanted: Import, bases: dict[str, int]) -> Any:
        if wanted.module in ("GOT.mem", "GOT.func"):
            return self.symbols.entry(wanted.module, wanted.name)
        if wanted.module == "env" and wanted.name in bases:
            return self.space.pointer(bases[wanted.name])
        if isinstance(wanted.type, FuncType):
            found = self._function(wanted)
            return self.symbols.late(wanted) if found is None else found
        found = self._linker.provide(wanted)
        if found is MISSING and isinstance(wanted.type, TagType):
            found = Tag.of_type(wanted.type)
            self._linker.define(wanted.module, wanted.name, found)
        return found

    # Symbols ----------------------------------------------------------------------------------------------------------

    def _add_symbols(self, instance: Module, section: Section, memory_base: int) -> None:
        """An exported global that cannot be set is an address, counted from the library's own data."""
        functions, data = {}, {}
        mask = (1 << int(self.space.index_type[1:])) - 1
        for name in instance.exports:
            value = instance.exports[name]
            type = type_of(value)
            if isinstance(type, FuncType) and name not in (*_RELOCATIONS, *_CONSTRUCTORS):
                functions[name] = value
            elif isinstance(type, GlobalType) and not type.mutable and not section.is_thread_local(name):
                data[name] = (value.value + memory_base) & mask
        self.symbols.define(functions, data)


def _call(instance: Module, *names: str) -> None:
    for name in names:
        if name in instance.exports:
            instance.exports[name]()
