"""wasm2py compiles WebAssembly ahead of time to Python.

>>> import wasm2py
>>> app = wasm2py.load("app.wasm")  # doctest: +SKIP
>>> app.Module().exports.run(1, 2)  # doctest: +SKIP

Generated modules need only the package ``wasm2py_runtime``, which has no dependencies and runs on Python 3.9+. There,
the names of this package are an ImportError when they are used.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wasm2py.api import check, compile, compile_package, inspect, load
    from wasm2py.cache import CacheWarning
    from wasm2py.errors import DecodeError, ValidationError, Wasm2pyError, WorkerError
    from wasm2py.features import DEFAULT_FEATURES, FEATURES
    from wasm2py.options import Options
    from wasm2py.reading import MissingExtra, TextFormatError
    from wasm2py_runtime._version import __version__

#: Where each name is defined; it is imported when it is first used, since a program may need few of them.
_HOMES = {
    **dict.fromkeys(("check", "compile", "compile_package", "inspect", "load"), "wasm2py.api"),
    **dict.fromkeys(("DecodeError", "ValidationError", "Wasm2pyError", "WorkerError"), "wasm2py.errors"),
    **dict.fromkeys(("DEFAULT_FEATURES", "FEATURES"), "wasm2py.features"),
    **dict.fromkeys(("MissingExtra", "TextFormatError"), "wasm2py.reading"),
    "CacheWarning": "wasm2py.cache",
    "Options": "wasm2py.options",
    "__version__": "wasm2py_runtime._version",
}

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


def needed_python() -> str:
    """Why the compiler does not run on this Python; empty if it does."""
    if sys.version_info >= (3, 11):
        return ""
    return (
        f"wasm2py needs Python 3.11 or later, and this is Python {sys.version_info[0]}.{sys.version_info[1]}; "
        "modules that it has compiled run here, with the package wasm2py_runtime alone"
    )


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if needed_python():
        raise ImportError(needed_python())
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
