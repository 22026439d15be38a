"""64-bit memories and tables, pages of one byte, arithmetic on 128 bits: at their edges, against wasmtime."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import wasmtime

from tests.differential.engines import OnWasm2py, OnWasmtime
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.options import Options

FEATURES = DEFAULT_FEATURES | {"custom-page-sizes", "wide-arithmetic"}
OPTIONS = {
    "O2": Options(features=FEATURES),
    "O0": Options(features=FEATURES, optimize=0),
    "pypy": Options(features=FEATURES, target="pypy"),
}
#: signed, as hosts give them
WORDS = (0, 1, 2, 7, -1, -2, -8, 65528, 65535, 65536, 131071, 2**31 - 1, 2**32 - 1, 2**32, 2**32 + 8, 2**62, 2**63 - 1)
OFFSETS = (0, 1, 65529, 131064, 2**32 - 1, 2**32, 2**63, 2**64 - 1)

Calls = Iterator[tuple[str, tuple[int, ...]]]


def access(offset: int) -> str:
    return f"""
    (func (export "load {offset}") (param i64) (result i64) (i64.load offset={offset} (local.get 0)))
    (func (export "load8 {offset}") (param i64) (result i32) (i32.load8_s offset={offset} (local.get 0)))
    (func (export "store {offset}") (param i64) (i32.store offset={offset} (local.get 0) (i32.const 0x1234567)))
    (func (export "sum {offset}") (param i64 i64) (result i64)
      (i64.load32_u offset={offset} (i64.add (local.get 0) (local.get 1))))"""


MEMORY = f"""(module
  (memory $m (export "memory") i64 1 4)
  (memory $small 1 2)
  (data (memory $m) (i64.const 0) "abcdefghijklmnopqrstuvwxyz")
  (data $passive "0123456789")
  {"".join(map(access, OFFSETS))}
  (func (export "grow") (param i64) (result i64) (memory.grow $m (local.get 0)))
  (func (export "size") (result i64) (memory.size $m))
  (func (export "fill") (param i64 i64) (memory.fill $m (local.get 0) (i32.const 7) (local.get 1)))
  (func (export "copy") (param i64 i64 i64) (memory.copy $m $m (local.get 0) (local.get 1) (local.get 2)))
  (func (export "out") (param i64 i32) (memory.copy $small $m (i32.const 65530) (local.get 0) (local.get 1)))
  (func (export "in") (param i64 i32) (memory.copy $m $small (local.get 0) (i32.const 65530) (local.get 1)))
  (func (export "init") (param i64 i32) (memory.init $m $passive (local.get 0) (i32.const 4) (local.get 1)))
  (func (export "walk") (param $p i64) (param $end i64) (result i64) (local $sum i64)
    (loop $again
      (local.set $sum (i64.add (local.get $sum) (i64.load8_u offset=3 (local.get $p))))
      (local.set $p (i64.add (local.get $p) (i64.const 4096)))
      (br_if $again (i64.lt_u (local.get $p) (local.get $end))))
    (local.get $sum)))"""


def memory_calls() -> Calls:
    for _ in range(2):  # the second time after growth
        for offset, address in itertools.product(OFFSETS, WORDS):
            yield f"load {offset}", (address,)
            yield f"load8 {offset}", (address,)
            yield f"store {offset}", (address,)
            yield f"sum {offset}", (address, -1)
        for address, length in itertools.product(WORDS, (0, 1, 6, 7, -1)):
            yield "fill", (address, length)
            yield "copy", (address, 3, length)
            yield "copy", (3, address, length)
            yield "init", (address, length)
            yield "in", (address, length)
            yield "out", (address, length)
        yield "walk", (0, 65530)
        yield "walk", (-4096, 5)
        yield "walk", (60000, 10**9)
        for delta in (*WORDS[4:], 0, 1):
            yield "grow", (delta,)
            yield "size", ()


TABLE = """(module
  (type $f (func (result i32)))
  (table $t (export "t") i64 3 9 funcref)
  (table $small 3 funcref)
  (elem (table $t) (i64.const 0) func $one $two)
  (elem $passive func $two $one)
  (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
  (func (export "call") (param i64) (result i32) (call_indirect $t (type $f) (local.get 0)))
  (func (export "is_null") (param i64) (result i32) (ref.is_null (table.get $t (local.get 0))))
  (func (export "set") (param i64) (table.set $t (local.get 0) (ref.func $two)))
  (func (export "grow") (param i64) (result i64) (table.grow $t (ref.null func) (local.get 0)))
  (func (export "size") (result i64) (table.size $t))
  (func (export "fill") (param i64 i64) (table.fill $t (local.get 0) (ref.func $one) (local.get 1)))
  (func (export "copy") (param i64 i64 i64) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
  (func (export "in") (param i64 i32) (table.copy $t $small (local.get 0) (i32.const 1) (local.get 1)))
  (func (export "init") (param i64 i32) (table.init $t $passive (local.get 0) (i32.const 1) (local.get 1))))"""


def table_calls() -> Calls:
    for delta in (0, -1, 2**32, 2**63 - 1, 2, 4, 5):
        for index in (*WORDS, 3, 4):
            yield "call", (index,)
            yield "is_null", (index,)
            yield "set", (index,)
        for index, length in itertools.product((*WORDS, 3), (0, 1, 2, -1)):
            yield "fill", (index, length)
            yield "copy", (index, 1, length)
            yield "in", (index, length)
            yield "init", (index, length)
        yield "grow", (delta,)
        yield "size", ()


PAGES = """(module
  (memory (export "memory") 5 100 (pagesize 1))
  (func (export "load") (param i32) (result i32) (i32.load offset=1 (local.get 0)))
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "store") (param i32) (i64.store (local.get 0) (i64.const 0x0102030405060708)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size)))"""


def page_calls() -> Calls:
    for delta in (1, 7, 0, -1, 88, 87, 1):
        for address in (*range(20), 95, 96, 99, 100, -1, -4):
            yield "load", (address,)
            yield "load8", (address,)
            yield "store", (address,)
        yield "grow", (delta,)
        yield "size", ()


WIDE = """(module
  (func (export "add") (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "sub") (param i64 i64 i64 i64) (result i64 i64)
    (i64.sub128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func (export "mul_s") (param i64 i64) (result i64 i64) (i64.mul_wide_s (local.get 0) (local.get 1)))
  (func (export "mul_u") (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))
  (func (export "carry") (param i64 i64 i64) (result i64) (local $high i64)
    (i64.add128 (local.get 0) (i64.const 0) (local.get 1) (i64.const 0))
    (local.set $high) (drop) (i64.shl (local.get $high) (local.get 2))))"""


def wide_calls() -> Calls:
    numbers = (0, 1, -1, 2**63 - 1, -(2**63), 2**32, 0x123456789ABCDEF)
    for pair in itertools.product(numbers, repeat=2):
        yield "mul_s", pair
        yield "mul_u", pair
        yield "carry", (*pair, 3)
        for other in itertools.product(numbers, repeat=2):
            yield "add", pair + other
            yield "sub", pair + other


CASES = {"memory": (MEMORY, memory_calls), "table": (TABLE, table_calls)}
CASES |= {"pages": (PAGES, page_calls), "wide": (WIDE, wide_calls)}


@cache
def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.wasm_memory64 = True
    config.wasm_multi_memory = True
    config.wasm_custom_page_sizes = True
    config.wasm_wide_arithmetic = True
    return wasmtime.Engine(config)


def outcomes(instance: OnWasmtime | OnWasm2py, calls: Calls) -> list[tuple[Any, ...]]:
    return [(name, arguments, *instance.attempt(name, *arguments)) for name, arguments in calls]


@pytest.mark.parametrize("memory", ["", "plain"])
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("case", CASES)
def test_edges(case: str, options: str, memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WASM2PY_MEMORY", memory)
    text, calls = CASES[case]
    wasm = bytes(wasmtime.wat2wasm(text))
    reference, ours = OnWasmtime(wasm, engine()), OnWasm2py(wasm, OPTIONS[options])
    for expected, actual in zip(outcomes(reference, calls()), outcomes(ours, calls())):
        assert actual == expected
    if "memory" in ours.names:
        assert ours.memory() == reference.memory()
