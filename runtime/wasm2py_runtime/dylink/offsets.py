"""The global offset table: a global for each symbol whose address somebody takes (``GOT.mem``, ``GOT.func``).

The globals are shared by all libraries. One whose symbol is not there yet is 0 until a library brings it.
"""

from __future__ import annotations

from typing import Any, Callable, Optional

from ..boundary import RawFunction, raw_function, raw_of
from ..global_ import Global
from ..imports import MISSING
from ..intrinsics import Intrinsic
from ..table import Table
from ..types import FuncType, GlobalType

DATA, FUNCTION = "GOT.mem", "GOT.func"


class OffsetTable:
    """``symbol(name)`` is what a symbol stands for, or MISSING; ``type_of(name)`` how a function is imported."""

    def __init__(
        self,
        symbol: Callable[[str], Any],
        address: Callable[[str], Optional[int]],
        type_of: Callable[[str], Optional[FuncType]],
    ) -> None:
        self._symbol, self.address, self._type_of = symbol, address, type_of
        self._entries: dict[tuple[str, str], Global] = {}
        self._pending: set[tuple[str, str]] = set()
        #: The index of each function, by identity, when the table had ``_scanned`` elements.
        self._indices: dict[int, int] = {}
        self._scanned = 0
        self._hosts: dict[str, RawFunction] = {}

    def entry(self, kind: str, name: str, type: GlobalType) -> Global:
        """The global of a symbol."""
        key = kind, name
        if key not in self._entries:
            self._entries[key] = Global(type.value_type, 0, mutable=True)
            self._pending.add(key)
        return self._entries[key]

    def resolve(self, table: Table) -> None:
        """Set the globals of the symbols that are there by now."""
        for kind, name in sorted(self._pending):
            value = self._value(kind, name, table)
            if value is not None:
                self._entries[kind, name].value = value
                self._pending.discard((kind, name))

    @property
    def resolved(self) -> frozenset[tuple[str, str]]:
        """The entries that are set."""
        return frozenset(self._entries.keys() - self._pending)

    def forget(self, resolved: frozenset[tuple[str, str]]) -> None:
        """Take back what was set beyond these: the library that brought the symbols does not come to life."""
        for key in self.resolved - resolved:
            self._entries[key].value = 0
            self._pending.add(key)

    def _value(self, kind: str, name: str, table: Table) -> Optional[int]:
        if kind == FUNCTION:
            raw = self.function(name)
            return None if raw is None else self._index(raw, table)
        return self.address(name)

    def function(self, name: str) -> Optional[RawFunction]:
        """The raw function of a symbol, the same whenever it is asked for; None if there is none."""
        found = self._symbol(name)
        if found is MISSING:
            return None
        raw = raw_of(found)
        return raw if raw is not None else self._host(name, found)

    def _host(self, name: str, value: Any) -> Optional[RawFunction]:
        """A function of the host has the type with which some library imports it."""
        if name not in self._hosts:
            type = self._type_of(name)
            if type is None or not (callable(value) or isinstance(value, Intrinsic)):
                return None
            made = value.raw_for(type) if isinstance(value, Intrinsic) else raw_function(value, type, f"env.{name}")
            if made is None:
                return None
            self._hosts[name] = made
        return self._hosts[name]

    def _index(self, raw: RawFunction, table: Table) -> int:
        """Where a function is in the table; it is added if it is not there."""
        if len(table) != self._scanned:
            self._scan(table)
        index = self._indices.get(id(raw), -1)
        if index < 0 or table.get(index) is not raw:
            index = table.grow(1, raw)
            if index < 0:
                raise MemoryError(f"the table of functions cannot grow: {table.type}")
            self._indices[id(raw)] = index
            self._scanned = len(table)
        return index

    def _scan(self, table: Table) -> None:
        """Learn where functions are. Of a function that is in the table twice, the first index counts."""
        self._indices = {id(table.get(index)): index for index in reversed(range(len(table)))}
        self._scanned = len(table)
