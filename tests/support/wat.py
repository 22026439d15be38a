"""Small modules from text, for tests."""

from __future__ import annotations

from types import ModuleType

import wasmtime

from tests.support.engine import load as load_binary
from wasm2py.binary import decode
from wasm2py.ir import Function, build
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.options import DEFAULT_OPTIONS, Options


def load(text: str, options: Options = DEFAULT_OPTIONS) -> ModuleType:
    """The generated Python module of a module in text form."""
    return load_binary(wasmtime.wat2wasm(text), options)


def functions(binary: bytes) -> list[Function]:
    """The IR of every function of a module, before any pass."""
    module = decode(binary)
    spaces = IndexSpaces(module)
    return [
        build(spaces, spaces.imported_functions + position, definition, f"f{position}")
        for position, definition in enumerate(module.functions)
    ]
