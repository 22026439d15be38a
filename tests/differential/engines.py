"""Runs a program on wasm2py and on wasmtime, each giving a trace that can be compared."""

from __future__ import annotations

import hashlib
import struct
from functools import cache
from typing import Any

import wasmtime

from tests.differential.generator import Program
from tests.differential.scope import NUMBERS
from tests.support.engine import load
from wasm2py.options import Options
from wasm2py_runtime import Trap

Trace = list[tuple[Any, ...]]

#: wasmtime's codes in the words of the specification; one code stands for two of them.
TRAPS = {
    "UNREACHABLE": "unreachable",
    "MEMORY_OUT_OF_BOUNDS": "out of bounds memory access",
    "TABLE_OUT_OF_BOUNDS": "out of bounds table access",
    "INDIRECT_CALL_TO_NULL": "uninitialized element",
    "BAD_SIGNATURE": "indirect call type mismatch",
    "INTEGER_OVERFLOW": "integer overflow",
    "INTEGER_DIVISION_BY_ZERO": "integer divide by zero",
    "BAD_CONVERSION_TO_INTEGER": "invalid conversion to integer",
}


@cache
def _engine() -> wasmtime.Engine:
    return wasmtime.Engine()


def on_wasmtime(wasm: bytes, program: Program) -> Trace:
    store = wasmtime.Store(_engine())
    exports = wasmtime.Instance(store, wasmtime.Module(_engine(), wasm), []).exports(store)

    def call(name: str, *arguments: Any) -> Any:
        return exports[name](store, *arguments)

    def outcome(name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        call("refuel")
        try:
            return ("returned", *_values(call(name, *arguments)))
        except wasmtime.Trap as trap:
            return ("trapped", TRAPS[trap.trap_code.name])

    trace = [(name, *outcome(name, arguments)) for name, arguments in program.calls]
    memory = bytes(exports["memory"].read(store))
    globals_ = [exports[f"g_{kind}"].value(store) for kind in NUMBERS]
    return trace + _state(memory, globals_, call)


def on_wasm2py(wasm: bytes, program: Program, options: Options) -> Trace:
    exports = load(wasm, options).Module().exports

    def call(name: str, *arguments: Any) -> Any:
        return exports[name](*arguments)

    def outcome(name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        call("refuel")
        try:
            return ("returned", *_values(call(name, *arguments)))
        except Trap as trap:
            message = str(trap)
            return ("trapped", "out of bounds table access" if message.startswith("undefined element") else message)

    trace = [(name, *outcome(name, arguments)) for name, arguments in program.calls]
    memory = exports["memory"]
    globals_ = [exports[f"g_{kind}"].value for kind in NUMBERS]
    return trace + _state(memory.read(0, len(memory)), globals_, call)


def _values(result: Any) -> list[Any]:
    if result is None:
        return []
    return [_value(value) for value in (result if isinstance(result, (list, tuple)) else (result,))]


def _value(value: int | float) -> Any:
    """Floats by their bits, all NaNs alike."""
    if isinstance(value, int):
        return value
    return "nan" if value != value else struct.pack(">d", value).hex()


def _state(memory: bytes, globals_: list[Any], call: Any) -> Trace:
    """What the calls left behind."""
    entries = call("entries")
    return [
        ("memory", len(memory), hashlib.sha256(memory).hexdigest()),
        ("globals", *map(_value, globals_)),
        ("exact", call("exact_f32"), call("exact_f64")),
        ("table", entries, *(call("null", index) for index in range(entries))),
    ]
