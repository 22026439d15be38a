"""Emscripten's environment: what modules that were made by ``emcc`` import from ``env``.

    from wasm2py_runtime.emscripten import Emscripten
    from wasm2py_runtime.wasi import WasiConfig

    host = Emscripten(WasiConfig(["prog"], directories={"/": "data"}))
    instance = host.instantiate(prog_mod)             # a library: what it needs at the start is called
    code = host.run(prog_mod)                         # a program: its exit code

It covers modules that keep the names of their imports (``-sSTANDALONE_WASM``, ``-o NAME.wasm``, or no more than -O1),
not what is JavaScript by nature: embind, ``EM_ASM``, the browser.
"""

from __future__ import annotations

from .host import Emscripten
from .outcomes import Aborted, CppException, LongJump

__all__ = ["Aborted", "CppException", "Emscripten", "LongJump"]
