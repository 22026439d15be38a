"""Overlapping memoryviews: an element at every byte address (CPython, little-endian; see views.py).

``memoryview(region).cast("I")`` owns its region and reads elements through the stride and the shape that are kept
inside the view object. Where in the object is found through the buffer protocol, which hands out pointers to them.
Both are written once: a stride of one byte lets elements overlap, and the shape is the exact bound, moved when a
memory grows. Views that begin at an offset, or step over more than a byte, save the generated code an addition and a
multiplication.

A bound never exceeds the region, so no access can leave it, and the view keeps its region alive and open.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from typing import Any, Callable

_PyBUF_WRITABLE = 0x1
_PyBUF_STRIDES = 0x18


class _Buffer(ctypes.Structure):
    """``Py_buffer`` of the C API (the same in every CPython from 3.3 on)."""

    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    ]


_get_buffer = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.POINTER(_Buffer), ctypes.c_int)(
    ("PyObject_GetBuffer", ctypes.pythonapi)
)
_release_buffer = ctypes.PYFUNCTYPE(None, ctypes.POINTER(_Buffer))(("PyBuffer_Release", ctypes.pythonapi))


def _places() -> tuple[int, int]:
    """How far from the beginning of a one-dimensional view object its shape and its stride are."""
    view = memoryview(bytearray(8))
    buffer = _Buffer()
    _get_buffer(view, ctypes.byref(buffer), _PyBUF_STRIDES | _PyBUF_WRITABLE)
    places = buffer.shape - id(view), buffer.strides - id(view)
    _release_buffer(ctypes.byref(buffer))
    if not all(0 < place < sys.getsizeof(view) for place in places):
        raise ValueError("this interpreter keeps the layout of a memoryview somewhere else")
    return places


def _place_of_pointer() -> int:
    """How far from the beginning of a view object the pointer to its shape is, by which the interpreter reads it."""
    view = memoryview(bytearray(8))
    words = [
        place for place in range(0, sys.getsizeof(view), _POINTER) if _word(view, place).value == id(view) + _SHAPE
    ]
    if len(words) != 1:
        raise ValueError("this interpreter keeps the layout of a memoryview somewhere else")
    return words[0]


def _word(view: memoryview, place: int) -> ctypes.c_size_t:
    return ctypes.c_size_t.from_address(id(view) + place)


_POINTER = ctypes.sizeof(ctypes.c_void_p)
_SHAPE, _STRIDE = _places()
_WIDTHS = {code: struct.calcsize(code) for code in "bBhHiIqQfd"}
_integer_at = ctypes.c_ssize_t.from_address


def overlapping(
    region: Any, code: str, size: int, offset: int = 0, step: int = 1
) -> tuple[memoryview, Callable[[int], None]]:
    """A view of ``region``: element *i* has struct format ``code`` and begins at byte ``offset + i * step``.

    ``region`` holds bytes and is writable, its length a multiple of 8. The elements lie below ``size``. Also returned:
    the function that moves this bound to a new size in bytes, which must not exceed the length of the region.
    """
    width = _WIDTHS[code]
    behind = len(region) - offset
    view = memoryview(region)[offset : offset + behind - behind % width].cast(code)  # type: ignore[call-overload]
    place = id(view)
    shape, stride = _integer_at(place + _SHAPE), _integer_at(place + _STRIDE)  # they live as long as the view
    if shape.value != len(view) or stride.value != width:
        raise ValueError("this interpreter keeps the layout of a memoryview somewhere else")
    rest = step - width - offset

    def resize(size: int, view: memoryview = view) -> None:
        # `view` is a parameter to keep the object alive whose insides `shape` points at.
        count = (size + rest) // step
        shape.value = count if count > 0 else 0

    stride.value = step
    resize(size)
    return view, resize


def share_bound(view: memoryview, address: int) -> None:
    """Let the bound of an overlapping view be the number of elements, a word, at an address that outlives the view.

    Whoever changes that word, in any process that has mapped it, moves the bound.
    """
    _word(view, _place_of_pointer()).value = address
