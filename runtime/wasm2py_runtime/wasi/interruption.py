"""How a thread that runs WebAssembly is made to end by another one."""

from __future__ import annotations

import signal
import threading
from typing import Any


class Ended(BaseException):
    """The program has ended, and this thread of it with it."""


def interrupt(thread: int) -> None:
    """Let a thread raise Ended as soon as it runs Python code. (By identifier; nothing happens to one that is gone.)

    The main thread gets what Ctrl-C gives it, a KeyboardInterrupt, which ends sleep and other calls of the system too.
    Where only CPython can raise an exception in another thread, the others end when they wait, or return.
    """
    if thread == threading.main_thread().ident and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        _press_ctrl_c(thread)
    else:
        raise_in: Any = _set_exception()
        if raise_in is not None:
            raise_in(thread)


def _press_ctrl_c(main_thread: int) -> None:
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main_thread, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def _set_exception() -> Any:
    try:
        from ctypes import c_ulong, py_object, pythonapi
    except ImportError:
        return None

    return lambda thread: pythonapi.PyThreadState_SetAsyncExc(c_ulong(thread), py_object(Ended))
