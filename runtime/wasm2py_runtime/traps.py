"""Python's exceptions become traps (spec §4.4 "Traps").

Generated code lets Python check what Python checks anyway: subscripts, divisors, recursion. Such an exception is turned
into its Trap once, where it leaves an exported function, by looking at the frame that raised it. Exceptions of host
functions pass unchanged: their innermost frame is the host's own, or the shim through which generated code called it.
"""

from __future__ import annotations

from types import FrameType, TracebackType
from typing import Any, Optional

from .errors import (
    ArrayOutOfBounds,
    ExhaustionError,
    IntegerDivideByZero,
    InternalError,
    MemoryOutOfBounds,
    NullReference,
    Trap,
    UndefinedElement,
)
from .exceptions import WasmException

#: Modules of generated code have this global name.
GENERATED = "__wasm2py__"
#: The globals of export wrappers and host shims have this one.
BOUNDARY = "__wasm2py_boundary__"
#: The file name of the code of an export wrapper starts so.
EXPORT_WRAPPER = "<wasm2py export of"

#: An exhausted stack is shown to this depth.
_TRACEBACK_LENGTH = 100

#: How Python says that something was asked of None that it does not have: of a null reference, since only references
#: are read by attribute (fields) or called (``call_ref``) without a check.
_OF_NULL = {
    "'NoneType' object has no attribute 'f": "null structure reference",
    "'NoneType' object has no attribute 'a'": "null array reference",
    "'NoneType' object is not callable": "null function reference",
}

#: What Python raises by itself when generated code or a helper is wrong.
_BUGS = (TypeError, ValueError, NameError, AttributeError, ArithmeticError, LookupError, AssertionError, SystemError)


def translate(error: BaseException) -> Optional[Exception]:
    """The exception to raise instead of ``error``, which left a WebAssembly function; None to let it pass unchanged.

    It has the traceback of ``error``, less the first entry, which raising it will add again. It is to be raised after
    the handler of ``error``, not in it, so that it does not drag ``error`` along as its context.
    """
    if _ran_out_of_stack(error):
        trap = _translate_recursion(error)
    elif isinstance(error, (Trap, WasmException)):
        trap = None
    else:
        trap = _translate_own(error)
    if trap is None or error.__traceback__ is None:
        return trap
    return trap.with_traceback(error.__traceback__.tb_next)


def _ran_out_of_stack(error: BaseException) -> bool:
    """RecursionError, or what PyPy raises if it has no stack left to note that one followed another."""
    return isinstance(error, RecursionError) or (
        type(error) is TypeError and str(error).startswith("couldn't record exception context")
    )


def _translate_recursion(error: BaseException) -> Optional[Exception]:
    """A stack that WebAssembly has a part in is exhausted; a host's own endless recursion stays what it is."""
    exhausted = isinstance(error, ExhaustionError)
    if not exhausted and not _is_exhaustion(error):
        return None
    _shorten(error.__traceback__)
    return None if exhausted else ExhaustionError()


def _is_exhaustion(error: BaseException) -> bool:
    """Raised by a call in generated code or a shim; or by a host, but one that calls WebAssembly that called it."""
    responsible, _, entries = _frames(error)
    return entries > 1 or (responsible is not None and _is_ours(responsible))


def _frames(error: BaseException) -> tuple[Optional[FrameType], Optional[FrameType], int]:
    """The innermost frame that is no helper of the runtime, the innermost of all, and how often wasm was entered."""
    responsible = innermost = None
    entries = 0
    traceback = error.__traceback__
    while traceback is not None:
        innermost = traceback.tb_frame
        if not _is_helper(innermost.f_globals):
            responsible = innermost
            entries += innermost.f_code.co_filename.startswith(EXPORT_WRAPPER)
        traceback = traceback.tb_next
    return responsible, innermost, entries


def _shorten(traceback: Optional[TracebackType]) -> None:
    """Cut the traceback of an exhausted stack to what a person reads.

    The rest is taken apart link by link, from its end, so that each frame goes before the one that called it: CPython
    3.13.0 frees long chains of tracebacks and of frames by recursion in C, which is more than a small stack bears.
    """
    links = []
    while traceback is not None:
        links.append(traceback)
        traceback = traceback.tb_next
    while len(links) > _TRACEBACK_LENGTH:
        links.pop()
        links[-1].tb_next = None


def _is_helper(frame_globals: dict[str, Any]) -> bool:
    """Whether a frame with these globals belongs to a helper of the runtime, but not to its boundary.

    Nor to a part of the runtime whose functions stand for instructions: that counts as generated code.
    """
    is_runtime = str(frame_globals.get("__name__")).startswith("wasm2py_runtime.")
    return is_runtime and BOUNDARY not in frame_globals and GENERATED not in frame_globals


def _is_ours(frame: FrameType) -> bool:
    return GENERATED in frame.f_globals or BOUNDARY in frame.f_globals


def _index_trap(message: str, frame: FrameType) -> Trap:
    """Views of memory, call lists and the elements of arrays are what generated code subscripts.

    Call lists and elements both are lists, and of an index of 64 bits Python says only that it is too large, whatever
    is subscripted. In modules where that could be asked, a function keeps the last index into each call list in a
    variable: if the list does not reach so far, that was the subscript that failed.
    """
    lists = [name for name in frame.f_code.co_freevars if name.startswith("calls")]
    seen = frame.f_locals
    if any(seen.get(f"at_{name}", -1) >= len(seen[name]) for name in lists):
        return UndefinedElement()
    if "list" not in message:
        return MemoryOutOfBounds()
    kept = any(f"at_{name}" in frame.f_code.co_varnames for name in lists)
    return ArrayOutOfBounds() if kept or not lists or "assignment" in message else UndefinedElement()


def _translate_own(error: BaseException) -> Optional[Exception]:
    """For an exception that generated code, or a helper of the runtime that it called, raised; None for any other."""
    responsible, innermost, _ = _frames(error)
    if responsible is None or GENERATED not in responsible.f_globals:
        return None
    if responsible is innermost:
        if isinstance(error, IndexError):
            return _index_trap(str(error), innermost)
        if isinstance(error, ZeroDivisionError):
            return IntegerDivideByZero()
        for start, message in _OF_NULL.items():
            if isinstance(error, (AttributeError, TypeError)) and str(error).startswith(start):
                return NullReference(message)
    if isinstance(error, _BUGS) and type(error).__module__ == "builtins":
        bug = InternalError(f"bug in wasm2py, please report it: {type(error).__name__}: {error}")
        bug.__cause__ = error
        return bug
    return None
