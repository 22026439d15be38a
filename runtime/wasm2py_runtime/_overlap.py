"""Overlapping memoryviews: an element at every byte address (CPython, little-endian; see views.py).

``memoryview(region).cast("I")`` owns its region and reads elements through the stride and the shape that are kept
inside the view object. Those two numbers are found through the buffer protocol, which hands out pointers to them, and
written once: a stride of one byte lets elements overlap, and the shape is the exact bound, moved when a memory grows.
A bound never exceeds the region, so no access can leave it, and the view keeps its region alive and open.
"""

from __future__ import annotations

import ctypes
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


def _layout(view: memoryview) -> tuple[Any, Any]:
    """The shape and the stride of a one-dimensional view, as integers in place. They live as long as the view."""
    buffer = _Buffer()
    _get_buffer(view, ctypes.byref(buffer), _PyBUF_STRIDES | _PyBUF_WRITABLE)
    shape = ctypes.c_ssize_t.from_address(buffer.shape)
    stride = ctypes.c_ssize_t.from_address(buffer.strides)
    _release_buffer(ctypes.byref(buffer))
    if shape.value != len(view) or stride.value != view.itemsize:
        raise ValueError("this interpreter keeps the layout of a memoryview somewhere else")
    return shape, stride


def overlapping(region: Any, code: str, size: int) -> tuple[memoryview, Callable[[int], None]]:
    """A view of ``region`` with elements of struct format ``code`` at every byte address below ``size``.

    ``region`` is writable, its length a multiple of 8. Also returned: the function that moves the bound to a new size
    in bytes, which must not exceed the length of the region.
    """
    view = memoryview(region).cast("B").cast(code)  # type: ignore[call-overload]
    shape, stride = _layout(view)
    width = view.itemsize

    def resize(size: int, view: memoryview = view) -> None:
        # `view` is a parameter to keep the object alive whose insides `shape` points at.
        shape.value = max(0, size - width + 1)

    stride.value = 1
    resize(size)
    return view, resize
