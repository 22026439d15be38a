"""Tail calls in constant stack (spec §4.6.10: "return_call").

A function with tail calls has one more parameter, ``tail``. Called without it, it hands its tail call over to
``tail_call``, which goes on from call to call; there functions are told to give their tail calls back instead of making
them. Whether a function has the parameter, its attribute ``wasm_tail`` says; all others are just called.

A tail call is a tuple: the mark, the function, the arguments. No result begins with the mark.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import NullReference

# What fails here fails in the name of generated code (see traps.py).
__wasm2py__ = 1

tail_mark = object()
Call = tuple[Any, ...]


_STEPS = """def steps(call):
    while True:
        {unpacked} = call
        if getattr(function, "wasm_tail", False):
            call = function({arguments}True)
            if type(call) is tuple and len(call) == {length} and call[0] is tail_mark:
                continue
            return call
        if function is None:
            raise NullReference("null function reference")
        return function({arguments})
"""


class _Steps(dict[int, Callable[[Call], Any]]):
    """What makes tail calls while their tuples have one length: without ``*args``, which would go through C."""

    def __missing__(self, length: int) -> Callable[[Call], Any]:
        names = [f"a{index}" for index in range(length - 2)]
        unpacked, arguments = ", ".join(["_", "function", *names]), "".join(f"{name}, " for name in names)
        namespace: dict[str, Any] = {"__wasm2py__": 1, "NullReference": NullReference, "tail_mark": tail_mark}
        source = _STEPS.format(unpacked=unpacked, arguments=arguments, length=length)
        exec(compile(source, "<wasm2py tail call>", "exec"), namespace)
        steps: Callable[[Call], Any] = namespace["steps"]
        self[length] = steps
        return steps


_steps = _Steps()


def tail_call(call: Any) -> Any:
    """Make a tail call, and the one that it ends with, and so on; the results of the last one."""
    while type(call) is tuple and call[0] is tail_mark:
        call = _steps[len(call)](call)
    return call
