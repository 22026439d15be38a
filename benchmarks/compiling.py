"""How fast wasm2py compiles, and in how much memory.

Each module is compiled in a process of its own, so that peak memory is that of one module. Times are of the
processor, so that other work on the machine disturbs them less. "translate" is the bytes of the module to the text
of a Python module; "code" is that text to code objects. With several processes it is the elapsed time of "translate"
that is compared, so this needs a machine with nothing else to do. Growth is measured on modules made from one kernel by
repeating its functions, and on a single function of growing length.
"""

from __future__ import annotations

import argparse
import statistics
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
WANTED = "30,000 instructions a second or more; 1.7 times that with 2 jobs; under 600 MiB for a module of 1 MB"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="*", type=Path, help="modules to compile (default: public ones, and growth)")
    parser.add_argument("--level", type=int, choices=(0, 1, 2), default=2, help="optimisation level (default: 2)")
    parser.add_argument("--jobs", type=int, default=2, help="processes to compare with one (default: 2)")
    parser.set_defaults(rounds=1)


def main(options: argparse.Namespace) -> Sheet:
    with tempfile.TemporaryDirectory() as directory:
        files = dict(_files(options.file, Path(directory)))
        rows = {name: _row(file, options) for name, file in files.items()}
    title = f"Compiling at -O{options.level}: seconds of the processor, and elapsed time with several processes"
    return Sheet("compile", title, rows, WANTED, {**conditions(), "rounds": str(options.rounds)})


def _row(file: Path, options: argparse.Namespace) -> dict[str, float]:
    """The medians of the rounds; each round compiles with one process, then with several."""
    rounds = [
        [run_function("compiling", "measure", str(file), options.level, jobs) for jobs in (1, options.jobs)]
        for _ in range(options.rounds)
    ]
    gain = statistics.median(one.pop("elapsed") / several["elapsed"] for one, several in rounds)
    row = {name: statistics.median(one[name] for one, _ in rounds) for name in rounds[0][0]}
    return {**row, f"times as fast with {options.jobs}": gain}


def measure(file: str, level: int, jobs: int) -> dict[str, float]:
    """Compile one file in this process."""
    import resource
    import time

    import wasm2py
    from wasm2py.binary import decode
    from wasm2py.pycode import compile_source

    instructions = sum(len(function.body) for function in decode(Path(file).read_bytes()).functions)
    begun, started = time.perf_counter(), time.process_time()
    text = wasm2py.compile(Path(file), options=wasm2py.Options(optimize=level), jobs=jobs)  # type: ignore[arg-type]
    elapsed, translated = time.perf_counter() - begun, time.process_time()
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
        "elapsed": elapsed,
    }


def _files(given: list[Path], scratch: Path) -> Iterator[tuple[str, Path]]:
    if given:
        yield from ((file.stem, file) for file in given)
        return
    modules = extracted(shared_path("realworld", "modules.zip"))
    yield from ((name, modules / f"{name}.wasm") for name in MODULES)
    megabyte = repeated_functions((modules / "zstd-bokuweb.wasm").read_bytes(), 4)
    for name, wasm in [("4 × zstd-bokuweb, 1 MB", megabyte), *_growing()]:
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


COMMAND = Command("compile", __doc__, main, add_arguments, compares=False)
