"""What a call costs between Python and wasm, in both directions.

``export`` is Python calling an exported function of two i32; ``callback`` a loop in wasm calling a Python function;
``round trip`` Python calling an exported function that calls a Python function. The loops around are included.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import wasm2py
from benchmarks.commands import Command, chosen_engines, interpreters
from benchmarks.engines import Engine
from benchmarks.figures import Comparison
from benchmarks.results import Result
from benchmarks.rounds import Job, Plan, run
from benchmarks.synthetic import calls_module

COMPARISONS = (Comparison("wasmtime", "O2", "≥ 100, callback ≥ 30"), Comparison("O2", "pypy"))
#: A row, its workload.
ROWS = {"export": "export_call", "callback": "callback", "round trip": "round_trip"}
#: Calls in one piece of work.
COUNT = 1000


def main(options: argparse.Namespace) -> Result:
    columns = chosen_engines(options, ["O0", "O1", "O2", "pypy", "wasmtime"])
    with tempfile.TemporaryDirectory() as directory:
        files = _files(Path(directory))
        jobs = {
            row: {key: _job(workload, files, engine) for key, engine in columns.items()}
            for row, workload in ROWS.items()
        }
        title = "Calls between Python and wasm"
        return run(Plan("calls", title, "call", columns, jobs, COMPARISONS, options.rounds, interpreters(options)))


def _files(directory: Path) -> dict[str, Path]:
    """The module, by what engines take."""
    wasm, generated = directory / "calls.wasm", directory / "calls.py"
    wasm.write_bytes(calls_module())
    generated.write_text(wasm2py.compile(wasm, options=wasm2py.Options(target="pypy")))
    return {"wasm": wasm, "generated": generated}


def _job(workload: str, files: dict[str, Path], engine: Engine) -> Job:
    return Job(workload, {"file": str(files[engine.takes]), "count": COUNT}, COUNT)


COMMAND = Command("calls", __doc__, main)
