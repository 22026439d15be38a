"""The compiler as the tests use it: the public interface, without the cache."""

from __future__ import annotations

from types import ModuleType

import wasm2py
from wasm2py.ir import Function, verify
from wasm2py.ir.verifier import InvariantError
from wasm2py.options import DEFAULT_OPTIONS, Options
from wasm2py.passes import Observer


def load(
    wasm: bytes, options: Options = DEFAULT_OPTIONS, name: str = "module.wasm", observe: Observer | None = None
) -> ModuleType:
    """Compile and load a module; its ``Module`` class makes instances."""
    return wasm2py.load(wasm, name=name, options=options, cache=False, observe=observe)


def verify_stage(stage: str, function: Function) -> None:
    """An observer of the passes that checks what each of them made."""
    try:
        verify(function)
    except InvariantError as error:
        raise InvariantError(f"after {stage}: {error}") from None
