"""Structures, arrays and casts (``gc.wat``) beside the same work written by hand in Python (``gc_twin.py``).

``linked_list`` makes a list of 200,000 nodes and adds up what they hold, ``tree`` makes and counts a binary tree of
65,535, ``casts`` asks 1,000,000 times what type a shape is, ``sieve`` looks for primes in an array of 200,000.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import wasmtime

import wasm2py
from benchmarks.commands import Command, chosen_engines, interpreters
from benchmarks.engines import Engine
from benchmarks.figures import Comparison
from benchmarks.results import Result
from benchmarks.rounds import Job, Plan, run

COMPARISONS = (
    Comparison("O0", "handwritten"),
    Comparison("O2", "handwritten", "≤ 2"),
    Comparison("O2", "pypy"),
    Comparison("O2", "wasmtime"),
)
#: What is done: with which n, the units that makes, and the result.
ROWS = {
    "linked_list": (200_000, 200_000, 2820230816),
    "tree": (15, 65_535, 65_535),
    "casts": (1_000_000, 1_000_000, 4666663),
    "sieve": (200_000, 200_000, 17_984),
}
_TEXT = Path(__file__).with_name("gc.wat")


def main(options: argparse.Namespace) -> Result:
    columns = chosen_engines(options, ["handwritten", "O0", "O1", "O2", "pypy", "wasmtime"])
    with tempfile.TemporaryDirectory() as directory:
        files = _files(Path(directory))
        jobs = {row: {key: _job(row, files, engine) for key, engine in columns.items()} for row in ROWS}
        title = "Structures, arrays and casts"
        return run(Plan("objects", title, "step", columns, jobs, COMPARISONS, options.rounds, interpreters(options)))


def _files(directory: Path) -> dict[str, Path]:
    """The work, by what engines take."""
    wasm, generated = directory / "gc.wasm", directory / "gc.py"
    wasm.write_bytes(wasmtime.wat2wasm(_TEXT.read_text()))
    generated.write_text(wasm2py.compile(wasm, options=wasm2py.Options(target="pypy")))
    return {"wasm": wasm, "generated": generated, "twin": _TEXT.with_name("gc_twin.py")}


def _job(row: str, files: dict[str, Path], engine: Engine) -> Job:
    n, units, expected = ROWS[row]
    return Job("function", {"file": str(files[engine.takes]), "name": row, "n": n, "expected": expected}, units)


COMMAND = Command("objects", __doc__, main)
