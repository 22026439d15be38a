"""Python's exceptions become traps (spec §4.4 "Traps").

Generated code lets Python check what Python checks anyway: subscripts, divisors, recursion. Such an exception is turned
into its Trap once, where it leaves an exported function, by looking at the frame that raised it. Exceptions of host
functions pass unchanged: their innermost frame is the host's own, or the shim through which generated code called it.
"""

from __future__ import annotations

from types import FrameType
from typing import Any, Optional

from .errors import ExhaustionError, IntegerDivideByZero, InternalError, MemoryOutOfBounds, Trap, UndefinedElement

#: Modules of generated code have this global name.
GENERATED = "__wasm2py__"
#: The globals of export wrappers and host shims have this one.
BOUNDARY = "__wasm2py_boundary__"
#: The name of the code of an export wrapper.
EXPORT_WRAPPER = "exported_function"

#: What Python raises by itself when generated code or a helper is wrong.
_BUGS = (TypeError, ValueError, NameError, AttributeError, ArithmeticError, LookupError, AssertionError, SystemError)


def translate(error: BaseException) -> Optional[Exception]:
    """The exception to raise instead of ``error``, which left a WebAssembly function; None to let it pass unchanged."""
    if isinstance(error, Trap):
        return None
    responsible, innermost, entries = _frames(error)
    if isinstance(error, RecursionError):
        host = responsible is None or not _is_ours(responsible)
        return None if host and entries < 2 else ExhaustionError()
    if responsible is None or GENERATED not in responsible.f_globals:
        return None
    return _translate_own(error, responsible is innermost)


def _frames(error: BaseException) -> tuple[Optional[FrameType], Optional[FrameType], int]:
    """The innermost frame that is no helper of the runtime, the innermost of all, and how often wasm was entered."""
    responsible = innermost = None
    entries = 0
    traceback = error.__traceback__
    while traceback is not None:
        innermost = traceback.tb_frame
        if not _is_helper(innermost.f_globals):
            responsible = innermost
            entries += innermost.f_code.co_name == EXPORT_WRAPPER and BOUNDARY in innermost.f_globals
        traceback = traceback.tb_next
    return responsible, innermost, entries


def _is_helper(frame_globals: dict[str, Any]) -> bool:
    """Whether a frame with these globals belongs to a helper of the runtime, but not to its boundary."""
    return str(frame_globals.get("__name__")).startswith("wasm2py_runtime.") and BOUNDARY not in frame_globals


def _is_ours(frame: FrameType) -> bool:
    return GENERATED in frame.f_globals or BOUNDARY in frame.f_globals


def _translate_own(error: BaseException, raised_there: bool) -> Optional[Exception]:
    """For an exception that generated code (``raised_there``) or a helper of it raised."""
    if raised_there:
        if isinstance(error, IndexError):
            return UndefinedElement() if "list index" in str(error) else MemoryOutOfBounds()
        if isinstance(error, ZeroDivisionError):
            return IntegerDivideByZero()
    if isinstance(error, _BUGS) and type(error).__module__ == "builtins":
        return InternalError(f"bug in wasm2py, please report it: {type(error).__name__}: {error}")
    return None
