"""Runs a program on wasm2py and on wasmtime, each giving a trace that can be compared."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from functools import cache
from types import ModuleType
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
    config = wasmtime.Config()
    # By default each memory reserves gigabytes of addresses, and to map them takes longer than all the rest.
    config.memory_reservation = 1 << 20
    config.memory_guard_size = 1 << 16
    return wasmtime.Engine(config)


class OnWasmtime:
    """An instance of a module on wasmtime."""

    def __init__(self, wasm: bytes, engine: wasmtime.Engine | None = None) -> None:
        module = wasmtime.Module(engine or _engine(), wasm)
        self.names = {export.name for export in module.exports}
        self._store = wasmtime.Store(engine or _engine())
        self._exports = wasmtime.Instance(self._store, module, []).exports(self._store)

    def call(self, name: str, *arguments: Any) -> Any:
        return self._exports[name](self._store, *arguments)

    def attempt(self, name: str, *arguments: Any) -> tuple[Any, ...]:
        try:
            return ("returned", *_values(self.call(name, *arguments)))
        except wasmtime.Trap as trap:
            return ("trapped", TRAPS[trap.trap_code.name])

    def memory(self) -> bytes:
        return bytes(self._exports["memory"].read(self._store))

    def fill(self, data: bytes) -> None:
        """Write to the start of memory."""
        self._exports["memory"].write(self._store, data, 0)

    def global_(self, name: str) -> Any:
        return self._exports[name].value(self._store)


class OnWasm2py:
    """An instance of a module on wasm2py."""

    def __init__(self, wasm: bytes, options: Options, load: Callable[[bytes, Options], ModuleType] = load) -> None:
        self._exports = load(wasm, options).Module().exports
        self.names = set(self._exports)

    def call(self, name: str, *arguments: Any) -> Any:
        return self._exports[name](*arguments)

    def attempt(self, name: str, *arguments: Any) -> tuple[Any, ...]:
        try:
            return ("returned", *_values(self.call(name, *arguments)))
        except Trap as trap:
            message = str(trap)
            return ("trapped", TRAPS["TABLE_OUT_OF_BOUNDS"] if message.startswith("undefined element") else message)

    def memory(self) -> bytes:
        memory = self._exports["memory"]
        return memory.read(0, len(memory))

    def fill(self, data: bytes) -> None:
        """Write to the start of memory."""
        self._exports["memory"].write(0, data)

    def global_(self, name: str) -> Any:
        return self._exports[name].value


def on_wasmtime(wasm: bytes, program: Program) -> Trace:
    return trace(OnWasmtime(wasm), program)


def on_wasm2py(wasm: bytes, program: Program, options: Options) -> Trace:
    return trace(OnWasm2py(wasm, options), program)


def trace(instance: OnWasmtime | OnWasm2py, program: Program) -> Trace:
    """The outcome of each call, then what they left behind as far as it is exported."""
    seen: Trace = [(name, *instance.attempt(name, *arguments)) for name, arguments in program.calls]
    if "memory" in instance.names:
        memory = instance.memory()
        seen.append(("memory", len(memory), hashlib.sha256(memory).hexdigest()))
    seen += [(f"g_{kind}", _value(instance.global_(f"g_{kind}"))) for kind in NUMBERS if f"g_{kind}" in instance.names]
    seen += [(name, instance.call(name)) for name in ("exact_f32", "exact_f64") if name in instance.names]
    if "entries" in instance.names:
        seen += [("null", index, instance.call("null", index)) for index in range(instance.call("entries"))]
    return seen


def _values(result: Any) -> list[Any]:
    if result is None:
        return []
    return [_value(value) for value in (result if isinstance(result, (list, tuple)) else (result,))]


def _value(value: int | float) -> Any:
    """Floats by their bits, all NaNs alike."""
    if isinstance(value, int):
        return value
    return "nan" if value != value else struct.pack(">d", value).hex()
