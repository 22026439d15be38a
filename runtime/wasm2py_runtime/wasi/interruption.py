"""How a thread that runs WebAssembly is made to end by another one."""

from __future__ import annotations

import threading
from typing import Any


class Ended(BaseException):
    """The program has ended, and this thread of it with it."""


def interrupt(thread: int) -> None:
    """Let a thread raise Ended as soon as it runs Python code. (By identifier; nothing happens to one that is gone.)

    Where only CPython can do that, the main thread gets a KeyboardInterrupt; others end when they wait or return.
    """
    raise_in: Any = _set_exception()
    if raise_in is not None:
        raise_in(thread)
    elif thread == threading.main_thread().ident:
        import _thread

        _thread.interrupt_main()


def _set_exception() -> Any:
    try:
        from ctypes import c_ulong, py_object, pythonapi
    except ImportError:
        return None

    return lambda thread: pythonapi.PyThreadState_SetAsyncExc(c_ulong(thread), py_object(Ended))
