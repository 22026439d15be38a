"""wasm2py compiles WebAssembly ahead of time to Python.

>>> import wasm2py
>>> app = wasm2py.load("app.wasm")  # doctest: +SKIP
>>> app.Module().exports.run(1, 2)  # doctest: +SKIP

Generated modules need only the package ``wasm2py_runtime``, which has no dependencies and runs on Python 3.9+.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):
    raise ImportError(
        "the compiler wasm2py needs Python 3.11 or later, and this is Python "
        f"{sys.version_info[0]}.{sys.version_info[1]}; modules that it has compiled run here, "
        "with the package wasm2py_runtime alone"
    )

from wasm2py.api import check, compile, compile_package, inspect, load
from wasm2py.cache import CacheWarning
from wasm2py.errors import DecodeError, ValidationError, Wasm2pyError, WorkerError
from wasm2py.features import DEFAULT_FEATURES, FEATURES
from wasm2py.options import Options
from wasm2py.reading import MissingExtra, TextFormatError
from wasm2py_runtime._version import __version__

__all__ = [
    "DEFAULT_FEATURES",
    "FEATURES",
    "CacheWarning",
    "DecodeError",
    "MissingExtra",
    "Options",
    "TextFormatError",
    "ValidationError",
    "Wasm2pyError",
    "WorkerError",
    "__version__",
    "check",
    "compile",
    "compile_package",
    "inspect",
    "load",
]
