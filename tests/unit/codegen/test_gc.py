"""Structures, arrays and function references in generated code: traps, order, memory; and the same as wasmtime."""

from __future__ import annotations

import gc
import random
import tracemalloc
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import wasmtime

from benchmarks import gc_twin
from tests.support.wat import load
from wasm2py.options import LEVELS, Options
from wasm2py_runtime import (
    AllocationTooLarge,
    ArrayOutOfBounds,
    IndirectCallTypeMismatch,
    NullReference,
    Table,
    Trap,
    UndefinedElement,
)

WORK = (Path(gc_twin.__file__).with_name("gc.wat")).read_text()

levels = pytest.mark.parametrize("level", LEVELS)


def module(text: str, level: int = 2) -> ModuleType:
    return load(text, Options(optimize=level))


LISTS = """(module
  (type $a (array (mut i32)))
  (type $f (func (param i32) (result i32)))
  (table 2 2 funcref)
  (elem (i32.const 0) $same $same)
  (func $same (type $f) (local.get 0))
  (func (export "both") (param $call i32) (param $get i32) (result i32) (local $a (ref null $a))
    (local.set $a (array.new_fixed $a 3 (i32.const 1) (i32.const 2) (i32.const 3)))
    (i32.add
      (call_indirect (type $f) (i32.const 10) (local.get $call))
      (array.get $a (local.get $a) (local.get $get))))
  (func (export "set") (param $call i32) (param $at i32) (result i32) (local $a (ref null $a))
    (local.set $a (array.new $a (i32.const 0) (i32.const 3)))
    (array.set $a (local.get $a) (local.get $at) (i32.const 1))
    (call_indirect (type $f) (i32.const 10) (local.get $call)))
  (func (export "null") (param $get i32) (result i32)
    (array.get $a (ref.null $a) (call_indirect (type $f) (local.get $get) (local.get $get))))
  (func (export "huge") (param i32) (result i32) (array.len (array.new_default $a (local.get 0)))))"""


@levels
def test_whether_an_array_or_a_table_ended_too_soon(level: int) -> None:
    exports = module(LISTS, level).Module().exports
    assert exports.both(1, 2) == 13
    for call, get, trap in [(2, 0, UndefinedElement), (2, 9, UndefinedElement), (1, 3, ArrayOutOfBounds)]:
        with pytest.raises(trap):
            exports.both(call, get)
    with pytest.raises(ArrayOutOfBounds):
        exports.set(5, 3)
    with pytest.raises(UndefinedElement):
        exports.set(5, 2)
    with pytest.raises(ArrayOutOfBounds):
        exports.both(0, -1)


@levels
def test_operands_come_before_the_check_for_null(level: int) -> None:
    exports = module(LISTS, level).Module().exports
    with pytest.raises(UndefinedElement):
        exports.null(2)
    with pytest.raises(NullReference, match="null array reference"):
        exports.null(1)


@levels
def test_an_array_of_an_impossible_size_is_a_trap(level: int) -> None:
    exports = module(LISTS, level).Module().exports
    assert exports.huge(1000) == 1000
    with pytest.raises(AllocationTooLarge):
        exports.huge(-1)


NULLS = """(module
  (type $s (struct (field (mut i32))))
  (type $f (func (param i32) (result i32)))
  (import "" "log" (func $log (param i32) (result i32)))
  (func (export "get") (param (ref null $s)) (result i32) (struct.get $s 0 (local.get 0)))
  (func (export "set") (param (ref null $s)) (struct.set $s 0 (local.get 0) (call $log (i32.const 1))))
  (func (export "call") (param (ref null $f)) (result i32) (call_ref $f (call $log (i32.const 2)) (local.get 0)))
  (func (export "i31") (param (ref null i31)) (result i32) (i31.get_s (local.get 0)))
  (func (export "none") (param anyref) (result i32)
    (drop (ref.as_non_null (local.get 0))) (i32.const 1)))"""


@levels
def test_null_traps_after_the_operands_have_been_evaluated(level: int) -> None:
    seen: list[int] = []
    exports = module(NULLS, level).Module(_log=lambda value: seen.append(value) or value).exports
    kinds = {"get": "structure ", "set": "structure ", "call": "function ", "i31": "i31 ", "none": ""}
    for name, kind in kinds.items():
        with pytest.raises(NullReference, match=f"null {kind}reference"):
            exports[name](None)
    assert seen == [1, 2]


def test_a_host_error_that_speaks_of_none_stays_what_it_is() -> None:
    nothing: Any = None
    exports = module(NULLS).Module(_log=lambda value: nothing.f0).exports
    with pytest.raises(AttributeError):
        exports.set(None)
    exports = module(NULLS).Module(_log=lambda value: nothing(value)).exports
    with pytest.raises(TypeError, match="not callable"):
        exports.set(None)


SUBTYPES = """(module
  (type $top (sub (func (param i32) (result i32))))
  (type $below (sub $top (func (param i32) (result i32))))
  (table (import "" "t") 4 funcref)
  (func $f (type $below) (i32.add (local.get 0) (i32.const 1)))
  (func $g (type $top) (local.get 0))
  (elem (i32.const 0) $f $g)
  (export "f" (func $f))
  (func (export "top") (param i32) (result i32) (call_indirect (type $top) (i32.const 5) (local.get 0)))
  (func (export "below") (param i32) (result i32) (call_indirect (type $below) (i32.const 5) (local.get 0))))"""


def test_call_indirect_takes_functions_of_a_type_below_of_any_module() -> None:
    table = Table("funcref", 4)
    generated = module(SUBTYPES)
    first, second = generated.Module(_t=table), module(SUBTYPES + " ").Module(_t=Table("funcref", 4))
    assert (first.exports.top(0), first.exports.top(1), first.exports.below(0)) == (6, 5, 6)
    with pytest.raises(IndirectCallTypeMismatch):
        first.exports.below(1)
    table[2] = second.exports.f
    assert first.exports.top(2) == first.exports.below(2) == 6


def test_a_long_list_is_freed_without_deep_recursion() -> None:
    instance = module(WORK).Module()
    nodes = instance.exports.build(200_000)
    assert instance.exports.sum(nodes) & 0xFFFFFFFF == 200_000 * 200_001 // 2 & 0xFFFFFFFF
    del nodes


def test_memory_is_given_back_with_the_root() -> None:
    instance = module(WORK).Module()
    instance.exports.keep(10)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        instance.exports.keep(20_000)
        held = tracemalloc.get_traced_memory()[0] - before
        instance.exports.keep(0)
        left = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert held > 20_000 * 32
    assert left < held / 50


def test_rings_are_collected() -> None:
    exports = (
        module("""(module (type $s (struct (field (mut (ref null $s)))))
      (func (export "ring") (local $s (ref null $s))
        (local.set $s (struct.new_default $s)) (struct.set $s 0 (local.get $s) (local.get $s)))
      (func (export "one") (result (ref $s)) (struct.new_default $s)))""")
        .Module()
        .exports
    )
    kind = type(exports.one())
    gc.collect()
    for _ in range(50):
        exports.ring()
    gc.collect()
    assert not [thing for thing in gc.get_objects() if type(thing) is kind]


# Beside wasmtime ----------------------------------------------------------------------------------------------------


class Oracle:
    """An instance in wasmtime."""

    def __init__(self, text: str) -> None:
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        compiled = wasmtime.Module(engine, wasmtime.wat2wasm(text))
        self.exports = wasmtime.Instance(self.store, compiled, []).exports(self.store)

    def __call__(self, name: str, *arguments: Any) -> Any:
        try:
            return self.exports[name](self.store, *arguments)
        except (wasmtime.Trap, wasmtime.WasmtimeError):
            return "trap"


@levels
def test_the_work_of_the_benchmark_gives_what_wasmtime_gives(level: int) -> None:
    oracle, exports = Oracle(WORK), module(WORK, level).Module().exports
    for name, n in [("linked_list", 100), ("tree", 7), ("casts", 100), ("sieve", 500)]:
        assert exports[name](n) == oracle(name, n) == getattr(gc_twin, name)(n)


def _packed_module() -> str:
    """Fields and elements of every storage type, read back in every way after numbers were stored."""
    parts = []
    for storage, type, kinds in [("i8", "i32", "su"), ("i16", "i32", "su"), ("i32", "i32", " "), ("i64", "i64", " ")]:
        parts.append(f"(type $s{storage} (struct (field (mut {storage})))) (type $a{storage} (array (mut {storage})))")
        for sign in kinds:
            suffix = f"_{sign}".rstrip("_ ")
            parts.append(
                f"""(func (export "struct {storage}{suffix}") (param {type}) (param i32) (result {type})
                (local $s (ref $s{storage})) (local.set $s (struct.new_default $s{storage}))
                (if (local.get 1) (then (struct.set $s{storage} 0 (local.get $s) (local.get 0)))
                  (else (local.set $s (struct.new $s{storage} (local.get 0)))))
                (struct.get{suffix} $s{storage} 0 (local.get $s)))
                (func (export "array {storage}{suffix}") (param {type}) (param i32) (result {type})
                (local $a (ref $a{storage})) (local.set $a (array.new_default $a{storage} (i32.const 8)))
                (array.fill $a{storage} (local.get $a) (i32.const 4) (local.get 0) (i32.const 2))
                (array.copy $a{storage} $a{storage} (local.get $a) (i32.const 1)
                  (local.get $a) (i32.const 3) (i32.const 4))
                (array.set $a{storage} (local.get $a) (i32.const 6) (local.get 0))
                (array.get{suffix} $a{storage} (local.get $a) (local.get 1)))"""
            )
    parts.append(
        """(func (export "i31_s") (param i32) (param i32) (result i32) (i31.get_s (ref.i31 (local.get 0))))
        (func (export "i31_u") (param i32) (param i32) (result i32) (i31.get_u (ref.i31 (local.get 0))))
        (func (export "i31_eq") (param i32) (param i32) (result i32)
          (ref.eq (ref.i31 (local.get 0)) (ref.i31 (local.get 1))))
        (func (export "cast") (param i32) (param i32) (result i32) (local $x anyref)
          (local.set $x (ref.i31 (local.get 0)))
          (if (local.get 1) (then (local.set $x (struct.new $si8 (local.get 0)))))
          (i32.add (i32.mul (i32.const 10) (ref.test (ref $si8) (local.get $x)))
            (i31.get_s (ref.cast i31ref (local.get $x)))))"""
    )
    return f"(module {' '.join(parts)})"


@levels
def test_numbers_are_stored_and_read_as_by_wasmtime(level: int) -> None:
    text = _packed_module()
    oracle, exports = Oracle(text), module(text, level).Module().exports
    chance = random.Random(level)
    numbers = [0, 1, -1, 127, 128, -128, 255, 32767, 32768, 65535, 1 << 30, -1 << 30, (1 << 30) - 1, -1 << 31]
    numbers += [chance.randrange(-1 << 31, 1 << 31) for _ in range(10)]
    for name in exports:
        for number in numbers:
            other = chance.choice((0, 1, 3, 5, 6, 7, 8, number))
            try:
                found = exports[name](number, other)
            except Trap:
                found = "trap"
            assert found == oracle(name, number, other), (name, number, other)
