"""Tail calls: in constant stack, whoever is called."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
import wasmtime

import wasm2py
from tests.support.wat import load
from wasm2py.options import SWITCHES, Options
from wasm2py_runtime import (
    IndirectCallTypeMismatch,
    IntegerDivideByZero,
    Linker,
    NullReference,
    Table,
    UninitializedElement,
    UnreachableTrap,
)

OPTIONS = [Options(), Options(optimize=0), Options(target="pypy"), *[Options(disabled_passes=(n,)) for n in SWITCHES]]
#: far more frames than a stack has room for
DEEP = 300_000

LOOP = """(module
  (func $sum (export "sum") (param i64 i64) (result i64) (local i64)
    ;; a local must be zero again in each call
    (if (i64.ne (local.get 2) (i64.const 0)) (then unreachable))
    (local.set 2 (i64.const 7))
    (if (result i64) (i64.eqz (local.get 0))
      (then (local.get 1))
      (else (return_call $sum (i64.sub (local.get 0) (i64.const 1)) (i64.add (local.get 1) (local.get 0)))))))"""

EVEN_ODD = """(module
  (type $t (func (param i32) (result i32)))
  (table 4 funcref)
  (elem (i32.const 0) $even $odd)
  (func $even (export "even") (type $t)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))
      (else (return_call $odd (i32.sub (local.get 0) (i32.const 1))))))
  (func $odd (export "odd") (type $t)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
      (else (return_call $even (i32.sub (local.get 0) (i32.const 1))))))
  (func $by_index (export "by_index") (type $t)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 5))
      (else (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 2)))))
  (elem (i32.const 2) $by_index)
  (func (export "at") (param i32 i32) (result i32)
    (return_call_indirect (type $t) (local.get 0) (local.get 1)))
  (func $by_ref (export "by_ref") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 6))
      (else (return_call_ref $t (i32.sub (local.get 0) (i32.const 1)) (ref.func $by_ref)))))
  (elem declare func $by_ref)
  (func (export "null") (result i32) (return_call_ref $t (i32.const 1) (ref.null $t))))"""


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_own_calls_are_a_loop(options: Options) -> None:
    sum_ = load(LOOP, options).Module().exports["sum"]
    assert sum_(DEEP, 0) == DEEP * (DEEP + 1) // 2


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_functions_that_call_each_other(options: Options) -> None:
    exports = load(EVEN_ODD, options).Module().exports
    assert [exports.even(DEEP), exports.odd(DEEP), exports.even(7)] == [1, 0, 0]
    assert [exports.by_index(DEEP), exports.by_ref(DEEP)] == [5, 6]


@pytest.mark.parametrize("options", OPTIONS[:3], ids=str)
def test_traps(options: Options) -> None:
    exports = load(EVEN_ODD, options).Module().exports
    with pytest.raises(UninitializedElement):
        exports.at(1, 3)
    with pytest.raises(NullReference):
        exports.null()
    assert exports.at(3, 0) == 0


def test_constant_memory() -> None:
    exports = load(EVEN_ODD).Module().exports
    exports.even(10)
    tracemalloc.start()
    try:
        exports.even(20_000)
        exports.by_index(20_000)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_a_trap_within() -> None:
    text = """(module
      (func $f (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then (return (i32.div_u (i32.const 1) (local.get 0)))))
        (return_call $g (i32.sub (local.get 0) (i32.const 1))))
      (func $g (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then unreachable)) (return_call $f (i32.sub (local.get 0) (i32.const 1))))
      (export "f" (func $f)))"""
    f = load(text).Module().exports.f
    with pytest.raises(IntegerDivideByZero):
        f(1000)
    with pytest.raises(UnreachableTrap):
        f(1001)


def test_several_results_and_none() -> None:
    text = """(module
      (global $count (mut i32) (i32.const 0))
      (func $pair (export "pair") (param i32) (result i32 i64)
        (if (i32.eqz (local.get 0)) (then (return (i32.const -1) (i64.const -2))))
        (return_call $other (i32.sub (local.get 0) (i32.const 1))))
      (func $other (param i32) (result i32 i64) (return_call $pair (local.get 0)))
      (func $tick (export "tick") (param i32)
        (if (local.get 0) (then (return_call $tock (local.get 0)))))
      (func $tock (param i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (return_call $tick (i32.sub (local.get 0) (i32.const 1))))
      (export "count" (global $count)))"""
    exports = load(text).Module().exports
    assert exports.pair(1000) == (-1, -2)
    assert exports.tick(DEEP) is None
    assert exports.count.value == DEEP


PING = """(module
  (import "other" "pong" (func $pong (param i32) (result i32)))
  (func (export "ping") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 42))
      (else (return_call $pong (i32.sub (local.get 0) (i32.const 1)))))))"""
PONG = """(module
  (type $t (func (param i32) (result i32)))
  (import "env" "table" (table 1 funcref))
  (func (export "pong") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 43))
      (else (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))))))"""


def test_between_modules_through_an_import_and_a_table() -> None:
    table, linker = Table("funcref", 1), Linker()
    linker.define("env", "table", table)
    linker.instantiate(load(PONG), name="other")
    ping = linker.instantiate(load(PING), name="ping").exports.ping
    table[0] = ping
    assert [ping(DEEP), ping(DEEP + 1)] == [42, 43]


def test_host_functions_are_called() -> None:
    text = """(module (import "env" "f" (func $f (param i32) (result i32)))
      (func (export "g") (param i32) (result i32) (return_call $f (local.get 0))))"""
    assert load(text).Module(env_f=lambda x: x + 1).exports.g(4) == 5


def test_a_wrong_type_is_found() -> None:
    text = """(module (table funcref (elem $f)) (func $f)
      (type $t (func (result i32)))
      (func (export "g") (result i32) (return_call_indirect (type $t) (i32.const 0))))"""
    with pytest.raises(IndirectCallTypeMismatch):
        load(text).Module().exports.g()


def test_handlers_are_left_before() -> None:
    text = """(module (tag $e)
      (func $thrower (throw $e))
      (func $leaves (block $h (try_table (catch $e $h) (return_call $thrower))))
      (func (export "f") (result i32) (block $h (try_table (catch $e $h) (call $leaves)) (return (i32.const 0)))
        (i32.const 1)))"""
    assert load(text).Module().exports.f() == 1


def test_functions_fetched_when_first_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASM2PY_CACHE_DIR", str(tmp_path))
    binary = wasmtime.wat2wasm(EVEN_ODD)
    for _ in range(2):
        exports = wasm2py.load(binary, name="even_odd.wasm").Module().exports
        assert [exports.even(DEEP), exports.by_index(DEEP)] == [1, 5]


def test_functions_without_tail_calls_are_called_as_ever() -> None:
    text = """(module (func $f (param i32) (result i32) (local.get 0))
      (func (export "g") (param i32) (result i32) (return_call $f (local.get 0))))"""
    assert "tail" not in wasm2py.compile(wasmtime.wat2wasm(text), options=Options(disabled_passes=("inline-calls",)))
