"""The adapter that the shared task drivers are written against, over wasm2py instead of wasmtime.

The drivers begin with ``from hostlib import *``; ``tests.realworld.tasks`` puts this module under that name. The
surface, the modules that the star brings along included, is that of the shared ``hostlib.py``:

- ``Host(fuel)``: ``.load(path, imports) .memory(min, max) .table(min) .glob(type, value, mut) .tcall(table, i, *args)
  .grow_table(table, n)``
- ``Inst``: ``.call(name, *args) .read(p, n) .write(p, b) .cstr(p) .u32(p) .ext(name) .glob(name) .grow(pages) .size()``
- imports are ``{module: {field: callable | memory/table/global}}``; functions not given become stubs that raise.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from tests.support.engine import load
from tests.support.shared import extracted, shared_path
from wasm2py_runtime import FuncType, Global, Memory, MemoryType, Table

__all__ = [
    "Exit", "Host", "Inst", "M", "Missing", "U", "hashlib", "json", "main", "os", "struct", "sys", "time",
]  # fmt: skip

#: Where the drivers find the modules' files.
M = str(extracted(shared_path("realworld", "modules.zip")))

Imports = dict[str, dict[str, Any]]


def U(value: int) -> int:
    """An i32, which arrives signed, as an address."""
    return value & 0xFFFFFFFF


def translated(file: str) -> ModuleType:
    """The generated module of a file, made anew."""
    with open(file, "rb") as stream:
        return load(stream.read(), name=os.path.basename(file))


class Missing(Exception):
    """An import that the driver did not give was called, or could not be made up."""


class Exit(Exception):
    """WASI's proc_exit; the argument is the exit code."""


class Host:
    """Compiles modules, each once, and makes what instances share. ``compile_s`` adds up the compile times."""

    def __init__(self, fuel: bool = False, translate: Callable[[str], ModuleType] = translated) -> None:
        self.fuel = fuel
        self.translate = translate
        self.compile_s = 0.0
        self.host_calls = 0
        self.mods: dict[str, ModuleType] = {}

    def memory(self, minimum: int, maximum: int | None = None) -> Memory:
        return Memory(minimum, maximum)

    def table(self, minimum: int, maximum: int | None = None) -> Table:
        return Table("funcref", minimum, maximum)

    def glob(self, value_type: str, value: int, mutable: bool = False) -> Global:
        return Global(value_type, value, mutable=mutable)

    def load(self, path: str, imports: Imports | None = None, memory: Memory | None = None, wasi: Any = None) -> Inst:
        definition = self.compiled(path).Module
        given = imports or {}
        values = {entry.keyword: self._import(entry, given) for entry in definition.IMPORTS}
        return Inst(definition(**values), memory)

    def compiled(self, path: str) -> ModuleType:
        """The generated module of a file, or of a name in the shared directory."""
        if path not in self.mods:
            started = time.perf_counter()
            file = path if os.path.sep in path else os.path.join(M, path + ".wasm")
            self.mods[path] = self.translate(file)
            self.compile_s += time.perf_counter() - started
        return self.mods[path]

    def _import(self, entry: Any, given: Imports) -> Any:
        value = given.get(entry.module, {}).get(entry.name)
        if not isinstance(entry.type, FuncType):
            if value is None:
                raise Missing(f"{entry.module}.{entry.name} {entry.type}")
            return value
        # An exported function of another instance goes in as it is, so that it keeps its identity.
        is_export = value is not None and hasattr(value, "wasm_raw")
        return value if is_export else self._counted(value or _stub(entry))

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self.host_calls += 1
            return function(*arguments)

        return counted

    def tcall(self, table: Table, index: int, *arguments: Any) -> Any:
        return table[U(index)](*arguments)

    def grow_table(self, table: Table, count: int) -> int:
        return table.grow(count)


def _stub(entry: Any) -> Callable[..., Any]:
    def missing(*arguments: Any) -> Any:
        raise Missing(f"{entry.module}.{entry.name}{arguments}")

    return missing


class Inst:
    """One instance with the memory that its driver looks at: the one given, or its first exported one."""

    def __init__(self, instance: Any, memory: Memory | None) -> None:
        self.ex = instance.exports
        self.names = [export.name for export in type(instance).EXPORTS]
        memories = (self.ex[e.name] for e in type(instance).EXPORTS if isinstance(e.type, MemoryType))
        self.mem = memory if memory is not None else next(memories, None)

    def call(self, name: str, *arguments: Any) -> Any:
        return self.ex[name](*arguments)

    def read(self, address: int, count: int) -> bytes:
        return self.mem.read(U(address), count)

    def write(self, address: int, data: bytes) -> None:
        self.mem.write(U(address), data)

    def cstr(self, address: int) -> str:
        out = b""
        position = U(address)
        while True:
            chunk = self.read(position, min(256, self.size() - position))
            end = chunk.find(b"\0")
            if end >= 0:
                return (out + chunk[:end]).decode("utf8", "replace")
            out += chunk
            position += len(chunk)

    def u32(self, address: int) -> int:
        return struct.unpack("<I", self.read(address, 4))[0]

    def ext(self, name: str) -> Any:
        """An export as something that can be given as an import of another instance."""
        return self.ex[name]

    def glob(self, name: str) -> Any:
        return self.ex[name].value

    def size(self) -> int:
        return len(self.mem)

    def grow(self, pages: int) -> int:
        return self.mem.grow(pages)


def main(run: Callable[[Host], Any]) -> None:
    """Run a driver once and print its output, the hash of it, and the times, as JSON."""
    host = Host()
    started = time.perf_counter()
    text = output_text(run(host))
    elapsed = time.perf_counter() - started
    digest = hashlib.sha256(text.encode()).hexdigest()
    times = {"compile_s": round(host.compile_s, 4), "run_s": round(elapsed - host.compile_s, 5)}
    print(json.dumps({"output": text, "output_sha256": digest, **times, "host_calls": host.host_calls}, indent=1))


def output_text(result: Any) -> str:
    """The output of a task as the expected one is written down."""
    return result if isinstance(result, str) else json.dumps(result, sort_keys=True, ensure_ascii=True)
