"""The function table of a module that is a package: its functions stand in parts, imported when one is first called."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from importlib import import_module
from types import CodeType

from .deferred import Deferred
from .functions import inner_code


def functions(package: str, starts: Sequence[int], table: str) -> list[tuple[Deferred, str, int]]:
    """Definitions for ``Linkage.define_functions``.

    Part ``k`` of the package holds the functions from index ``starts[k]`` on; function 7 is in the holder ``_7``.
    ``table`` has a line for each function: its name, the index of its type, and the cells that it captures.
    """

    def source(index: int) -> CodeType:
        part = import_module(f"{package}._part{bisect_right(starts, index) - 1}")
        return inner_code(getattr(part, f"_{index}").__code__)

    rows = []
    for index, line in enumerate(table.split("\n")[1:-1], starts[0] if starts else 0):
        name, typeidx, *cells = line.split()
        rows.append((Deferred(tuple(cells), source, index), name, int(typeidx)))
    return rows
