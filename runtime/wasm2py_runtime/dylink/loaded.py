"""A shared library that is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..global_ import Global
from ..memory import Memory
from ..table import Table
from .section import Section


class Library:
    """A module, loaded at a place in the memory and table that libraries share (``linker.libraries[name]``).

    ``exports`` are those of its ``instance``, but that the globals for data hold addresses, not offsets.
    ``memory_base`` and ``table_base`` are where its data and its functions are.
    """

    def __init__(
        self, name: str, section: Section, memory: Memory, table: Table, memory_base: int, table_base: int
    ) -> None:
        self.name, self.section = name, section
        self.memory, self.table = memory, table
        self.memory_base, self.table_base = memory_base, table_base
        self.instance: Any = None
        self.exports: LibraryExports

    def come_to_life(self, instance: Any) -> None:
        """The module has been instantiated."""
        self.instance = instance
        self.exports = LibraryExports(instance.exports, self.memory_base)

    def initialise(self, name: str) -> None:
        """Call a function without parameters, if there is one of this name."""
        if name in self.exports:
            self.exports[name]()

    def __repr__(self) -> str:
        return f"<Library {self.name!r} at {self.memory_base:#x}, functions from {self.table_base}>"


class LibraryExports(Mapping[str, Any]):
    """Exports by name: ``exports.run``, ``exports["run"]``. An immutable global is the address of a datum."""

    def __init__(self, exports: Any, memory_base: int) -> None:
        self._exports, self._memory_base = exports, memory_base
        self._addresses: dict[str, Global] = {}

    def __getitem__(self, name: str) -> Any:
        found = self._exports[name]
        if not isinstance(found, Global) or found.mutable or found.value_type not in ("i32", "i64"):
            return found
        if name not in self._addresses:
            self._addresses[name] = Global(found.value_type, found.value + self._memory_base)
        return self._addresses[name]

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no export named {name!r}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._exports)

    def __len__(self) -> int:
        return len(self._exports)
