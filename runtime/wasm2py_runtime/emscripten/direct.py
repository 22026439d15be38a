"""WASI's functions called by the host itself: with texts and lists in the place of addresses.

So the functions of the environment that have to do with files are those of WASI, with their rights, limits and sandbox,
in other words.
"""

from __future__ import annotations

from struct import Struct
from typing import Any, NamedTuple, Union

from ..wasi import Wasi
from ..wasi.buffers import clipped
from ..wasi.descriptors import DescriptorTable
from ..wasi.errno import WasiError
from ..wasi.functions import FUNCTIONS
from ..wasi.records import PREVIEW_1, Layout

Bytes = Union[bytes, bytearray, memoryview]


class _DirectMemory:
    """Stands for a guest's memory: an address is the thing itself, and a result is added to a list."""

    def view(self, thing: Any, length: int) -> Any:
        return thing[:length] if isinstance(thing, memoryview) else thing

    def path(self, text: str, length: int) -> str:
        return text

    def buffers(self, views: list[memoryview], count: int) -> list[memoryview]:
        return clipped(views, sum(map(len, views)))

    def pack(self, layout: Struct, results: list[int], *fields: int) -> None:
        results.extend(fields)

    def pack_u32(self, results: list[int], value: int) -> None:
        results.append(value)

    pack_u64 = pack_u32


class _DirectCaller(NamedTuple):
    """What a function of WASI is given beside its arguments."""

    wasi: Wasi
    layout: Layout
    guest: _DirectMemory

    @property
    def descriptors(self) -> DescriptorTable:
        return self.wasi.descriptors


def call(wasi: Wasi, name: str, *arguments: Any) -> list[int]:
    """Call a function of WASI: its results. A path is a ``str`` (and its length 0), a buffer a writable memoryview.

    Where the function takes the address of a result, the arguments leave it out: it is the last. Raises WasiError, and
    OSError as the host does.
    """
    function = FUNCTIONS[name]
    results: list[int] = []
    takes_results = len(function.type.params) > len(arguments)
    function.run(_DirectCaller(wasi, PREVIEW_1, _DirectMemory()), *arguments, *([results] if takes_results else []))
    return results


def write_all(wasi: Wasi, descriptor: int, data: bytes) -> None:
    """Write to a descriptor; what it does not take is lost, as it is for a console."""
    view = memoryview(data)
    try:
        while view:
            (count,) = call(wasi, "fd_write", descriptor, [view], 1)
            view = view[count:] if count else view[:0]
    except (WasiError, OSError):
        pass
