"""WASI (preview 1 and 0): programs run, and see only what they are given.

from wasm2py_runtime.wasi import HostDirectory, Wasi, WasiConfig

config = WasiConfig(["prog", "in.txt"], directories={"/": HostDirectory("data", read_only=True)})
code = Wasi(config).run(prog_mod)
"""

from __future__ import annotations

from .config import WasiConfig
from .fsspec_tree import FsspecTree
from .host import Wasi
from .host_directory import HostDirectory
from .memory_tree import MemoryTree
from .nodes import Tree
from .outcomes import ProcExit, WriteLimitExceeded
from .streams import INHERIT
from .zip_tree import ZipTree

__all__ = [
    "INHERIT",
    "FsspecTree",
    "HostDirectory",
    "MemoryTree",
    "ProcExit",
    "Tree",
    "Wasi",
    "WasiConfig",
    "WriteLimitExceeded",
    "ZipTree",
]
