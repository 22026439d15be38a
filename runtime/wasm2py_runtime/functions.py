"""Functions from code and cells.

``types.FunctionType`` makes them, but CPython 3.13 does not specialise calls of what it makes (such functions have no
version): calls between them take a fifth longer than between functions that a ``def`` statement made. There the
function is made by a ``def`` statement, in a small function around it that holds the same cells.
"""

from __future__ import annotations

import sys
from functools import cache
from types import CellType, CodeType, FunctionType
from typing import Any

from .errors import InternalError

#: Whether only a ``def`` statement makes functions that are called quickly.
BY_STATEMENT = sys.implementation.name == "cpython" and sys.version_info >= (3, 13)


def make_function(code: CodeType, namespace: dict[str, Any], name: str, captured: tuple[CellType, ...]) -> FunctionType:
    """A function called ``name`` that runs ``code`` with these cells as its free variables."""
    if BY_STATEMENT:
        function: FunctionType = FunctionType(_around(code), namespace, name, None, captured or None)()
        function.__name__ = name
    else:
        function = FunctionType(code, namespace, name, None, captured or None)
    if has_tail_calls(code):
        function.__defaults__ = (False,)
        function.wasm_tail = True  # type: ignore[attr-defined]
    return function


def has_tail_calls(code: CodeType) -> bool:
    """Whether the code takes one more argument, for its tail calls (see tail_calls.py)."""
    return code.co_varnames[code.co_argcount - 1 : code.co_argcount] == ("tail",)


def _around(code: CodeType) -> CodeType:
    """Code with the same free variables that defines a function of this code, and gives it back."""
    template = _template(len(code.co_freevars))
    constants = tuple([code if isinstance(item, CodeType) else item for item in template.co_consts])
    return template.replace(co_consts=constants)


@cache
def _template(captured: int) -> CodeType:
    """Code that defines and gives a function, both with so many free variables in the same order."""
    cells = "".join(f"c{index:04}, " for index in range(captured))
    source = (
        f"def holder({cells}):\n"
        f"    def around():\n"
        f"        def function():\n"
        f"            ({cells})\n"
        f"        return function\n"
    )
    return inner_code(inner_code(compile(source, "<wasm2py functions>", "exec")))


def inner_code(code: CodeType) -> CodeType:
    """The code of the one function that other code, such as a holder's, defines."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            return constant
    raise InternalError(f"bug in wasm2py, please report it: {code.co_name} holds no function")
