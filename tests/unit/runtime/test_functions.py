"""Functions from code and cells, made in the two ways."""

from __future__ import annotations

import dis
import sys
from types import CellType, CodeType, FunctionType
from typing import Any

import pytest

from wasm2py_runtime import functions
from wasm2py_runtime.functions import inner_code, make_function

HOLDER = """
def holder(c, fib, b):
    def fib(n):
        nonlocal c
        c += b
        return n if n < 2 else fib(n - 1) + fib(n - 2)
"""


def code_of(holder: str) -> CodeType:
    return inner_code(inner_code(compile(holder, "generated.py", "exec")))


@pytest.mark.parametrize("by_statement", [False, True])
def test_cells_names_and_globals(by_statement: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "BY_STATEMENT", by_statement)
    cells, namespace = {"b": CellType(2), "c": CellType(100), "fib": CellType()}, {"__name__": "app"}
    code = code_of(HOLDER)
    function = make_function(code, namespace, "fib", tuple(cells[name] for name in code.co_freevars))
    cells["fib"].cell_contents = function
    assert function(5) == 5
    assert cells["c"].cell_contents == 100 + 2 * 15
    assert function.__code__ is code
    assert (function.__name__, function.__module__) == ("fib", "app")
    assert function.__globals__ is namespace


@pytest.mark.parametrize("count", [0, 1, 12, 300])
def test_any_number_of_cells(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "BY_STATEMENT", True)
    names = [f"x{index:03}" for index in range(count)]
    code = code_of(f"def holder({', '.join(names)}):\n def f(): return [{', '.join(names)}]\n")
    assert make_function(code, {}, "f", tuple(map(CellType, range(count))))() == list(range(count))


@pytest.mark.skipif(sys.implementation.name != "cpython" or sys.version_info < (3, 11), reason="specialises nothing")
def test_calls_of_what_is_made_are_specialised() -> None:
    """The reason for the second way."""
    cells = {"b": CellType(1), "c": CellType(0), "fib": CellType()}
    code = code_of(HOLDER)
    function: Any = make_function(code, {}, "fib", tuple(cells[name] for name in code.co_freevars))
    cells["fib"].cell_contents = function
    function(12)
    assert isinstance(function, FunctionType)
    calls = [entry.opname for entry in dis.get_instructions(function.__code__, adaptive=True) if "CALL" in entry.opname]
    assert calls.count("CALL_PY_EXACT_ARGS") == 2, calls
