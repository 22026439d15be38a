"""Which calls are replaced by what they call, and that the graph stays whole."""

from __future__ import annotations

from typing import Any

import pytest
import wasmtime

from tests.support.wat import functions, load
from wasm2py.ir import Function, verify
from wasm2py.options import Options
from wasm2py.passes.inline import inline_calls


def inlined(text: str) -> Function:
    """The last function of the module."""
    function = functions(wasmtime.wat2wasm(f"(module {text})"))[-1]
    inline_calls(function)
    verify(function)
    return function


def calls(function: Function) -> list[int]:
    return [value.immediate for block in function.blocks for value in block.body if value.op.name == "call"]


LARGE = "(drop (i32.popcnt (local.get 0)))" * 30


@pytest.mark.parametrize(
    ("callee", "left"),
    [
        ("(func $f (param i32) (result i32) (i32.popcnt (local.get 0)))", []),
        ("(func $f (param i32) (result i32) (select (i32.const 1) (i32.const 2) (local.get 0)))", []),
        ("(func $f (param i32) (result i32) (if (local.get 0) (then (return (i32.const 1)))) (i32.const 2))", []),
        ("(func $f (param i32) (result i32) (if (local.get 0) (then (unreachable))) (i32.const 2))", []),
        ("(func $f (param i32) (result i32) unreachable)", [0, 0]),
        ("(func $f (param i32) (result i32) (loop $l (br_if $l (local.get 0))) (i32.const 2))", [0, 0]),
        ("(func $f (param i32) (result i32) (call $f (local.get 0)))", [0, 0]),
        (f"(func $f (param i32) (result i32) {LARGE} (i32.const 1))", [0, 0]),
        ('(import "" "f" (func $f (param i32) (result i32)))', [0, 0]),
    ],
    ids=["one block", "select", "two returns", "trap", "never returns", "loop", "recursive", "large", "import"],
)  # fmt: skip
def test_what_is_inlined(callee: str, left: list[int]) -> None:
    caller = "(func (param i32) (result i32) (call $f (i32.add (call $f (local.get 0)) (i32.const 1))))"
    assert calls(inlined(callee + caller)) == left


def test_a_larger_function_is_inlined_where_it_is_called_once() -> None:
    callee = f"(func $f (param i32) (result i32) {LARGE} (i32.const 1))"
    assert calls(inlined(f"{callee} (func (result i32) (call $f (i32.const 3)))")) == []


def test_functions_in_functions_but_none_in_itself() -> None:
    text = "(func $f (call $g)) (func $g (call $h)) (func $h (call $f)) (func (call $f))"
    assert calls(inlined(text)) == [0]
    assert calls(inlined("(func $f (call $g) (call $g)) (func $g (call $f)) (func (call $f))")) == [0, 0]


def test_a_caller_does_not_grow_without_bound() -> None:
    callee = "(func $f (param i32) (result i32) (i32.popcnt (i32.popcnt (i32.clz (local.get 0)))))"
    function = inlined(f"{callee} (func (param i32) {'(drop (call $f (local.get 0)))' * 500})")
    assert 100 < len(calls(function)) < 450


MODULE = """(module
  (memory (export "memory") 1)
  (func $pick (param i32 i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (local.get 1)) (then (local.get 0)) (else (local.get 1))))
  (func $swap (param i32 i32) (result i32 i32) (local.get 1) (local.get 0))
  (func $early (param i32) (result i32) (local i32)
    (if (local.get 0) (then (i32.store (local.get 0) (i32.const 9)) (return (i32.add (local.get 1) (i32.const 5)))))
    (i32.const 7))
  (func $checked (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then unreachable)) (i32.load (local.get 0)))
  (func (export "run") (param i32 i32) (result i32) (local i32)
    (loop $again
      (local.set 2 (i32.add (local.get 2) (call $early (local.get 1))))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $again (i32.gt_s (call $pick (local.get 0) (i32.const 1)) (i32.const 0))))
    (call $swap (local.get 2) (call $pick (local.get 0) (call $checked (local.get 1))))
    (i32.mul (i32.const 3)) i32.add))"""


@pytest.mark.parametrize("options", [Options(), Options(disabled_passes=("inline-calls",)), Options(optimize=0)])
def test_it_computes_the_same(options: Options) -> None:
    def outcome(*arguments: int) -> Any:
        instance = load(MODULE, options).Module()
        try:
            return instance.exports.run(*arguments), instance.exports.memory.read(0, 64)
        except Exception as error:
            return type(error), instance.exports.memory.read(0, 64)

    outcomes = [outcome(*arguments) for arguments in [(3, 0), (3, 8), (-2, 16), (1, 70000)]]
    assert [each[0] for each in outcomes[1:3]] == [3 * 15 + 0, 3 * 5 - 3]
    assert outcomes[0][0].__name__ == "UnreachableTrap"
    assert outcomes[3][0].__name__ == "MemoryOutOfBounds"


def test_a_trap_in_an_inlined_function_is_found_in_its_caller() -> None:
    function = inlined("(func $f (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0))) "
                       "(func (param i32) (result i32) (call $f (local.get 0)))")  # fmt: skip
    (division,) = [value for block in function.blocks for value in block.body if value.op.traps]
    assert division.offset
