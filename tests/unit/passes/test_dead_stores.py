"""Which stores go, and above all which must stay."""

from __future__ import annotations

import pytest
import wasmtime

from tests.support.wat import functions
from wasm2py.ir import verify
from wasm2py.passes.dead_stores import remove_dead_stores

LOAD = "(drop (i32.load offset=8 (local.get $p)))"
STORE = "(i32.store offset=8 (local.get $p) (local.get $v))"


def stores_left(body: str, memory: str = "(memory 1)") -> int:
    parameters = "(param $p i32) (param $q i32) (param $v i32)"
    text = f"(module {memory} (global $g (mut i32) (i32.const 0)) (func {parameters} {body}))"
    (function,) = functions(wasmtime.wat2wasm(text))
    remove_dead_stores(function)
    verify(function)
    return sum(value.op.name == "i32.store" for block in function.blocks for value in block.body)


@pytest.mark.parametrize(
    ("between", "left"),
    [
        ("", 1),
        ("(drop (i32.load offset=4 (local.get $p)))", 1),
        ("(i64.store offset=4 (local.get $p) (i64.const 0))", 1),
        ("(i64.store8 offset=9 (local.get $p) (i64.const 0))", 1),
        ("(global.set $g (local.get $v))", 1),
        ("(drop (i32.load offset=8 (local.get $p)))", 2),
        ("(drop (i32.load8_u offset=10 (local.get $p)))", 2),
        ("(drop (i32.load offset=4 (local.get $q)))", 2),
        ("(drop (i32.load offset=12 (local.get $p)))", 2),
        ("(i64.store (local.get $q) (i64.const 0))", 2),
        ("(drop (i32.div_u (local.get $p) (local.get $q)))", 2),
        ("(call 0 (local.get $p) (local.get $p) (local.get $p))", 2),
        ("(drop (memory.grow (i32.const 1)))", 1),
        ("(memory.fill (local.get $q) (i32.const 0) (i32.const 1))", 2),
        ("(if (local.get $q) (then))", 2),
    ],
)  # fmt: skip
def test_between_two_stores(between: str, left: int) -> None:
    assert stores_left(f"{LOAD} {STORE} {between} {STORE}") == left


def test_a_store_that_may_trap_stays() -> None:
    assert stores_left(f"{STORE} {STORE}") == 2
    assert stores_left(f"{STORE} {STORE} {STORE}") == 2
    assert stores_left(f"(drop (i32.load8_u offset=11 (local.get $p))) {STORE} {STORE}") == 1
    assert stores_left(f"(drop (i32.load8_u offset=10 (local.get $p))) {STORE} {STORE}") == 2


def test_other_threads_may_look_at_any_time() -> None:
    assert stores_left(f"{LOAD} {STORE} {STORE}", "(memory 1 1 shared)") == 2
