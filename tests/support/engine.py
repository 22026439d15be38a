"""The compiler as the tests use it: the public interface, without the cache."""

from __future__ import annotations

from types import ModuleType

import wasm2py
from wasm2py.options import DEFAULT_OPTIONS, Options


def load(wasm: bytes, options: Options = DEFAULT_OPTIONS, name: str = "module.wasm") -> ModuleType:
    """Compile and load a module; its ``Module`` class makes instances."""
    return wasm2py.load(wasm, name=name, options=options, cache=False)
