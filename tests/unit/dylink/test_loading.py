"""Shared libraries in text form: bases, the global offset table, libraries that need each other, what is missing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import wat
from wasm2py_runtime import (
    FuncType,
    Global,
    IndirectCallTypeMismatch,
    Linker,
    LinkError,
    Memory,
    Table,
    UnknownImport,
    UnreachableTrap,
    host_function,
)  # fmt: skip
from wasm2py_runtime.dylink import Library

#: What every library imports, and a section that says how much room it needs.
LIBRARY = """(module
  (@dylink.0 (mem-info (memory {memory} {alignment}) (table {table} 0)) {section})
  (import "env" "memory" (memory 1))
  (import "env" "__indirect_function_table" (table $table {table} funcref))
  (import "env" "__memory_base" (global $memory_base i32))
  (import "env" "__table_base" (global $table_base i32))
  {body})"""

#: A program linked as usual, with the simplest of all heaps.
CORE = """(module
  (memory (export "memory") 2)
  (table (export "__indirect_function_table") 3 {maximum} funcref)
  (elem (i32.const 1) $double)
  (global $sp (export "__stack_pointer") (mut i32) (i32.const 60000))
  (global $heap (mut i32) (i32.const 65537))
  (global (export "number") i32 (i32.const 2000))
  (data (i32.const 2000) "\\2a")
  (func $double (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func (export "malloc") (param i32) (result i32) (local $found i32)
    (local.set $found (global.get $heap))
    (global.set $heap (i32.add (global.get $heap) (local.get 0)))
    (i32.store8 (local.get $found) (i32.const 255))
    (local.get $found))
  (func (export "call") (param i32 i32) (result i32) (call_indirect (param i32) (result i32)
    (local.get 1) (local.get 0))))"""


def library(body: str = "", section: str = "", memory: int = 64, alignment: int = 4, table: int = 0) -> Any:
    return wat.load(LIBRARY.format(body=body, section=section, memory=memory, alignment=alignment, table=table))


def loaded(linker: Linker, module: Any, name: str, **options: Any) -> Library:
    instance = linker.load_library(module, name, **options)
    library = linker.libraries[name]
    assert library.instance is instance
    return library


def with_core(maximum: str = "") -> tuple[Linker, Any]:
    linker = Linker()
    return linker, linker.instantiate(wat.load(CORE.format(maximum=maximum)), name="env")


COUNTING = """
  (import "env" "__stack_pointer" (global (mut i32)))
  (data (global.get $memory_base) "\\05\\00\\00\\00")
  (elem (global.get $table_base) func $add $count)
  (func $add (param i32) (result i32) (i32.add (local.get 0) (i32.load (global.get $memory_base))))
  (func $count (export "count") (result i32)
    (i32.store (global.get $memory_base) (i32.add (i32.load (global.get $memory_base)) (i32.const 1)))
    (i32.load (global.get $memory_base)))
  (func (export "add_index") (result i32) (global.get $table_base))
  (global (export "counter") i32 (i32.const 0))
  (func (export "__wasm_call_ctors") (i32.store offset=4 (global.get $memory_base) (i32.const 77)))"""


def test_a_core_gives_room_and_libraries_work_on_it() -> None:
    linker, core = with_core()
    first = loaded(linker, library(COUNTING, table=2), "first")
    second = loaded(linker, library(COUNTING, table=2), "second")
    assert first.memory is second.memory is core.memory
    assert (first.table_base, second.table_base) == (3, 5)
    assert first.memory_base % 16 == 0 != second.memory_base - first.memory_base
    assert [first.exports.count(), first.exports.count(), second.exports.count()] == [6, 7, 6]
    assert core.exports.call(first.exports.add_index(), 100) == 107
    assert core.exports.call(second.exports.add_index(), 100) == 106
    assert core.memory.load("u32", first.memory_base + 4) == 77  # constructors have run
    assert core.memory.load("u32", first.memory_base + 8) == 0  # what malloc gave is cleared
    assert first.exports.counter.value == first.memory_base
    assert loaded(linker, library(COUNTING, table=2), "first") is first
    with pytest.raises(IndirectCallTypeMismatch):
        core.exports.call(4, 1)


OFFSETS = """
  (import "GOT.func" "double" (global $double (mut i32)))
  (import "GOT.func" "triple" (global $triple (mut i32)))
  (import "GOT.mem" "number" (global $number (mut i32)))
  (func $triple (export "triple") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
  (func (export "indices") (result i32 i32) (global.get $double) (global.get $triple))
  (func (export "number") (result i32) (i32.load (global.get $number)))"""


def test_addresses_of_functions_and_data() -> None:
    linker, core = with_core()
    one = loaded(linker, library(OFFSETS), "one")
    two = loaded(linker, library(OFFSETS), "two")
    double, triple = one.exports.indices()
    assert double == 1  # where the core has it already
    assert core.exports.call(triple, 5) == 15
    assert two.exports.indices() == (double, triple)  # one address for each symbol: the first library's
    assert len(one.table) == 4
    assert one.table[triple] is one.exports.triple
    assert one.exports.number() == 42


def test_a_function_of_the_host_has_an_address() -> None:
    linker, core = with_core()
    seen: list[int] = []

    def note(value: int) -> int:
        seen.append(value)
        return 1

    body = """(import "GOT.func" "note" (global $note (mut i32)))
      (func (export "index") (result i32) (global.get $note))"""
    linker.define("env", "note", note)
    with pytest.raises(LinkError, match=r"GOT\.func\.note: no library says of which type"):
        loaded(linker, library(body), "untyped")
    typed = '(import "env" "note" (func $f (param i32) (result i32)))' + body
    index = loaded(linker, library(typed), "typed").exports.index()
    assert core.exports.call(index, 5) == 1
    linker.define("env", "note", host_function(FuncType(["i32"], ["i32"]), note))
    assert loaded(linker, library(body), "now").exports.index() == index
    assert seen == [5]


def test_libraries_may_need_each_other() -> None:
    even = library(
        """(import "env" "odd" (func $odd (param i32) (result i32)))
        (import "GOT.func" "odd" (global $address (mut i32)))
        (func (export "even") (param i32) (result i32)
          (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))
            (else (call $odd (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "__wasm_apply_data_relocs") (i32.store (global.get $memory_base) (global.get $address)))""",
        '(needed "odd.so")',
    )
    odd = library(
        """(import "env" "even" (func $even (param i32) (result i32)))
        (func $odd (export "odd") (param i32) (result i32)
          (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
            (else (call $even (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "__wasm_call_ctors") (drop (call $odd (i32.const 3))))""",
        '(needed "even.so")',
    )
    linker = Linker()
    found = loaded(linker, even, "even.so", find={"odd.so": odd}.get)
    assert [found.exports.even(number) for number in range(4)] == [1, 0, 1, 0]
    again = loaded(linker, odd, "odd.so")  # it is loaded
    assert again.exports.odd(7) == 1
    index = found.memory.load("u32", found.memory_base)
    assert found.table[index] is again.exports.odd


def test_what_is_needed_has_to_be_found() -> None:
    needing = library("", '(needed "other.so")')
    with pytest.raises(LinkError, match=r"it needs the library other\.so, which is not loaded, and there is no"):
        loaded(Linker(), needing, "first")
    with pytest.raises(LinkError, match="``find`` gives none of this name"):
        loaded(Linker(), needing, "first", find=lambda name: None)
    with pytest.raises(LinkError, match=r"it has no section dylink\.0"):
        loaded(Linker(), wat.load("(module)"), "plain")
    with pytest.raises(LinkError, match=r"other\.so: .*\n  the module is no shared library"):
        loaded(Linker(), needing, "first", find={"other.so": wat.load("(module)")}.get)
    with pytest.raises(TypeError, match="not a module made by wasm2py"):
        loaded(Linker(), 3, "number")


WEAK_IMPORTS = """
  (import "env" "later" (func $later (result i32)))
  (import "GOT.func" "later" (global $function (mut i32)))
  (import "GOT.mem" "datum" (global $datum (mut i32)))"""
WEAK = f"""{WEAK_IMPORTS}
  (func (export "addresses") (result i32 i32) (global.get $function) (global.get $datum))
  (func (export "call") (result i32) (call $later))
  (func (export "call_address") (result i32) (call_indirect (result i32) (global.get $function)))"""
WEAK_SECTION = '(import-info "env" "later" binding-weak undefined) (import-info "env" "datum" binding-weak undefined)'


def test_weak_symbols_may_be_missing_and_come_later() -> None:
    linker = Linker()
    first = loaded(linker, library(WEAK, WEAK_SECTION), "first")
    assert first.exports.addresses() == (0, 0)
    with pytest.raises(UnknownImport, match=r"env\.later"):
        first.exports.call()
    later = loaded(
        linker,
        library('(func (export "later") (result i32) (i32.const 9)) (global (export "datum") i32 (i32.const 8))'),
        "l",
    )
    function, datum = first.exports.addresses()
    assert first.exports.call_address() == 9
    assert first.table[function] is later.exports.later
    assert datum == later.memory_base + 8


def test_with_lazy_any_symbol_may_come_later() -> None:
    linker = Linker()
    first = loaded(linker, library(WEAK), "first", lazy=True)
    assert first.exports.addresses() == (0, 0)
    with pytest.raises(UnknownImport, match=r"env\.later"):
        first.exports.call()
    loaded(
        linker,
        library('(func (export "later") (result i32) (i32.const 9)) (global (export "datum") i32 (i32.const 8))'),
        "second",
    )
    assert first.exports.call() == first.exports.call_address() == 9
    with pytest.raises(LinkError, match=r"other\.f: undefined symbol"):
        loaded(linker, library('(import "other" "f" (func))'), "third", lazy=True)  # only symbols: what env has


def test_many_functions_and_imports() -> None:
    count = 300
    exports = "".join(f'(func (export "f{number}") (result i32) (i32.const {number}))' for number in range(count))
    entries = "".join(f'(import "GOT.func" "f{number}" (global (mut i32)))' for number in range(count))
    calls = "".join(
        f'(func (export "call{number}") (result i32) (call_indirect (result i32) (global.get {number + 2})))'
        for number in range(count)
    )
    linker = Linker()
    loaded(linker, library(exports), "many")
    calling = loaded(linker, library(entries + calls), "calling")
    assert [calling.exports[f"call{number}"]() for number in range(count)] == list(range(count))
    assert len(calling.table) == 1 + count
    assert len(loaded(linker, library(entries), "again").table) == 1 + count


def test_all_that_is_missing_is_said_before_anything_is_made() -> None:
    linker, core = with_core()
    module = library(WEAK_IMPORTS + '(import "other" "f" (func)) (import "env" "flag" (global i32))')
    with pytest.raises(LinkError) as refused:
        loaded(linker, module, "bad")
    assert refused.value.problems == (
        "bad: env.later: undefined symbol, expected func () -> (i32)",
        "bad: GOT.func.later: undefined symbol, expected a function",
        "bad: GOT.mem.datum: undefined symbol, expected an address",
        "bad: other.f: undefined symbol, expected func () -> ()",
        "bad: env.flag: undefined symbol, expected global i32",
    )
    assert len(core.exports["__indirect_function_table"]) == 3
    linker.allow_missing("env", "later")
    with pytest.raises(LinkError) as refused:
        loaded(linker, module, "bad")
    assert len(refused.value.problems) == 4


def test_a_symbol_of_another_type_is_refused() -> None:
    linker, _ = with_core()
    with pytest.raises(LinkError, match=r"env.double: incompatible import type, expected func \(\) -> \(\)"):
        loaded(linker, library('(import "env" "double" (func))'), "bad")
    own = library('(import "env" "f" (func (result i32))) (func (export "f"))')
    with pytest.raises(LinkError, match=r"bad: env.f: incompatible import type, expected .* given func \(\) -> \(\)"):
        loaded(linker, own, "bad")


def test_a_library_may_import_what_it_exports() -> None:
    module = library(
        """(import "env" "f" (func $f (param i64 f64) (result i64)))
        (func (export "f") (param i64 f64) (result i64) (local.get 0))
        (func (export "call") (result i64) (call $f (i64.const -3) (f64.const 1)))"""
    )
    assert loaded(Linker(), module, "own").exports.call() == -3


def test_what_stood_in_is_replaced_everywhere() -> None:
    taking = library(
        """(import "env" "f" (func $f (param i32) (result i32)))
        (elem (global.get $table_base) func $f)
        (func (export "call") (param i32) (result i32) (call $f (local.get 0)))
        (func (export "call_indirect") (param i32) (result i32)
          (call_indirect (param i32) (result i32) (local.get 0) (global.get $table_base)))
        (export "again" (func $f))""",
        '(import-info "env" "f" binding-weak undefined)',
        table=1,
    )
    linker = Linker()
    first = loaded(linker, taking, "first")
    for name in ("call", "call_indirect", "again"):
        with pytest.raises(UnknownImport, match=r"env\.f"):
            first.exports[name](1)
    giving = library('(func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))')
    second = loaded(linker, giving, "second")
    assert [first.exports[name](1) for name in ("call", "call_indirect", "again")] == [2, 2, 2]
    assert first.table[first.table_base] is second.exports.f
    again = library('(import "env" "again" (func (param i32) (result i32)))')
    loaded(linker, again, "third")


def test_a_library_that_exports_only_what_it_imports_defines_nothing() -> None:
    circular = library('(import "env" "f" (func $f)) (export "f" (func $f)) (func (export "call") (call $f))')
    with pytest.raises(UnknownImport):
        loaded(Linker(), circular, "circular").exports.call()


def test_without_a_core_a_stack_and_a_heap_are_laid_out() -> None:
    body = """
      (import "env" "__stack_pointer" (global $sp (mut i32)))
      (import "GOT.mem" "__heap_base" (global $heap (mut i32)))
      (import "GOT.mem" "__stack_high" (global $high (mut i32)))
      (import "GOT.mem" "__stack_low" (global $low (mut i32)))
      (func (export "layout") (result i32 i32 i32 i32)
        (global.get $low) (global.get $sp) (global.get $high) (global.get $heap))"""
    linker = Linker()
    found = loaded(linker, library(body, memory=5_000_000, alignment=10), "one")
    low, pointer, high, heap = found.exports.layout()
    assert low == 1024
    assert high == pointer == low + 65536
    assert found.memory_base % 1024 == 0
    assert high <= found.memory_base < found.memory_base + 5_000_000 <= heap <= len(found.memory)
    with pytest.raises(LinkError, match="the heap has begun"):
        loaded(linker, library(), "two")
    assert loaded(linker, library(memory=0), "three").memory_base == 0


def test_a_library_with_a_heap_gives_room_to_the_next() -> None:
    linker = Linker()
    body = """(import "GOT.mem" "__heap_base" (global $heap (mut i32)))
      (func (export "calloc") (param i32 i32) (result i32) (i32.add (global.get $heap) (i32.const 3)))"""
    loaded(linker, library(body), "heap")
    assert loaded(linker, library(alignment=5), "user").memory_base % 32 == 0


def test_a_core_without_malloc_needs_to_say_where_its_heap_begins() -> None:
    linker = Linker()
    linker.define_module("env", {"memory": Memory(1), "__indirect_function_table": Table("funcref", 1)})
    with pytest.raises(LinkError, match="exports neither malloc nor __heap_base"):
        loaded(linker, library(), "bad")
    linker.define("env", "__heap_base", Global("i32", 65000))
    found = loaded(linker, library(memory=1000), "good")
    assert found.memory_base == 65008
    assert found.memory.size == 2
    linker.define("env", "memory", Memory(1, 1))
    with pytest.raises(MemoryError, match="the memory cannot grow by"):
        loaded(linker, library(memory=70000), "large")


def test_a_core_has_to_help() -> None:
    linker, _ = with_core(maximum="3")
    with pytest.raises(
        MemoryError, match=r"the table cannot grow by 1 elements: .* \(link the core with --growable-table"
    ):
        loaded(linker, library("(elem (global.get $table_base) func $f) (func $f)", table=1), "bad")
    linker = Linker()
    linker.define_module("env", {"memory": Memory(1), "malloc": lambda size: 0})
    with pytest.raises(LinkError, match=r"__stack_pointer: the core exports none"):
        loaded(linker, library(COUNTING, table=2), "bad")


def test_nothing_is_loaded_if_a_constructor_traps() -> None:
    linker, _ = with_core()
    body = '(func (export "__wasm_call_ctors") unreachable) (func (export "later") (result i32) (i32.const 1))'
    first = loaded(linker, library(WEAK, WEAK_SECTION), "first")
    with pytest.raises(UnreachableTrap):
        loaded(linker, library(body), "second")
    assert first.exports.addresses() == (0, 0)
    good = loaded(linker, library(body.replace("unreachable", "")), "second")
    assert first.exports.call_address() == good.exports.later() == 1


def test_tags_are_shared() -> None:
    throwing = library(
        """(import "env" "__cpp_exception" (tag $e (param i32)))
        (func (export "throw") (throw $e (i32.const 7)))"""
    )
    catching = library(
        """(import "env" "__cpp_exception" (tag $e (param i32)))
        (import "env" "throw" (func $throw))
        (func (export "catch") (result i32)
          (block $caught (result i32) (try_table (catch $e $caught) (call $throw)) (i32.const 0)))"""
    )
    linker = Linker()
    loaded(linker, throwing, "throwing")
    assert loaded(linker, catching, "catching").exports.catch() == 7


def test_addresses_of_64_bits() -> None:
    module = wat.load(
        """(module (@dylink.0 (mem-info (memory 16 4) (table 1 0)))
        (import "env" "memory" (memory i64 1))
        (import "env" "__indirect_function_table" (table $table i64 1 funcref))
        (import "env" "__memory_base" (global $memory_base i64))
        (import "env" "__table_base" (global $table_base i64))
        (import "env" "__table_base32" (global $table_base32 i32))
        (import "env" "__stack_pointer" (global (mut i64)))
        (import "GOT.func" "f" (global $f (mut i64)))
        (import "GOT.mem" "d" (global $d (mut i64)))
        (data (global.get $memory_base) "\\09")
        (elem (table $table) (offset (global.get $table_base)) func $g)
        (func $g (export "g") (result i32) (global.get $table_base32))
        (func $f (export "f") (result i32) (i32.load8_u (global.get $d)))
        (global (export "d") i64 (i64.const 0))
        (func (export "call") (result i32 i32)
          (call_indirect $table (result i32) (global.get $f))
          (call_indirect $table (result i32) (global.get $table_base))))"""
    )
    found = loaded(Linker(), module, "wide")
    assert found.exports.call() == (9, found.table_base)


def test_only_modules_with_the_section_carry_it() -> None:
    made = library("", '(needed "a" "b")', memory=5, alignment=3).Module
    assert made.DYLINK["memory_size"] == 5
    assert made.DYLINK["needed"] == ("a", "b")
    assert wat.load("(module)").Module.DYLINK is None
