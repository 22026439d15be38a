"""Typed views of linear memory: ``u32[address]`` reads four bytes at any byte address (spec §4.4 "Memory").

Two kinds with the same surface, chosen once:

- **overlapping**: memoryviews whose stride is one byte, so that element *i* is the (unaligned) value at address *i*;
  an access is one subscript of the interpreter, bounds included, and IndexError is the trap. CPython, little-endian.
- **plain**: small objects over ``struct``, with their own bounds check, raising the trap. PyPy and everything else.

Addresses are never negative: generated code proves or masks that. Bounds are in bytes; growing a memory moves the
bound of the existing view objects, so that a view never has to be replaced.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Iterator
from struct import Struct
from typing import Any, Callable, Optional, Union

from .errors import MemoryOutOfBounds

#: The name of every view in generated code, and the struct format of its elements.
FORMATS = {
    "u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i",
    "u64": "Q", "i64": "q", "f32": "f", "f64": "d",
}  # fmt: skip

#: Anything that is read and written by ``view[address]``.
View = Any
#: Takes the size of the memory in bytes and moves the bound of a view.
Resize = Callable[[int], None]
Region = Union[mmap.mmap, bytearray]
#: Makes a view of a region with elements of a format; then the size of the memory, and the offset and step of the view.
MakeView = Callable[..., tuple[View, Resize]]


class PlainView:
    """A view over ``struct``; a subclass for each format keeps the format a constant for PyPy's compiler."""

    __slots__ = ("_buffer", "_last")
    width = 0

    def __init__(self, buffer: Region, size: int) -> None:
        self._buffer = buffer
        self.resize(size)

    def resize(self, size: int) -> None:
        """Move the bound: the memory now has ``size`` bytes."""
        self._last = size - self.width

    def __len__(self) -> int:
        return max(0, self._last + 1)

    def each(self, addresses: Any) -> Iterator[Any]:
        """What is at the addresses of a slice, each read in its turn."""
        view: View = self
        return map(view.__getitem__, range(*addresses.indices(len(view))))

    def beyond(self, address: int) -> None:
        """An access is to lie past the bound: a trap, unless a kind of view finds that the bound has moved."""
        raise MemoryOutOfBounds


def _plain_class(code: str) -> type[PlainView]:
    """The class of plain views of one struct format."""
    layout = Struct("<" + code)
    unpack, pack = layout.unpack_from, layout.pack_into

    class FormatView(PlainView):
        __slots__ = ()
        width = layout.size

        def __getitem__(self, address: int) -> Any:
            try:
                if address > self._last:
                    self.beyond(address)
            except TypeError:
                return self.each(address)
            return unpack(self._buffer, address)[0]

        def __setitem__(self, address: int, value: Any) -> None:
            if address > self._last:
                self.beyond(address)
            pack(self._buffer, address, value)

    return FormatView


def _plain_f32_class() -> type[PlainView]:
    """Storing a float that is too large for an f32 stores an infinity; ``struct`` alone would refuse it."""
    from .float_bits import f32_round

    base: Any = _plain_class("f")
    store = base.__setitem__

    class FloatView(base):  # type: ignore[misc]
        __slots__ = ()

        def __setitem__(self, address: int, value: float) -> None:
            store(self, address, f32_round(value))

    return FloatView


_plain_classes: dict[str, type[PlainView]] = {}


class SteppedView:
    """Element *i* is the one at ``offset + i * step`` of another view."""

    __slots__ = ("_base", "_offset", "_step")

    def __init__(self, base: View, offset: int, step: int) -> None:
        self._base = base
        self._offset = offset
        self._step = step

    def __getitem__(self, index: int) -> Any:
        return self._base[self._offset + index * self._step]

    def __setitem__(self, index: int, value: Any) -> None:
        self._base[self._offset + index * self._step] = value


def plain_class(code: str) -> type[PlainView]:
    """The class of plain views of a format, made once."""
    made = _plain_classes.get(code)
    if made is None:
        made = _plain_classes[code] = _plain_f32_class() if code == "f" else _plain_class(code)
    return made


def plain(region: Region, code: str, size: int, offset: int = 0, step: int = 1) -> tuple[View, Resize]:
    """A plain view of the first ``size`` bytes of ``region``, and how to move its bound."""
    view = plain_class(code)(region, size)
    if offset or step != 1:
        return SteppedView(view, offset, step), view.resize
    return view, view.resize


def _make_overlapping() -> Optional[MakeView]:
    """The maker of overlapping views, or None where the interpreter does not have what they need."""
    if sys.implementation.name != "cpython" or sys.byteorder != "little":
        return None
    try:
        import ctypes

        from ._overlap import overlapping
    except (ImportError, AttributeError, ValueError):
        return None
    try:
        return overlapping if _works(overlapping) else None
    except (TypeError, ValueError, IndexError, ctypes.ArgumentError):
        return None


def _works(make: MakeView) -> bool:
    """Tries an overlapping view on a small buffer (stride, bound, growth, a write) before any memory relies on it."""
    region = bytearray(range(16))
    view, resize = make(region, "I", 8)
    seen = (len(view), view[3], view.strides)
    resize(16)
    view[11] = 0x01020304
    stepped, _ = make(region, "H", 16, 3, 6)
    return (
        seen == (5, 0x06050403, (1,))
        and len(view) == 13
        and region[11:15] == b"\4\3\2\1"
        and (len(stepped), stepped[1]) == (2, 0x0A09)
    )


overlapping = _make_overlapping()


def chosen() -> MakeView:
    """The maker of views: overlapping where possible, unless ``WASM2PY_MEMORY=plain`` asks for plain ones."""
    if overlapping is None or os.environ.get("WASM2PY_MEMORY") == "plain":
        return plain
    return overlapping
