"""How deep calls may nest (spec appendix "Implementation Limitations": call stack exhaustion is a trap).

From CPython 3.11 on, calls from Python function to Python function use no C stack, so the limit of the interpreter
(1000) can be raised without danger; instantiating a module raises it to ``DEFAULT_CALL_DEPTH`` if it is lower.
``set_call_depth`` or the environment variable ``WASM2PY_CALL_DEPTH`` choose another depth; 0 leaves the interpreter's
limit alone. Older versions and PyPy put every call on the C stack, and are left alone unless asked.

Host callables that are not Python functions do use C stack for each nested call. They are counted, for each thread, and
raise ExhaustionError before its stack runs out, however small it is.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Optional

#: Nested calls that WebAssembly gets where calls are cheap, unless another number is asked for.
DEFAULT_CALL_DEPTH = 5000
#: What one call through C may take of the C stack, generously: from interpreter loop to interpreter loop.
_BYTES_PER_CALL = 4096
#: What is taken for the size of a thread's stack where the system does not tell: the least that is common (musl).
_UNKNOWN_STACK = 128 * 1024

_cheap_calls = sys.implementation.name == "cpython" and sys.version_info >= (3, 11)


def _from_environment() -> Optional[int]:
    """The depth that WASM2PY_CALL_DEPTH asks for. ValueError if it is not a number."""
    text = os.environ.get("WASM2PY_CALL_DEPTH")
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"WASM2PY_CALL_DEPTH must be a number of calls, not {text!r}") from None


_asked = _from_environment()


def set_call_depth(depth: Optional[int]) -> None:
    """Let calls nest ``depth`` deep, from the next instantiation on. 0 leaves Python's limit alone, None is default.

    The limit is Python's own recursion limit (``sys.setrecursionlimit``), shared by all threads; it is only ever
    raised. Where each call uses C stack (PyPy, CPython before 3.11), a large depth can crash the interpreter.
    """
    global _asked
    if depth is not None and depth < 0:
        raise ValueError(f"the depth of calls cannot be negative: {depth}")
    _asked = depth


def prepare() -> None:
    """Raise the recursion limit of the interpreter as asked. Every instantiation calls this."""
    depth = _asked if _asked is not None else DEFAULT_CALL_DEPTH if _cheap_calls else 0
    if sys.getrecursionlimit() < depth:
        sys.setrecursionlimit(depth)


class Nesting:
    """How many calls of counted callables are under way in a thread, and how many its stack allows."""

    __slots__ = ("depth", "limit")

    def __init__(self) -> None:
        self.depth = 0
        self.limit = max(4, _stack_size() // 2 // _BYTES_PER_CALL)


class _Threads(threading.local):
    """What belongs to each thread; a thread gets its own when it first asks."""

    def __init__(self) -> None:
        self.nesting = Nesting()


def _stack_size() -> int:
    """The size of the C stack of this thread, in bytes; a careful guess where the system does not tell."""
    try:
        from ._thread_stack import stack_size

        return stack_size() or _UNKNOWN_STACK
    except (ImportError, AttributeError, OSError):
        return _UNKNOWN_STACK


#: Shims of counted callables add to ``threads.nesting.depth`` while they call (see crossing.py).
threads = _Threads()
