"""Functions whose code is fetched when they are first called, so that a large module starts quickly.

Such a function begins as a real function with the closure of its own and the code of a stub. Its first call fetches the
code and puts it in the place of the stub's: the function stays the same object, in tables, globals and cells alike.

(CPython 3.13 does not specialise calls of a function whose code was replaced. There another function of the same code
takes its place in the cell where other functions find it. They share attributes, and so the exported function.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import CellType, CodeType, FunctionType
from typing import Any, Optional

from .errors import InternalError
from .functions import BY_STATEMENT, has_tail_calls, inner_code, make_function

#: The file name that the code of stubs reports.
STUB = "<wasm2py first call>"

#: Gives the code of a function of the module by its position.
Source = Callable[[int], CodeType]


class Deferred:
    """Stands for the holder of a function: the names of the cells that it captures, and where its code comes from.

    The cells are in the order of the code's free variables. Instances of one module share the code.
    """

    __slots__ = ("_code", "_position", "_source", "cells")

    def __init__(self, cells: tuple[str, ...], source: Source, position: int) -> None:
        self.cells = cells
        self._code: Optional[CodeType] = None
        self._source = source
        self._position = position

    def stub(self, name: str, arity: int, namespace: dict[str, Any], cells: Mapping[str, CellType]) -> FunctionType:
        """A function that becomes the real one when it is first called."""
        captured = tuple(map(cells.__getitem__, self.cells))
        function = FunctionType(_stub_code(arity, len(captured)), namespace, name, None, captured or None)
        function.__qualname__ = name
        function.__kwdefaults__ = {"function": function, "cell": cells[name], "deferred": self}
        return function

    def link(self, function: FunctionType, cell: CellType) -> FunctionType:
        """Give a stub its code; several threads may do so at once. ``cell`` is the one that it is called through."""
        code = self._code
        if code is None:
            code = self._source(self._position)
            if code.co_freevars != self.cells:
                raise InternalError(f"bug in wasm2py, please report it: {function.__name__} captures other cells")
            self._code = code
        # In this order: a thread that enters between the two finds a function that works.
        if has_tail_calls(code):
            function.__defaults__ = (False,)
            function.__code__ = code
            function.wasm_tail = True  # type: ignore[attr-defined]
        else:
            function.__code__ = code
        function.__kwdefaults__ = None
        if BY_STATEMENT:
            called = make_function(code, function.__globals__, function.__name__, function.__closure__ or ())
            called.__dict__ = function.__dict__
            cell.cell_contents = called
        return function


@cache
def _stub_code(arity: int, captured: int) -> CodeType:
    """The code of a stub with so many parameters and free variables.

    A function takes only code that has as many free variables as it has cells. A large module has a hundred shapes of
    functions, and ``compile`` takes 0.1 ms; so code with one free variable is given more where that is possible.
    """
    if captured < 2 or captured > 255 or not _says_count_of_cells():
        return _compiled_stub(arity, captured)
    code = _compiled_stub(arity, 1)
    names = tuple([f"c{index}" for index in range(captured)])
    return code.replace(co_freevars=names, co_code=code.co_code[:1] + bytes((captured,)) + code.co_code[2:])


@cache
def _says_count_of_cells() -> bool:
    """Whether the second byte of code is the number of its free variables, and nothing else depends on that number: so
    it is on CPython from 3.11 on, where functions begin with COPY_FREE_VARS."""
    one, two = (_compiled_stub(0, captured).co_code for captured in (1, 2))
    return (one[1], two[1]) == (1, 2) and one[:1] + one[2:] == two[:1] + two[2:]


@cache
def _compiled_stub(arity: int, captured: int) -> CodeType:
    """The code of a stub from source.

    It takes no ``*args``: a call that spreads them goes through C on CPython 3.11, and a long chain of first calls
    would end the process.
    """
    parameters = "".join(f"a{index}, " for index in range(arity))
    cells = "".join(f"c{index}, " for index in range(captured))
    source = (
        f"def holder({cells}):\n"
        f"    def first_call({parameters}*, function, cell, deferred):\n"
        f"        return deferred.link(function, cell)({parameters})\n"
        f"        ({cells})\n"  # never reached: it makes these names free variables
    )
    [holder] = [item for item in compile(source, STUB, "exec").co_consts if isinstance(item, CodeType)]
    return inner_code(holder)
