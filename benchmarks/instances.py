"""What a new instance costs of a module that is loaded: memory made and initialised, functions and exports made."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.commands import Command, chosen_engines, interpreters
from benchmarks.figures import Comparison
from benchmarks.results import Result
from benchmarks.rounds import Job, Plan, run
from benchmarks.synthetic import memory_module
from tests.support.shared import shared_path

COMPARISONS = (Comparison("O2", "wasmtime"),)


def main(options: argparse.Namespace) -> Result:
    columns = chosen_engines(options, ["O2", "wasmtime"])
    with tempfile.TemporaryDirectory() as directory:
        files = _files(Path(directory))
        jobs = {
            row: dict.fromkeys(columns, Job("instance", {"file": str(file)}, 1)) for row, file in files.items()
        }  # fmt: skip
        title = "New instances of loaded modules"
        return run(
            Plan("instantiate", title, "instance", columns, jobs, COMPARISONS, options.rounds, interpreters(options))
        )


def _files(directory: Path) -> dict[str, Path]:
    """One page, 16 MiB, 16 MiB of which one is initialised; and a real program."""
    made = {
        "64 KiB": memory_module(1, 0),
        "16 MiB": memory_module(256, 0),
        "16 MiB, 1 set": memory_module(256, 1 << 20),
    }
    files = {}
    for at, (name, wasm) in enumerate(made.items()):
        files[name] = directory / f"memory{at}.wasm"
        files[name].write_bytes(wasm)
    return {**files, "vm, wasi build": shared_path("kernels", "wasm_wasi", "vm.wasm")}


COMMAND = Command("instantiate", __doc__, main)
