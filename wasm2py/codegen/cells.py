"""What the functions of a module share, by name.

Functions, globals, views of memories and per-signature call lists are closure cells; the runtime makes and fills them
(wasm2py_runtime.linkage). Float constants that have no literal are globals of the generated file.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Optional

from wasm2py.binary.names import NameSection
from wasm2py.codegen.names import Namer
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.ir.tail_calls import other_tail_calls
from wasm2py.module import Module
from wasm2py.types import ArrayType

#: memory, format, offset and step
View = tuple[int, str, int, int]
#: memory, format of the view, name of the operation
Atomic = tuple[int, str, str]


class Cells:
    """Names of one module, made in index order, so that the same module always gets the same names."""

    def __init__(self, module: Module, spaces: IndexSpaces) -> None:
        self.spaces = spaces
        self.namer = Namer()
        self.section: Optional[NameSection] = module.parsed_customs.get("name")
        self.keywords = self._import_keywords(module)
        self.functions = self._names(module, "func", len(spaces.functions), "f")
        self.globals = self._names(module, "global", len(spaces.globals), "g")
        self.views: set[View] = set()
        self.atomics: set[Atomic] = set()
        self.call_lists: set[tuple[int, int]] = set()
        self.float_constants: dict[str, tuple[str, int]] = {}
        #: types whose class, or for functions whose descriptor, is a global of the generated file
        self.types: set[int] = set()
        #: helpers of the runtime that constant expressions call
        self.helpers: set[str] = set()
        self._leaving: dict[int, bool] = {}
        #: whether an IndexError may not tell that it is of a call list (see the runtime's traps)
        self.keeps_call_index = any(isinstance(type.composite, ArrayType) for type in module.types) or any(
            table.index_type == "i64" for table in spaces.tables
        )

    def may_leave_with_call(self, index: int) -> bool:
        """Whether a call of the function may end with a tail call. (Nobody knows what an imported one does.)"""
        known = self._leaving.get(index)
        if known is None:
            position = index - self.spaces.imported_functions
            functions = self.spaces.module.functions
            known = self._leaving[index] = position < 0 or other_tail_calls(functions[position].body, index)
        return known

    def is_taken(self, name: str) -> bool:
        return name in self.namer.taken

    def function(self, index: int) -> str:
        return self.functions[index]

    def global_(self, index: int) -> str:
        return self.globals[index]

    def view(self, memory: int, format: str, offset: int = 0, step: int = 1) -> str:
        """The view whose element *i* begins at byte ``offset + i * step``."""
        view = memory, format, offset, step
        self.views.add(view)
        return view_name(view)

    def atomic(self, memory: int, format: str, operation: str) -> str:
        """The function that does an atomic operation."""
        atomic = memory, format, operation
        self.atomics.add(atomic)
        return atomic_name(atomic)

    def calls(self, table: int, typeidx: int) -> str:
        self.call_lists.add((table, typeidx))
        return f"calls{table}_{typeidx}"

    def float_constant(self, type: str, bits: int) -> str:
        """A global for an infinity or a NaN."""
        name = f"{type}_{bits:x}"
        self.float_constants[name] = (type, bits)
        return name

    def type_(self, typeidx: int) -> str:
        """The class of structures or arrays of a type; the descriptor of a function type."""
        self.types.add(typeidx)
        return f"type{typeidx}"

    def add(
        self,
        views: set[View],
        atomics: set[Atomic],
        call_lists: set[tuple[int, int]],
        float_constants: dict[str, tuple[str, int]],
        types: set[int],
    ) -> None:
        """Take over what functions use that were translated with other ``Cells`` of the same module."""
        self.views |= views
        self.atomics |= atomics
        self.call_lists |= call_lists
        self.float_constants |= float_constants
        self.types |= types

    def local_names(self, function: int) -> dict[int, str]:
        """What the name section calls the locals of a function."""
        return dict(self.section.locals.get(function, {})) if self.section else {}

    def _import_keywords(self, module: Module) -> list[str]:
        """One constructor keyword an import: module and field name, made unique in a name space of its own."""
        namer = Namer()
        keywords = []
        for index, entry in enumerate(module.imports):
            keyword = namer.new(f"{entry.module}_{entry.name}", f"import{index}")
            # A leading double underscore would be mangled inside the class.
            keywords.append(
                keyword if not keyword.startswith("__") else namer.new(keyword.lstrip("_"), f"import{index}")
            )
        return keywords

    def _names(self, module: Module, kind: str, count: int, letter: str) -> list[str]:
        """For each index: the name section's name, else that of an export, else that of the import."""
        hints: dict[int, str] = {}
        for index, entry in enumerate(e for e in module.imports if e.kind == kind):
            hints[index] = f"{entry.module}_{entry.name}"
        for export in module.exports:
            if export.kind == kind:
                hints.setdefault(export.index, export.name)
        if self.section:
            hints.update(self.section.functions if kind == "func" else self.section.globals)
        return [self.namer.new(hints.get(index, ""), f"{letter}{index}") for index in range(count)]


@lru_cache(maxsize=1024)
def view_name(view: View) -> str:
    """``u32`` for the elements at every byte, ``u32_at8`` for those from byte 8 on, ``u32_at8by4`` for each 4th."""
    memory, name, offset, step = view
    if offset or step != 1:
        name += f"_at{offset}" if step == 1 else f"_at{offset}by{step}"
    return name if memory == 0 else f"{name}_{memory}"


def atomic_name(atomic: Atomic) -> str:
    """``u32_add``"""
    memory, format, operation = atomic
    return f"{format}_{operation}" if memory == 0 else f"{format}_{operation}_{memory}"
