"""How long a program waits for a large module that was compiled before.

Each time is taken in a new process, of the processor, in milliseconds, in three forms: the cache of ``wasm2py.load``;
one Python file; a folder of files. The files need the runtime only, and Python has compiled them. "package" is the
import of wasm2py, or of its runtime; the first instance gets imports made up to fit.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.commands import Command
from benchmarks.conditions import conditions
from benchmarks.processes import run_function
from benchmarks.results import Sheet
from benchmarks.synthetic import many_functions
from tests.support.shared import extracted, shared_path

FORMS = ("cache", "file", "folder")
WANTED = "tree-sitter-core under 60 ms, 10,000 functions under 150 ms"


def main(options: argparse.Namespace) -> Sheet:
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        functions = scratch / "functions10000.wasm"
        functions.write_bytes(many_functions(10_000))
        modules = extracted(shared_path("realworld", "modules.zip"))
        files = (modules / "tree-sitter-core.wasm", functions)
        rows = dict(row for file in files for row in _rows(file, scratch, options.rounds))
    rounds = f"{options.rounds}, the median of which is shown"
    title = "Starting with a large module, ms of the processor"
    return Sheet("import", title, rows, WANTED, {**conditions(), "rounds": rounds})


def _rows(file: Path, scratch: Path, rounds: int) -> Iterator[tuple[str, dict[str, float]]]:
    """A row for each form."""
    run_function("importing", "prepare", str(file), str(scratch))
    samples = [
        {form: run_function("importing", f"from_{form}", str(file), str(scratch)) for form in FORMS}
        for _ in range(rounds)
    ]
    for form in FORMS:
        medians = {stage: statistics.median(sample[form][stage] for sample in samples) for stage in samples[0][form]}
        yield f"{file.stem}, {form}", {**medians, "all": sum(medians.values())}


# What the processes do


def prepare(file: str, scratch: str) -> dict[str, float]:
    """Fill the cache, write the Python files, and let Python compile them."""
    import compileall

    import wasm2py

    wasm2py.load(Path(file), cache=Path(scratch))
    Path(scratch, _name(file, "file") + ".py").write_text(wasm2py.compile(Path(file)))
    folder = Path(scratch, _name(file, "folder"))
    folder.mkdir()
    for name, text in wasm2py.compile_package(Path(file)).items():
        (folder / name).write_text(text)
    compileall.compile_dir(scratch, quiet=2)
    return {}


def from_cache(file: str, scratch: str) -> dict[str, float]:
    """Through ``wasm2py.load``."""
    watch = _Watch()
    import wasm2py

    watch.lap("package")
    module = wasm2py.load(Path(file), cache=Path(scratch))
    return _rest(watch, module)


def from_file(file: str, scratch: str) -> dict[str, float]:
    """Through an import of one file."""
    return _imported(scratch, _name(file, "file"))


def from_folder(file: str, scratch: str) -> dict[str, float]:
    """Through an import of a folder."""
    return _imported(scratch, _name(file, "folder"))


def _imported(scratch: str, name: str) -> dict[str, float]:
    sys.path.insert(0, scratch)
    watch = _Watch()
    importlib.import_module("wasm2py_runtime")
    watch.lap("package")
    return _rest(watch, importlib.import_module(name))


def _rest(watch: _Watch, module: ModuleType) -> dict[str, float]:
    """End the lap of the module, and time an instance."""
    watch.lap("module")
    instantiate = _instantiator(module)
    watch.skip()
    instantiate()
    watch.lap("instance")
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


def _name(file: str, form: str) -> str:
    """What the module of a form is called."""
    return f"{form}_" + Path(file).stem.replace("-", "_")


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
