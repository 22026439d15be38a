"""What libraries import and nobody has: a line for each, before anything is made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Optional

from ..imports import MISSING, Import
from ..matching import matches
from ..types import ExternType, FuncType, GlobalType, MemoryType, TableType, TagType
from .offsets import DATA, FUNCTION, OffsetTable
from .plan import Planned
from .space import Space

if TYPE_CHECKING:
    from ..linker import Linker

MEMORY_BASES = ("__memory_base", "__memory_base32")
TABLE_BASES = ("__table_base", "__table_base32")
STACK_POINTER = "__stack_pointer"
#: Tags that libraries share without one of them defining it.
TAGS = ("__cpp_exception", "__c_longjmp")


def undefined(plan: list[Planned], lazy: bool, linker: Linker, space: Space, offsets: OffsetTable) -> Iterator[str]:
    """A line for each import that cannot be provided. What is defined is checked by instantiation.

    With ``lazy``, symbols may be undefined, as weak ones may.
    """
    exports = {export.name: export.type for library in reversed(plan) for export in library.made.EXPORTS}
    for library in plan:
        weak = library.section.weak()
        for wanted in library.imports:
            check = _Check(wanted, exports.get(wanted.name), lazy or wanted.name in weak, linker, space, offsets)
            problem = check.problem()
            if problem:
                yield f"{library.name}: {wanted.module}.{wanted.name}: {problem}"


class _Check:
    """One import: ``exported`` is the type of an export of this name, of a library that is to be loaded."""

    def __init__(
        self,
        wanted: Import,
        exported: Optional[ExternType],
        optional: bool,
        linker: Linker,
        space: Space,
        offsets: OffsetTable,
    ) -> None:
        self._wanted, self._exported, self._optional = wanted, exported, optional
        self._linker, self._space, self._offsets = linker, space, offsets
        self._is_defined = linker.lookup("env", wanted.name) is not MISSING

    def problem(self) -> str:
        """Why it cannot be provided; empty if it can."""
        wanted = self._wanted
        if wanted.module in (DATA, FUNCTION):
            return self._address()
        if wanted.module == "env" and not self._is_defined and not isinstance(wanted.type, FuncType):
            return self._given()
        if wanted.module == "env" and not self._is_defined and self._exported is not None:
            fits = matches(self._exported, wanted.type)
            return "" if fits else f"incompatible import type, expected {wanted.type}, given {self._exported}"
        if self._linker.lookup(wanted.module, wanted.name) is not MISSING or self._may_be_missing():
            return ""
        return f"undefined symbol, expected {wanted.type}"

    def _may_be_missing(self) -> bool:
        if not isinstance(self._wanted.type, FuncType):
            return False
        return (self._optional and self._wanted.module == "env") or self._linker.provide(self._wanted) is not MISSING

    def _address(self) -> str:
        """What an entry of the global offset table is for, must be known: data has an address, a function a type."""
        name = self._wanted.name
        if self._optional and not self._is_defined:
            return ""
        if self._wanted.module == DATA:
            known = self._space.knows(name) or isinstance(self._exported, GlobalType)
            is_there = known or self._offsets.address(name) is not None
            return "" if is_there else "undefined symbol, expected an address"
        if isinstance(self._exported, FuncType) or self._offsets.function(name) is not None:
            return ""
        if not self._is_defined:
            return "undefined symbol, expected a function"
        return "no library says of which type this function is: define it by host_function"

    def _given(self) -> str:
        """What is given to each library, or made."""
        name, type = self._wanted.name, self._wanted.type
        if isinstance(type, (MemoryType, TableType)) or name in (*MEMORY_BASES, *TABLE_BASES):
            return ""
        if isinstance(type, TagType) and name in TAGS:
            return ""
        if name == STACK_POINTER:
            return "" if self._space.has_stack() else "the core exports none: link it with --export=__stack_pointer"
        return f"undefined symbol, expected {type}"
