"""The size of the C stack of the running thread, asked from the system through ctypes."""

from __future__ import annotations

import ctypes
import sys


def stack_size() -> int:
    """Bytes; 0 if the system is not one that can be asked. (A main thread without a limit counts as 8 MiB.)"""
    if sys.platform.startswith("linux"):
        size = _linux()
    elif sys.platform == "darwin":
        size = _darwin()
    elif sys.platform == "win32":
        size = _windows()
    else:
        return 0
    return min(size, 8 << 20)


def _linux() -> int:
    """``pthread_getattr_np`` (glibc and musl) describes the running thread."""
    library = ctypes.CDLL(None)
    attributes = ctypes.create_string_buffer(256)  # a pthread_attr_t has 56 bytes or fewer
    library.pthread_self.restype = ctypes.c_void_p
    if library.pthread_getattr_np(ctypes.c_void_p(library.pthread_self()), attributes):
        return 0
    size = ctypes.c_size_t()
    failed = library.pthread_attr_getstacksize(attributes, ctypes.byref(size))
    library.pthread_attr_destroy(attributes)
    return 0 if failed else size.value


def _darwin() -> int:
    library = ctypes.CDLL(None)
    library.pthread_self.restype = ctypes.c_void_p
    library.pthread_get_stacksize_np.restype = ctypes.c_size_t
    return int(library.pthread_get_stacksize_np(ctypes.c_void_p(library.pthread_self())))


def _windows() -> int:
    low, high = ctypes.c_size_t(), ctypes.c_size_t()
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (mypy knows it only on Windows)
    kernel.GetCurrentThreadStackLimits(ctypes.byref(low), ctypes.byref(high))
    return high.value - low.value
