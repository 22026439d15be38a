"""Modules of ``emcc`` in ``wasm2py run``: what they import from ``env`` has a host pack."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Union

from wasm2py_runtime import FuncType, Import, Linker

if TYPE_CHECKING:
    from wasm2py_runtime.emscripten import Emscripten
    from wasm2py_runtime.wasi import Wasi


def given_by_emscripten(missing: Sequence[Import]) -> bool:
    """Whether Emscripten's environment has everything that is missing, functions among it."""
    if not missing or any(entry.module != "env" for entry in missing):
        return False
    if not any(isinstance(entry.type, FuncType) for entry in missing):
        return False
    from wasm2py_runtime.emscripten import Emscripten

    with Emscripten() as host:
        return all(host.provides(entry) for entry in missing)


def host_for(module: ModuleType, linker: Linker, wasi: Wasi) -> Union[Wasi, Emscripten]:
    """What instantiates and runs a module: Emscripten's environment, if it has what else is missing, or WASI alone."""
    missing = [entry for entry in linker.missing(module) if entry.module == "env"]
    if not given_by_emscripten(missing):
        return wasi
    from wasm2py_runtime.emscripten import Emscripten

    return Emscripten(wasi)
