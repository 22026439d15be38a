"""C++ exceptions and longjmp in modules that clang compiled for Emscripten's ABI (see modules/build.sh)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import wat
from tests.support.engine import load
from wasm2py.options import Options
from wasm2py_runtime import Linker, UndefinedElement, UninitializedElement, UnreachableTrap
from wasm2py_runtime.emscripten import Aborted, CppException, Emscripten, LongJump

MODULES = Path(__file__).parent / "modules"


class Throwing:
    """An instance of throw.wasm, and the numbers that its destructors have noted."""

    def __init__(self, level: int) -> None:
        self.notes: list[int] = []
        self.host = Emscripten()
        linker = Linker()
        linker.define("env", "note", self.notes.append)
        module = load((MODULES / "throw.wasm").read_bytes(), Options(optimize=level))
        self.exports: Any = self.host.instantiate(module, linker).exports

    def call(self, name: str, *arguments: int) -> tuple[int, list[int]]:
        self.notes.clear()
        return self.exports[name](*arguments), list(self.notes)


@pytest.fixture(params=[0, 2])
def throwing(request: pytest.FixtureRequest) -> Throwing:
    return Throwing(request.param)


def test_a_handler_is_chosen_by_type_and_destructors_run_on_the_way(throwing: Throwing) -> None:
    assert throwing.call("attempt", 0) == (0, [1000, 2000])
    assert throwing.call("attempt", 1) == (1042, [1001, 2001])
    assert throwing.call("attempt", 2) == (2001, [1002, 2002, -1])  # caught as its base, then destroyed
    assert throwing.call("attempt", 3) == (3000 + ord("t"), [1003, 2003])  # a pointer is caught by value
    assert throwing.exports.freed() == 3
    assert throwing.host.exceptions.uncaught == 0
    assert throwing.host.exceptions.caught == []


def test_an_exception_is_thrown_again(throwing: Throwing) -> None:
    assert throwing.call("again", 2) == (11, [1002, -11])  # destroyed once, after the second handler
    assert throwing.call("again", 1) == (-1, [1001])
    assert throwing.exports.freed() == 2
    assert throwing.call("nested") == (4209, [1001, 1002, -1])


def test_what_nobody_catches_reaches_the_host(throwing: Throwing) -> None:
    with pytest.raises(CppException, match=r"^C\+\+ exception of type d$") as caught:
        throwing.exports.attempt(4)
    assert throwing.notes == [1004, 2004]
    assert caught.value.type_name == "d"
    assert caught.value.message == ""
    assert throwing.host.exceptions.uncaught == 1
    with pytest.raises(CppException, match="7Derived"):
        throwing.exports.thrower(2)


@pytest.mark.parametrize("level", [0, 2])
def test_longjmp_goes_back_to_setjmp(level: int) -> None:
    module = load((MODULES / "jump.wasm").read_bytes(), Options(optimize=level))
    exports: Any = Emscripten().instantiate(module).exports
    stack = exports.stackSave()
    for depth in (0, 1, 100):
        assert exports.jump(depth, 7) == 706
    assert exports.jump(3, 0) == 106  # setjmp never gives 0 twice
    assert exports.stackSave() == stack
    with pytest.raises(LongJump, match="has returned"):
        exports.jump_late()


INVOKE = """(module
  (import "env" "invoke_iij" (func $invoke (param i32 i32 i64) (result i32)))
  (import "env" "invoke_v" (func $invoke_v (param i32)))
  (type $ij_i (func (param i32 i64) (result i32)))
  (type $v (func))
  (memory (export "memory") 1)
  (table (export "__indirect_function_table") 4 funcref)
  (elem (i32.const 1) $add $trap)
  (func $add (type $ij_i) (i32.add (local.get 0) (i32.wrap_i64 (local.get 1))))
  (func $trap (type $v) unreachable)
  (func (export "stackSave") (result i32) (i32.const 0))
  (func (export "stackRestore") (param i32))
  (func (export "setThrew") (param i32 i32))
  (func (export "call") (param i32) (result i32)
    (call $invoke (local.get 0) (i32.const -1) (i64.const 0x1_0000_0005)))
  (func (export "call_v") (param i32) (call $invoke_v (local.get 0))))"""


def test_invoke_calls_through_the_table_as_call_indirect_does() -> None:
    exports: Any = Emscripten().instantiate(wat.load(INVOKE)).exports
    with pytest.raises(UndefinedElement):
        exports.call_v(4)
    assert exports.call(1) == 4
    with pytest.raises(UnreachableTrap):
        exports.call_v(2)
    with pytest.raises(UninitializedElement):
        exports.call(3)
    with pytest.raises(UndefinedElement):
        exports.call(4)


def test_an_export_that_the_environment_needs_is_named() -> None:
    module = wat.load(INVOKE.replace('"setThrew"', '"other"'))
    with pytest.raises(Aborted, match="does not export setThrew"):
        Emscripten().instantiate(module).exports.call(1)
    wrong = wat.load(INVOKE.replace('(func (export "setThrew") (param i32 i32))', '(func (export "setThrew"))'))
    with pytest.raises(Aborted, match="exports as setThrew is not of the type"):
        Emscripten().instantiate(wrong).exports.call(1)


OLD_SETJMP = """(module
  (import "env" "saveSetjmp" (func $save (param i32 i32 i32 i32) (result i32)))
  (import "env" "testSetjmp" (func $test (param i32 i32 i32) (result i32)))
  (import "env" "getTempRet0" (func $size (result i32)))
  (memory (export "memory") 1)
  (func (export "realloc") (param i32 i32) (result i32)
    (memory.copy (i32.const 4096) (local.get 0) (i32.const 64))
    (i32.const 4096))
  (func (export "save") (param i32 i32 i32 i32) (result i32 i32)
    (call $save (local.get 0) (local.get 1) (local.get 2) (local.get 3)) (call $size))
  (func (export "test") (param i32 i32 i32) (result i32)
    (call $test (local.get 0) (local.get 1) (local.get 2))))"""


def test_the_oldest_modules_keep_labels_in_a_table() -> None:
    instance = Emscripten().instantiate(wat.load(OLD_SETJMP))
    exports = instance.exports
    table, size = 1024, 2
    for label in range(1, 4):
        table, size = exports.save(8 * label, label, table, size)
    assert (table, size) == (4096, 4)
    for label in range(1, 4):
        identifier = instance.memory.load("u32", 8 * label)
        assert exports.test(identifier, table, size) == label
    assert exports.test(99, table, size) == 0
