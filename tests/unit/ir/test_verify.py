"""The IR of whole modules keeps its invariants from the builder through every pass."""

from __future__ import annotations

import pytest
import wasmtime

from tests.golden.test_golden import CASES
from tests.support.engine import verify_stage
from tests.support.shared import need_shared
from tests.support.wat import functions
from wasm2py.ir import Function, Return, verify
from wasm2py.ir.verifier import InvariantError
from wasm2py.options import Options
from wasm2py.passes import run_passes


def check(binary: bytes) -> None:
    for function in functions(binary):
        run_passes(function, Options(), verify_stage)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_small_modules(case) -> None:  # type: ignore[no-untyped-def]
    check(wasmtime.wat2wasm(case.read_text()))


@pytest.mark.parametrize("build", ["wasm_mvp", "wasm_O0"])
def test_kernels(build: str) -> None:
    for path in sorted(need_shared("kernels", build).glob("*.wasm")):
        check(path.read_bytes())


def broken() -> Function:
    (function,) = functions(wasmtime.wat2wasm("(module (func (param i32) (result i32) (i32.eqz (local.get 0))))"))
    verify(function)
    return function


def test_a_value_that_is_not_defined_is_found() -> None:
    function = broken()
    function.blocks[0].body.clear()
    with pytest.raises(InvariantError, match="not defined"):
        verify(function)


def test_an_edge_that_only_one_side_knows_is_found() -> None:
    function = broken()
    other = function.block()
    other.terminator = Return([])
    function.blocks[0].preds.append(other)
    with pytest.raises(InvariantError, match="predecessors"):
        verify(function)


def test_a_definition_that_does_not_dominate_its_use_is_found() -> None:
    text = """(module (func (param i32) (result i32) (local i32)
      (if (local.get 0) (then (local.set 1 (i32.eqz (local.get 0))))) (local.get 1)))"""
    (function,) = functions(wasmtime.wat2wasm(text))
    (phi,) = function.blocks[-1].phis
    (eqz,) = (arg for arg in phi.args if arg.op.name == "i32.eqz")
    verify(function)
    function.blocks[-1].terminator.args = [eqz]
    with pytest.raises(InvariantError, match="not defined"):
        verify(function)


def test_an_operand_of_another_type_is_found() -> None:
    function = broken()
    function.params[0].type = "i64"
    with pytest.raises(InvariantError, match="instead of"):
        verify(function)


def test_a_constant_out_of_range_is_found() -> None:
    (function,) = functions(wasmtime.wat2wasm("(module (func (result i32) (i32.const -1)))"))
    verify(function)
    function.blocks[0].body[0].immediate = -1
    with pytest.raises(InvariantError, match="constant -1"):
        verify(function)


def test_a_value_in_two_places_is_found() -> None:
    function = broken()
    function.blocks[0].body *= 2
    with pytest.raises(InvariantError, match="twice"):
        verify(function)


def test_a_return_of_too_few_values_is_found() -> None:
    function = broken()
    function.blocks[0].terminator = Return([])
    with pytest.raises(InvariantError, match="returns"):
        verify(function)
