"""How long a program waits for a large module that is in the cache already.

Each time is taken in a new process, of the processor, in milliseconds: ``import wasm2py``, ``wasm2py.load`` from the
cache, then a first instance with imports made up to fit; and, for the same module as a Python file that was compiled
before, ``import`` of the file and a first instance, with the runtime only.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.commands import Command
from benchmarks.conditions import conditions
from benchmarks.processes import run_function
from benchmarks.results import Sheet
from benchmarks.synthetic import many_functions
from tests.support.shared import extracted, shared_path

WANTED = "load and instance of tree-sitter-core under 60 ms, of 10,000 functions under 150 ms"


def main(options: argparse.Namespace) -> Sheet:
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        functions = scratch / "functions10000.wasm"
        functions.write_bytes(many_functions(10_000))
        modules = extracted(shared_path("realworld", "modules.zip"))
        rows = {
            file.stem: _row(file, scratch, options.rounds) for file in (modules / "tree-sitter-core.wasm", functions)
        }
    rounds = f"{options.rounds}, the median of which is shown"
    title = "Starting with a large module, ms of the processor"
    return Sheet("import", title, rows, WANTED, {**conditions(), "rounds": rounds})


def _row(file: Path, scratch: Path, rounds: int) -> dict[str, float]:
    arguments = (str(file), str(scratch))
    run_function("importing", "prepare", *arguments)
    samples = [
        {**run_function("importing", "from_cache", *arguments), **run_function("importing", "from_file", *arguments)}
        for _ in range(rounds)
    ]
    return {name: statistics.median(sample[name] for sample in samples) for name in samples[0]}


# What the processes do


def prepare(file: str, scratch: str) -> dict[str, float]:
    """Fill the cache, write the Python file, and let Python compile it."""
    import py_compile

    import wasm2py

    wasm2py.load(Path(file), cache=Path(scratch))
    generated = Path(scratch, _module_name(file) + ".py")
    generated.write_text(wasm2py.compile(Path(file)))
    py_compile.compile(str(generated), doraise=True)
    return {}


def from_cache(file: str, scratch: str) -> dict[str, float]:
    """Through ``wasm2py.load``."""
    watch = _Watch()
    import wasm2py

    watch.lap("import wasm2py")
    module = wasm2py.load(Path(file), cache=Path(scratch))
    watch.lap("load")
    first = _instantiator(module)
    watch.skip()
    first()
    watch.lap("instance")
    return {**watch.laps, "all three": sum(watch.laps.values())}


def from_file(file: str, scratch: str) -> dict[str, float]:
    """Through an import statement."""
    import importlib

    sys.path.insert(0, scratch)
    watch = _Watch()
    importlib.import_module("wasm2py_runtime")
    watch.lap("import runtime")
    module = importlib.import_module(_module_name(file))
    watch.lap("import .pyc")
    first = _instantiator(module)
    watch.skip()
    first()
    watch.lap("instance of .pyc")
    return watch.laps


class _Watch:
    """Milliseconds of the processor from lap to lap."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.skip()

    def skip(self) -> None:
        self._last = time.process_time()

    def lap(self, name: str) -> None:
        self.laps[name] = (time.process_time() - self._last) * 1000
        self.skip()


def _module_name(file: str) -> str:
    return "generated_" + Path(file).stem.replace("-", "_")


def _instantiator(module: ModuleType) -> Callable[[], Any]:
    """What makes an instance, with imports that are made up to fit."""
    from wasm2py_runtime import FuncType, Global, Memory, MemoryType, Table, TableType

    def value(wanted: Any) -> Any:
        if isinstance(wanted, FuncType):
            return lambda *arguments: 0
        if isinstance(wanted, MemoryType):
            return Memory(wanted.minimum, wanted.maximum)
        if isinstance(wanted, TableType):
            return Table(wanted.element, wanted.minimum, wanted.maximum)
        return Global(wanted.value_type, 0, mutable=wanted.mutable)

    given = {entry.keyword: value(entry.type) for entry in module.Module.IMPORTS}
    return lambda: module.Module(**given)


COMMAND = Command("import", __doc__, main, compares=False)
