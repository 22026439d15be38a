"""How fast wasm2py compiles, and in how much memory.

Each module is compiled in a process of its own, so that peak memory is that of one module. Times are of the
processor, so that other work on the machine disturbs them less. "translate" is the bytes of the module to the text
of a Python module; "code" is that text to code objects. Growth is measured on modules made from one kernel by
repeating its functions, and on a single function of growing length.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.commands import Command
from benchmarks.conditions import conditions
from benchmarks.processes import run_function
from benchmarks.results import Sheet
from benchmarks.synthetic import one_function, repeated_functions
from tests.support.shared import extracted, shared_path

MODULES = ("zstd-bokuweb", "lua-wasmoon", "tree-sitter-core")
GROWTH = (10_000, 30_000, 60_000, 120_000)
WANTED = "30,000 instructions a second or more; under 600 MiB for a module of 1 MB"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="*", type=Path, help="modules to compile (default: public ones, and growth)")
    parser.add_argument("--level", type=int, choices=(0, 1, 2), default=2, help="optimisation level (default: 2)")


def main(options: argparse.Namespace) -> Sheet:
    with tempfile.TemporaryDirectory() as directory:
        files = dict(_files(options.file, Path(directory)))
        rows = {name: run_function("compiling", "measure", str(file), options.level) for name, file in files.items()}
    title = f"Compiling at -O{options.level}, seconds of the processor"
    return Sheet("compile", title, rows, WANTED, conditions())


def measure(file: str, level: int) -> dict[str, float]:
    """Compile one file in this process."""
    import resource
    import time

    import wasm2py
    from wasm2py.binary import decode
    from wasm2py.pycode import compile_source

    instructions = sum(len(function.body) for function in decode(Path(file).read_bytes()).functions)
    started = time.process_time()
    text = wasm2py.compile(Path(file), options=wasm2py.Options(optimize=level))  # type: ignore[arg-type]
    translated = time.process_time()
    compile_source(text, "generated.py")
    code = time.process_time()
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # of ru_maxrss
    return {
        "instructions": instructions,
        "translate": translated - started,
        "instructions/s": instructions / (translated - started),
        "code": code - translated,
        "characters": len(text),
        "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit,
    }


def _files(given: list[Path], scratch: Path) -> Iterator[tuple[str, Path]]:
    if given:
        yield from ((file.stem, file) for file in given)
        return
    modules = extracted(shared_path("realworld", "modules.zip"))
    yield from ((name, modules / f"{name}.wasm") for name in MODULES)
    for name, wasm in _growing():
        file = scratch / f"{name}.wasm"
        file.write_bytes(wasm)
        yield name, file


def _growing() -> Iterator[tuple[str, bytes]]:
    """Modules of growing size: the speed should stay the same."""
    from wasm2py.binary import decode

    kernel = shared_path("kernels", "wasm_O0", "jsontok.wasm").read_bytes()
    size = sum(len(function.body) for function in decode(kernel).functions)
    for wanted in GROWTH:
        yield f"many functions, {wanted:,}", repeated_functions(kernel, round(wanted / size))
    for wanted in GROWTH:
        yield f"one function, {wanted:,}", one_function(wanted)


COMMAND = Command("compile", __doc__, add_arguments, main)
