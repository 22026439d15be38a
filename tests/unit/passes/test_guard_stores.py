"""Variables of a frame stay values over stores to elsewhere, and come from memory again where a store hit them."""

from __future__ import annotations

import pytest
import wasmtime

from tests.support.wat import functions, load
from wasm2py.ir import Function, verify
from wasm2py.options import Options
from wasm2py.passes.guard_stores import guard_stores
from wasm2py_runtime import Trap

#: counts in the frame from 0 to 9 and fills 9 bytes upwards from the address that is given
FILL = """(module
  (memory (export "memory") 1)
  (global $sp (mut i32) (i32.const 1024))
  (func (export "fill") (param $to i32) (result i32) (local $fp i32)
    (local.set $fp (i32.sub (global.get $sp) (i32.const 16)))
    (i32.store offset=12 (local.get $fp) (local.get $to))
    (i32.store offset=8 (local.get $fp) (i32.const 0))
    (block $out (loop $again
      (br_if $out (i32.ge_s (i32.load offset=8 (local.get $fp)) (i32.const 9)))
      (i32.store8 (i32.add (i32.load offset=12 (local.get $fp)) (i32.load offset=8 (local.get $fp))) (i32.const 100))
      BODY
      (i32.store offset=8 (local.get $fp) (i32.add (i32.load offset=8 (local.get $fp)) (i32.const 1)))
      (br $again)))
    (i32.load offset=8 (local.get $fp))))"""


def guarded(text: str) -> Function:
    (function, *_) = functions(wasmtime.wat2wasm(text))
    guard_stores(function)
    verify(function)
    return function


def loads(function: Function) -> list[int]:
    """How many there are in each block that has any."""
    counts = [sum(value.op.name == "i32.load" for value in block.body) for block in function.blocks]
    return [count for count in counts if count]


def test_loads_are_left_only_where_the_store_hit_the_frame() -> None:
    function = guarded(FILL.replace("BODY", ""))
    assert loads(function) == [2]
    (reload,) = [block for block in function.blocks if any(value.op.name == "i32.load" for value in block.body)]
    assert all(value.op.name == "i32.load" for value in reload.body)


def test_no_guard_where_a_call_or_an_atomic_change_may_hit_the_frame_too() -> None:
    calling = FILL.replace("BODY", "(drop (call 0 (i32.const 0)))")
    assert sum(loads(guarded(calling))) == 5


def test_no_guard_without_a_frame() -> None:
    text = FILL.replace("BODY", "").replace("(global.get $sp)", "(local.get $to)")
    assert sum(loads(guarded(text))) == 5


def fill(address: int, options: Options) -> tuple[object, bytes]:
    instance = load(FILL.replace("BODY", ""), options).Module()
    try:
        return instance.exports.fill(address), instance.exports.memory.read(990, 60)
    except Trap as trap:
        return str(trap), instance.exports.memory.read(990, 60)


@pytest.mark.parametrize("address", range(1000, 1030))
def test_with_and_without_guards_alike(address: int) -> None:
    """Before, over and behind the frame at 1008 with its variables at 1016 and 1020."""
    expected = fill(address, Options(optimize=0))
    assert fill(address, Options()) == fill(address, Options(assert_ranges=True)) == expected


def test_a_store_that_hits_the_counter_or_the_pointer_changes_it() -> None:
    assert [fill(address, Options())[0] for address in (1000, 1012, 1017, 1020, 1023)] == [
        9, 101, 100 * 256 + 1, 9, "out of bounds memory access",
    ]  # fmt: skip
