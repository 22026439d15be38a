"""What can be seen of the order of evaluation stays: loads, stores, calls and traps."""

from __future__ import annotations

import pytest

from tests.support.wat import load
from wasm2py.options import Options
from wasm2py_runtime import Trap

OPTIONS = [Options(), Options(optimize=0)]
PRELUDE = """
  (memory (export "memory") 1)
  (table 2 funcref) (elem (i32.const 0) $id)
  (type $unary (func (param i32) (result i32)))
  (func $id (param i32) (result i32) (local.get 0))
  (func $note (param i32) (result i32)   ;; appends its argument to the bytes from 1 on
    (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1)))
    (i32.store8 (i32.load8_u (i32.const 0)) (local.get 0))
    (local.get 0))
"""
NOTE = "(call $note (i32.const {}))".format


def run(body: str, options: Options) -> tuple[object, bytes]:
    """(result or message of the trap, what was noted)"""
    instance = load(f'(module {PRELUDE} (func (export "f") (result i32) {body}))', options).Module()
    try:
        result: object = instance.exports.f()
    except Trap as trap:
        result = str(trap)
    memory = instance.exports.memory
    return result, bytes(memory[1 : 1 + memory[0]])


OUT_OF_BOUNDS = "out of bounds memory access"
BAD_LOAD = "(i32.load (i32.const -1))"
DIVISION = "(i32.div_u (i32.const 1) (i32.load8_u (i32.const 9)))"
CASES = [
    # operands from left to right
    (f"(i32.sub {NOTE(5)} {NOTE(3)})", 2, b"\5\3"),
    (f"(select {NOTE(5)} {NOTE(3)} {NOTE(0)})", 3, b"\5\3\0"),
    (f"(call_indirect (type $unary) {NOTE(5)} (i32.sub {NOTE(1)} (i32.const 1)))", 5, b"\5\1"),
    # the address of a store before its value
    (f"(i32.store (i32.add {NOTE(100)} (i32.const 4)) {NOTE(6)}) (i32.load (i32.const 104))", 6, b"\x64\6"),
    # a load sees what was there before a store or call that comes later, and not before one that comes earlier
    (f"(i32.load8_u (i32.const 0)) (drop {NOTE(1)})", 0, b"\1"),
    (f"(i32.add (i32.load8_u (i32.const 0)) {NOTE(1)})", 1, b"\1"),
    (f"(i32.sub {NOTE(1)} (i32.load8_u (i32.const 0)))", 0, b"\1"),
    # which trap comes first, and what happened before it
    (f"(i32.add {BAD_LOAD} {DIVISION})", OUT_OF_BOUNDS, b""),
    (f"(i32.add {DIVISION} {BAD_LOAD})", "integer divide by zero", b""),
    (f"(i32.add {NOTE(1)} {BAD_LOAD})", OUT_OF_BOUNDS, b"\1"),
    (f"(i32.add {BAD_LOAD} {NOTE(1)})", OUT_OF_BOUNDS, b""),
    # an operand that is not chosen, a result that is dropped, a condition that leads nowhere: they trap all the same
    (f"(select (i32.const 1) {BAD_LOAD} (i32.const 1))", OUT_OF_BOUNDS, b""),
    (f"(drop {BAD_LOAD}) (i32.const 1)", OUT_OF_BOUNDS, b""),
    (f"(block (br_if 0 {BAD_LOAD})) (i32.const 1)", OUT_OF_BOUNDS, b""),
    (f"(i32.and (i32.const 0) (i32.eqz {BAD_LOAD}))", OUT_OF_BOUNDS, b""),
    (f"(i32.and (i32.eqz (i32.const 1)) (i32.eqz {BAD_LOAD}))", OUT_OF_BOUNDS, b""),
    (f"(i32.mul (i32.const 0) {BAD_LOAD})", OUT_OF_BOUNDS, b""),
    # the operands of a call_indirect before the look-up that traps
    (f"(call_indirect (type $unary) {NOTE(5)} (i32.const 1))", "uninitialized element", b"\5"),
    (f"(call_indirect (type $unary) {NOTE(5)} (i32.const 7))", "undefined element", b"\5"),
    (f"(call_indirect (type $unary) {BAD_LOAD} (i32.const 7))", OUT_OF_BOUNDS, b""),
    # addresses do not wrap
    ("(i32.load offset=16 (i32.const 0xfffffff8))", OUT_OF_BOUNDS, b""),
    ("(i32.load (i32.add (i32.const 0xfffffff8) (i32.const 16)))", 0, b""),
    ("(i32.load (i32.sub (i32.const 8) (i32.const 16)))", OUT_OF_BOUNDS, b""),
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize(("body", "result", "noted"), CASES)
def test_order(body: str, result: object, noted: bytes, options: Options) -> None:
    assert run(body, options) == (result, noted)
