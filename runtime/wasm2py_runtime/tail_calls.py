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


class _Steps(dict[int, Callable[[Call], Any]]):
    """What makes a tail call, by the length of its tuple: without ``*args``, which would go through C."""

    def __missing__(self, length: int) -> Callable[[Call], Any]:
        names = [f"a{index}" for index in range(length - 2)]
        source = (
            "def step(call):\n"
            f"    {', '.join(['_', 'function', *names])} = call\n"
            '    if getattr(function, "wasm_tail", False):\n'
            f"        return function({', '.join([*names, 'True'])})\n"
            "    if function is None:\n"
            '        raise NullReference("null function reference")\n'
            f"    return function({', '.join(names)})\n"
        )
        namespace: dict[str, Any] = {"__wasm2py__": __wasm2py__, "NullReference": NullReference}
        exec(compile(source, "<wasm2py tail call>", "exec"), namespace)
        step: Callable[[Call], Any] = namespace["step"]
        self[length] = step
        return step


_steps = _Steps()


def tail_call(call: Any) -> Any:
    """Make a tail call, and the one that it ends with, and so on; the results of the last one."""
    while type(call) is tuple and call[0] is tail_mark:
        call = _steps[len(call)](call)
    return call
