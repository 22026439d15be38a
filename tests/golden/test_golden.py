"""Golden files: WebAssembly text → IR → IR after the passes → Python.

``pytest tests/golden --update-golden`` writes them anew; look at the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import wasmtime

from tests.support.wat import functions
from wasm2py.binary import decode
from wasm2py.codegen.callers import Callers
from wasm2py.codegen.cells import Cells
from wasm2py.codegen.function import Choices, translate_function
from wasm2py.codegen.source import to_source
from wasm2py.ir import Function, format_function, verify
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.options import Options
from wasm2py.passes import run_passes

CASES = sorted((Path(__file__).parent / "cases").glob("*.wat"))


def render(binary: bytes) -> str:
    module = decode(binary)
    spaces = IndexSpaces(module)
    callers = Callers(module, spaces)
    made = functions(binary)
    parts = {position: _render(made[position], Cells(module, spaces), callers) for position in callers.order}
    return "\n".join(text for _, text in sorted(parts.items()))


def _render(function: Function, cells: Cells, callers: Callers) -> str:
    parts = [";; IR\n" + format_function(function)]
    run_passes(function, Options())
    verify(function)
    parts.append(";; after the passes\n" + format_function(function))
    limits = cells.spaces.memory_limits()
    python, jumps = (
        to_source(translate_function(function, cells, Choices(wired=wired), limits, callers=callers).definition)
        for wired in (False, True)
    )
    parts.append(";; Python\n" + python)
    if jumps != python:
        parts.append(";; Python with jumps\n" + jumps)
    return "\n".join(parts)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_golden(case: Path, request: pytest.FixtureRequest) -> None:
    text = render(wasmtime.wat2wasm(case.read_text()))
    expected = case.with_suffix(".txt")
    if request.config.getoption("--update-golden"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_there_are_cases() -> None:
    assert len(CASES) >= 8
