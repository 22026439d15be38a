"""The symbols of libraries, and the global offset table, which holds their addresses."""

from __future__ import annotations

from typing import Any, Callable, Optional

from ..boundary import raw_of
from ..errors import UnknownImport
from ..global_ import Global
from ..imports import Import
from ..table import Table

Lookup = Callable[[str], Any]


class Symbols:
    """Functions and data by name: of several definitions, the first counts, as everywhere in dynamic linking.

    ``host`` gives what the Linker has under a name in ``env``, or None; a library's own symbols go first.
    """

    def __init__(self, table: Table, index_type: str, host: Lookup) -> None:
        self.functions: dict[str, Any] = {}
        #: addresses
        self.data: dict[str, int] = {}
        self._table = table
        self._index_type = index_type
        self._host = host
        self._indices: dict[Any, int] = {}
        self._got: dict[tuple[str, str], Global] = {}

    def function(self, name: str) -> Optional[Any]:
        """The function of a name: a callable, or None."""
        found = self.functions.get(name)
        return self._host(name) if found is None else found

    def knows(self, kind: str, name: str) -> bool:
        """Whether there is something for an entry ``GOT.mem`` or ``GOT.func``."""
        return name in self.data if kind == "GOT.mem" else self.function(name) is not None

    def late(self, wanted: Import) -> Callable[..., Any]:
        """Stands in for a function that is defined later: by a library that is loaded then, or by the one at hand."""

        def late(*arguments: Any) -> Any:
            found = self.function(wanted.name)
            if found is None or found is late:
                raise UnknownImport(wanted.module, wanted.name, str(wanted.type))
            return found(*arguments)

        return late

    def entry(self, kind: str, name: str) -> Global:
        """The global that holds the address of a symbol: one for all libraries, 0 as long as there is none."""
        cell = self._got.get((kind, name))
        if cell is None:
            cell = self._got[kind, name] = Global(self._index_type, 0, mutable=True)
            self._fill(kind, name, cell)
        return cell

    def define(self, functions: dict[str, Any], data: dict[str, int]) -> None:
        """Add what a library exports, and tell those who wait for it."""
        for known, added in ((self.functions, functions), (self.data, data)):
            for name in added.keys() - known.keys():
                known[name] = added[name]
        for (kind, name), cell in self._got.items():
            if not cell.value:
                self._fill(kind, name, cell)

    def _fill(self, kind: str, name: str, cell: Global) -> None:
        if kind == "GOT.mem":
            cell.value = self.data.get(name, 0)
        else:
            function = self.function(name)
            cell.value = 0 if function is None else self.index_of(function)

    def index_of(self, function: Any) -> int:
        """The index of a WebAssembly function in the table: always the same one, so that pointers compare."""
        raw = raw_of(function)
        if raw is None:
            raise TypeError(
                f"not a WebAssembly function, so it has no type and no address: {function!r} (host_function)"
            )
        known = self._indices.get(raw)
        if known is None:
            known = next((index for index, each in enumerate(self._table) if raw_of(each) is raw), 0)
            if not known:
                known = self._table.grow(1, function)
            if known < 0:
                raise MemoryError("the table of functions cannot grow")
            self._indices[raw] = known
        return known
