"""From the bytes of a module to a loaded Python module, by the compiler's stages and without its cache."""

from __future__ import annotations

import itertools
import linecache
from types import ModuleType

from wasm2py.codegen.module import translate

from wasm2py.binary import decode
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.module import Module
from wasm2py.options import DEFAULT_OPTIONS, Options
from wasm2py.validate import validate

_numbers = itertools.count()


def checked(wasm: bytes, features: frozenset[str] = DEFAULT_FEATURES) -> Module:
    """The decoded module; raises DecodeError or ValidationError."""
    module = decode(wasm)
    validate(module, features)
    return module


def generated(wasm: bytes, options: Options = DEFAULT_OPTIONS) -> str:
    """The Python source of a module."""
    return translate(checked(wasm, options.features), options)


def loaded(source: str, name: str = "module") -> ModuleType:
    """Execute generated source. Its lines are kept for tracebacks, as no file holds them."""
    filename = f"<{name} {next(_numbers)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    module = ModuleType(name)
    exec(compile(source, filename, "exec"), module.__dict__)
    return module


def load(wasm: bytes, options: Options = DEFAULT_OPTIONS, name: str = "module") -> ModuleType:
    """Compile and load a module; its ``Module`` class makes instances."""
    return loaded(generated(wasm, options), name)
