"""Functions that libraries import before they are there: libraries may need each other, and weak symbols come later.

Until then a function stands in for it. As soon as there is the real one, it takes that one's place in every cell and
table element, so that calls cost what they cost anyway and a function is one object wherever it is met.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Callable, Optional

from ..boundary import RawFunction
from ..errors import IndirectCallTypeMismatch, UnknownImport
from ..imports import Import
from ..matching import matches
from ..table import Table
from ..types import FuncType

_TEMPLATE = """def make(find):
    def late({names}):
        return find()({names})
    return late
"""


class LateFunctions:
    """The functions that are waited for. ``find(name)`` gives what there is by now."""

    def __init__(self, find: Callable[[str], Optional[RawFunction]]) -> None:
        self._find = find
        self._waiting: list[tuple[Import, RawFunction]] = []

    def stand_in(self, wanted: Import) -> RawFunction:
        """A function of the wanted type. Linkage notes in ``wasm_late`` the cells that it is in."""
        assert isinstance(wanted.type, FuncType)
        raw: RawFunction = _maker(len(wanted.type.params))(lambda: self._real(wanted))
        raw.__name__, raw.wasm_type, raw.wasm_late = wanted.name, wanted.type, []
        self._waiting.append((wanted, raw))
        return raw

    def _real(self, wanted: Import) -> RawFunction:
        """Trap if there is none yet, or it is of another type."""
        raw = self._find(wanted.name)
        if raw is None or hasattr(raw, "wasm_late"):
            raise UnknownImport(wanted.module, wanted.name, str(wanted.type))
        if not matches(raw.wasm_type, wanted.type):
            raise IndirectCallTypeMismatch(f"{wanted.name} is {raw.wasm_type}, and imported as {wanted.type}")
        return raw

    def settle(self, table: Table) -> None:
        """Put the functions that have come in the place of those that stood in for them."""
        come: dict[int, RawFunction] = {}
        for wanted, stand_in in self._waiting:
            raw = self._find(wanted.name)
            if raw is not None and not hasattr(raw, "wasm_late") and matches(raw.wasm_type, wanted.type):
                come[id(stand_in)] = raw
                for cell in stand_in.wasm_late:
                    cell.cell_contents = raw
        if come:
            _replace(table, come)
            self._waiting = [each for each in self._waiting if id(each[1]) not in come]


def _replace(table: Table, come: dict[int, RawFunction]) -> None:
    for index in range(len(table)):
        raw = come.get(id(table.get(index)))
        if raw is not None:
            table.set(index, raw)


@cache
def _maker(count: int) -> Callable[..., Any]:
    names = ", ".join([f"a{place}" for place in range(count)])
    namespace: dict[str, Any] = {"__name__": __name__}
    exec(compile(_TEMPLATE.format(names=names), "<wasm2py late import>", "exec"), namespace)
    make: Callable[..., Any] = namespace["make"]
    return make
