"""The engines, each behind the same two methods. Runs in the workers: any Python from 3.9 on, and PyPy.

An adapter is made once a process; making it imports the engine, and fails where the engine is not installed.
"""

from __future__ import annotations

import copy
import functools
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

#: Functions for a module to import: ``imports["module"]["name"]``.
Imports = dict[str, dict[str, Callable[..., Any]]]
#: The exported functions of an instance by name, to be called with Python's numbers.
Exports = Callable[[str], Callable[..., Any]]
#: Makes instances of a module.
Instantiate = Callable[[], Exports]


class Adapter:
    """What the workloads know of an engine."""

    #: the version that is measured
    version: str = ""

    def module(self, file: str, imports: Imports) -> Instantiate:
        """Do for the module in ``file`` what is done once, however many instances there will be."""
        raise NotImplementedError

    def hosts(self) -> Callable[[], Any]:
        """What makes a ``Host`` as the drivers of the real-world tasks want it, which compiles nothing twice.

        The module that it comes from is put where the drivers find it: under ``hostlib``.
        """
        raise NotImplementedError


class HandWritten(Adapter):
    """The same algorithm, written by hand in Python; a "module" is a Python file."""

    def module(self, file: str, imports: Imports) -> Instantiate:
        sys.path.insert(0, os.path.dirname(file))  # the files import one another
        module = importlib.import_module(Path(file).stem)
        return lambda: functools.partial(getattr, module)


class Generated(Adapter):
    """What wasm2py made before, in a Python file, with the runtime only."""

    def __init__(self) -> None:
        self.version = importlib.import_module("wasm2py_runtime").__version__

    def module(self, file: str, imports: Imports) -> Instantiate:
        spec = importlib.util.spec_from_file_location(Path(file).stem, file)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return _instantiate(module, imports)


class Wasm2py(Adapter):
    """wasm2py as its users call it, at one level."""

    def __init__(self, level: int) -> None:
        self.wasm2py = importlib.import_module("wasm2py")
        self.options = self.wasm2py.Options(optimize=level)
        self.version = self.wasm2py.__version__

    def load(self, file: str) -> ModuleType:
        module: ModuleType = self.wasm2py.load(Path(file), options=self.options)
        return module

    def module(self, file: str, imports: Imports) -> Instantiate:
        return _instantiate(self.load(file), imports)

    def hosts(self) -> Callable[[], Any]:
        hostlib = sys.modules["hostlib"] = importlib.import_module("tests.realworld.hostlib")
        first = hostlib.Host(translate=self.load)
        return lambda: copy.copy(first)  # with the same compiled modules


def _instantiate(module: ModuleType, imports: Imports) -> Instantiate:
    definition = module.Module
    given = {entry.keyword: imports[entry.module][entry.name] for entry in definition.IMPORTS}

    def instantiate() -> Exports:
        exports = definition(**given).exports
        return functools.partial(type(exports).__getitem__, exports)

    return instantiate


class Wasmtime(Adapter):
    """wasmtime-py: machine code, through ctypes."""

    def __init__(self) -> None:
        self.wasmtime = importlib.import_module("wasmtime")
        self.version = metadata.version("wasmtime")

    def module(self, file: str, imports: Imports) -> Instantiate:
        wasmtime = self.wasmtime
        engine = wasmtime.Engine()
        module = wasmtime.Module.from_file(engine, file)

        def instantiate() -> Exports:
            store = wasmtime.Store(engine)
            given = [wasmtime.Func(store, entry.type, imports[entry.module][entry.name]) for entry in module.imports]
            exports = wasmtime.Instance(store, module, given).exports(store)
            return lambda name: functools.partial(exports[name], store)

        return instantiate

    def hosts(self) -> Callable[[], Any]:
        from tests.support.shared import extracted, shared_path

        sys.path.insert(0, str(shared_path("realworld", "tasks")))
        hostlib: Any = importlib.import_module("hostlib")
        hostlib.M = str(extracted(shared_path("realworld", "modules.zip")))
        first = hostlib.Host()

        def host() -> Any:
            another = copy.copy(first)  # with the same engine and compiled modules
            another.store = self.wasmtime.Store(first.engine)
            return another

        return host


class Ppci(Adapter):
    """ppci, which translates to Python too (it also has a native target; that is another thing)."""

    def __init__(self) -> None:
        self.wasm = importlib.import_module("ppci.wasm")
        self.version = metadata.version("ppci")

    def module(self, file: str, imports: Imports) -> Instantiate:
        with open(file, "rb") as stream:
            module = self.wasm.Module(stream)

        def instantiate() -> Exports:
            exports = self.wasm.instantiate(module, imports, target="python").exports
            return functools.partial(type(exports).__getitem__, exports)

        return instantiate


class Pywasm(Adapter):
    """pywasm, an interpreter in Python."""

    def __init__(self) -> None:
        self.core = importlib.import_module("pywasm").core
        self.version = metadata.version("pywasm")

    def module(self, file: str, imports: Imports) -> Instantiate:
        with open(file, "rb") as stream:
            description = self.core.ModuleDesc.from_reader(stream)

        def instantiate() -> Exports:
            runtime = self.core.Runtime()
            instance = runtime.instance(description)
            return lambda name: lambda *arguments: _only(runtime.invocate(instance, name, list(arguments)))

        return instantiate


def _only(results: list[Any]) -> Any:
    return results[0] if results else None


ADAPTERS: dict[str, Callable[[], Adapter]] = {
    "handwritten": HandWritten,
    "O0": functools.partial(Wasm2py, 0),
    "O1": functools.partial(Wasm2py, 1),
    "O2": functools.partial(Wasm2py, 2),
    "pypy": Generated,
    "wasmtime": Wasmtime,
    "ppci": Ppci,
    "pywasm": Pywasm,
}
