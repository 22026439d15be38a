"""WASI (preview 1 and 0): programs run, and see only what they are given.

from wasm2py_runtime.wasi import HostDirectory, Wasi, WasiConfig

config = WasiConfig(["prog", "in.txt"], directories={"/": HostDirectory("data", read_only=True)})
code = Wasi(config).run(prog_mod)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .config import WasiConfig
from .host import Wasi
from .host_directory import HostDirectory
from .memory_tree import MemoryTree
from .nodes import Tree
from .outcomes import ProcExit, ThreadDied, ThreadError, WriteLimitExceeded
from .streams import INHERIT
from .threads import Program, Threads

if TYPE_CHECKING:
    from .fsspec_tree import FsspecTree
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


def __getattr__(name: str) -> Any:
    """What few programs need is imported when it is asked for: it takes longer to import than the rest together."""
    if name == "FsspecTree":
        from .fsspec_tree import FsspecTree

        return FsspecTree
    if name == "ZipTree":
        from .zip_tree import ZipTree

        return ZipTree
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
