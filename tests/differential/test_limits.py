"""Which memory and which table may be imported as which: the same as on wasmtime, for every pair of types."""

from __future__ import annotations

import itertools
from functools import cache
from types import ModuleType

import pytest
import wasmtime

from tests.support.engine import load
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.options import Options
from wasm2py_runtime import Linker, LinkError

OPTIONS = Options(features=DEFAULT_FEATURES | {"custom-page-sizes"})

LIMITS = ["0", "1", "2", "1 2", "2 2", "2 3", "0 65536"]
MEMORIES = [
    *LIMITS,
    *[f"i64 {limits}" for limits in LIMITS],
    *[f"{limits} shared" for limits in LIMITS if " " in limits],
    *["i64 1 2 shared", "i64 2 3 shared"],
    *[f"{limits} (pagesize 1)" for limits in ("0", "1 2", "2", "2 3")],
    "1 2 (pagesize 65536)",
]
TABLES = [
    f"{index}{limits} {element}"
    for index in ("", "i64 ")
    for limits in ("0", "1", "2", "1 2", "2 2", "2 3")
    for element in ("funcref", "externref")
]
KINDS = {"memory": MEMORIES, "table": TABLES}


@cache
def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.wasm_memory64 = True
    config.wasm_threads = True
    config.wasm_custom_page_sizes = True
    config.shared_memory = True
    config.memory_reservation = 1 << 20
    return wasmtime.Engine(config)


@cache
def binary(kind: str, type: str, exports: bool) -> bytes:
    entity = f'({kind} (export "it") {type})' if exports else f'(import "env" "it" ({kind} {type}))'
    return bytes(wasmtime.wat2wasm(f"(module {entity})"))


@cache
def reference(kind: str, type: str, exports: bool) -> wasmtime.Module:
    return wasmtime.Module(engine(), binary(kind, type, exports))


@cache
def ours(kind: str, type: str, exports: bool) -> ModuleType:
    return load(binary(kind, type, exports), OPTIONS, f"{kind} {type}")


def accepted_by_wasmtime(kind: str, given: str, wanted: str) -> bool:
    store, linker = wasmtime.Store(engine()), wasmtime.Linker(engine())
    linker.define_instance(store, "env", linker.instantiate(store, reference(kind, given, True)))
    try:
        linker.instantiate(store, reference(kind, wanted, False))
    except wasmtime.WasmtimeError:
        return False
    return True


def accepted_by_us(kind: str, given: str, wanted: str) -> bool:
    linker = Linker()
    linker.instantiate(ours(kind, given, True), name="env")
    try:
        linker.instantiate(ours(kind, wanted, False))
    except LinkError:
        return False
    return True


def test_there_are_many_pairs() -> None:
    assert len(MEMORIES) ** 2 + len(TABLES) ** 2 > 1000


@pytest.mark.parametrize("kind", KINDS)
def test_pairs(kind: str) -> None:
    outcomes = set()
    for given, wanted in itertools.product(KINDS[kind], repeat=2):
        expected = accepted_by_wasmtime(kind, given, wanted)
        assert accepted_by_us(kind, given, wanted) == expected, f"{kind} {given} imported as {wanted}"
        outcomes.add(expected)
    assert outcomes == {True, False}
