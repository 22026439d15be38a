"""WASI (preview 1 and 0): programs run, and see only what they are given.

    from wasm2py_runtime.wasi import HostDirectory, Wasi, WasiConfig

    config = WasiConfig(["prog", "in.txt"], directories={"/": HostDirectory("data", read_only=True)})
    code = Wasi(config).run(prog_mod)

``WasiConfig`` says what there is to give, ``Wasi`` is the host of one program, ``Threads`` of one with threads.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .config import WasiConfig
from .host import Wasi
from .host_directory import HostDirectory
from .nodes import Tree
from .outcomes import ProcExit, ThreadDied, ThreadError, WriteLimitExceeded
from .streams import INHERIT
from .threads import Program, Threads

if TYPE_CHECKING:
    from .fsspec_tree import FsspecTree
    from .memory_tree import MemoryTree
    from .zip_tree import ZipTree

__all__ = [
    "INHERIT",
    "FsspecTree",
    "HostDirectory",
    "MemoryTree",
    "ProcExit",
    "Program",
    "ThreadDied",
    "ThreadError",
    "Threads",
    "Tree",
    "Wasi",
    "WasiConfig",
    "WriteLimitExceeded",
    "ZipTree",
]


#: What not every program needs is imported when it is asked for.
_LATER = {"FsspecTree": ".fsspec_tree", "MemoryTree": ".memory_tree", "ZipTree": ".zip_tree"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name], __name__), name)
