"""What has to be loaded for a library: it and those that it needs, in the order in which they are initialised."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Callable, NamedTuple, Optional

from ..abi import class_of
from ..errors import LinkError
from ..imports import Import
from ..types import FuncType, MemoryType, TableType
from .section import Section, section_of

#: Gives the generated module of a library that is needed, by its name; None if there is none.
LibraryFinder = Callable[[str], Any]


class Planned(NamedTuple):
    """A library that is to be loaded."""

    name: str
    made: Any
    section: Section

    @property
    def imports(self) -> tuple[Import, ...]:
        return self.made.IMPORTS  # type: ignore[no-any-return]

    def memory_type(self) -> MemoryType:
        """The memory that it imports; any, if it imports none."""
        found = [wanted.type for wanted in self.imports if isinstance(wanted.type, MemoryType)]
        return found[0] if found else MemoryType(0)

    def table_type(self) -> TableType:
        """The table that it imports; any, if it imports none."""
        found = [wanted.type for wanted in self.imports if isinstance(wanted.type, TableType)]
        return found[0] if found else TableType("funcref", 0)


def planned(made: Any, name: str, find: Optional[LibraryFinder], loaded: Container[str]) -> list[Planned]:
    """The library and what it needs, those needed first; libraries may need each other.

    LinkError if a module has no section ``dylink.0``, or something that is needed is not found.
    """
    plan: list[Planned] = []
    seen: set[str] = set()

    def visit(made: Any, name: str) -> None:
        seen.add(name)
        section = section_of(made)
        if section is None:
            raise LinkError(name, ["the module is no shared library: it has no section dylink.0"])
        for needed in section.needed:
            if needed not in seen and needed not in loaded:
                visit(_found(find, needed, name), needed)
        plan.append(Planned(name, made, section))

    visit(made, name)
    return plan


def _found(find: Optional[LibraryFinder], needed: str, by: str) -> Any:
    module = None if find is None else find(needed)
    if module is None:
        how = "there is no ``find`` to get it" if find is None else "``find`` gives none of this name"
        raise LinkError(by, [f"it needs the library {needed}, which is not loaded, and {how}"])
    return class_of(module)


def memory_type(plan: list[Planned]) -> MemoryType:
    """A memory that does for all: the largest minimum, the smallest maximum."""
    types = [library.memory_type() for library in plan]
    maxima = [type.maximum for type in types if type.maximum is not None]
    first = types[0]
    minimum = max(type.minimum for type in types)
    return MemoryType(minimum, min(maxima, default=None), first.shared, first.index_type, first.page_size)


def function_types(plan: list[Planned]) -> dict[str, FuncType]:
    """The types with which functions are imported from ``env``."""
    return {
        wanted.name: wanted.type
        for library in plan
        for wanted in library.imports
        if wanted.module == "env" and isinstance(wanted.type, FuncType)
    }
