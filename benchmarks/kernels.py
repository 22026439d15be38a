"""Twelve small programs: wasm2py at its levels, the same programs written by hand in Python, other engines.

Times are of ``run(n)`` in an instance that has run before, divided by the wasm instructions that it executes, so
engines that do it with a smaller n can be compared too. For those with the same n, ratios are ratios of times.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import wasm2py
from benchmarks.commands import Command, by_name, chosen_engines, interpreters
from benchmarks.engines import BY_KEY, Engine
from benchmarks.figures import Comparison
from benchmarks.results import Result
from benchmarks.rounds import Job, Plan, run
from tests.kernels.kernels import BUILDS, Kernel, kernels
from tests.support.shared import shared_path

COMPARISONS = (
    Comparison("O0", "handwritten"),
    Comparison("O1", "handwritten"),
    Comparison("O2", "handwritten", "≤ 1.5"),
    Comparison("ppci", "O2", "≥ 40"),
    Comparison("pywasm", "O2", "≥ 300"),
    Comparison("O2", "pypy", "≥ 8"),
    Comparison("O2", "wasmtime"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kernel", nargs="*", help="names of kernels (default: all)")
    parser.add_argument("--build", choices=BUILDS, default="mvp", help="which build of them (default: mvp)")
    parser.add_argument("--size", choices=("small", "std", "big"), default="std", help="which n (default: std)")
    parser.add_argument(
        "--slow-size", choices=("small", "std"), default="small", help="which n for ppci and pywasm (default: small)"
    )


def main(options: argparse.Namespace) -> Result:
    engines = chosen_engines(options, list(BY_KEY))
    with tempfile.TemporaryDirectory() as scratch:
        jobs = {
            kernel.name: _row(kernel, options, engines, Path(scratch))
            for kernel in chosen_kernels(options.kernel)
        }  # fmt: skip
        title = f"Kernels, build {options.build}, n: {options.size} (ppci and pywasm: {options.slow_size})"
        name = f"kernels-{options.build}"
        plan = Plan(name, title, "wasm instruction", engines, jobs, COMPARISONS, options.rounds, interpreters(options))
        return run(plan)


def chosen_kernels(names: list[str]) -> list[Kernel]:
    """Those that are named, else all."""
    known = {kernel.name: kernel for kernel in kernels(shared_path("kernels"))}
    return [known[name] for name in by_name(names, known)]


def kernel_job(kernel: Kernel, build: str, size: str, file: Path, units: int) -> Job:
    """Running a kernel, as wasm or as Python that was made from it."""
    arguments = {
        "file": str(file),
        "n": kernel.sizes[size],
        "expected": kernel.expected(size),
        "initialize": build == "wasi" and file != kernel.twin,
    }
    return Job("kernel", arguments, units)


def _row(kernel: Kernel, options: argparse.Namespace, engines: dict[str, Engine], scratch: Path) -> dict[str, Job]:
    sizes = {key: options.slow_size if engine.slow else options.size for key, engine in engines.items()}
    return {
        key: kernel_job(kernel, options.build, size, file, kernel.instructions(options.build, size))
        for key, size in sizes.items()
        if (file := _file(kernel, options.build, engines[key], scratch))
    }


def _file(kernel: Kernel, build: str, engine: Engine, scratch: Path) -> Path | None:
    """What the engine is given; None where there is no twin."""
    if engine.takes == "twin":
        return kernel.twin
    if engine.takes == "wasm":
        return kernel.wasm_file(build)
    generated = scratch / f"{kernel.name}.py"
    generated.write_text(wasm2py.compile(kernel.wasm_file(build), options=wasm2py.Options(target="pypy")))
    return generated


COMMAND = Command("kernels", __doc__, main, add_arguments)
