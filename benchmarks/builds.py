"""What our optimiser makes of code that the C compiler did not optimise: the kernels in other builds.

Times are divided by the instructions that the mvp build executes, whatever the build, so ratios are ratios of times.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from benchmarks.commands import Command, interpreters
from benchmarks.engines import BY_KEY
from benchmarks.figures import Comparison
from benchmarks.kernels import chosen_kernels, kernel_job
from benchmarks.results import Result
from benchmarks.rounds import Plan, run
from tests.kernels.kernels import BUILDS

COMPARISONS = (Comparison("O0", "mvp", "≤ 2.5"), Comparison("wasi", "mvp"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kernel", nargs="*", help="names of kernels (default: all)")


def main(options: argparse.Namespace) -> Result:
    columns = {build: replace(BY_KEY["O2"], title=f"{build} build") for build in BUILDS}
    jobs = {
        kernel.name: {
            build: kernel_job(kernel, build, "std", kernel.wasm_file(build), kernel.instructions("mvp", "std"))
            for build in BUILDS
        }
        for kernel in chosen_kernels(options.kernel)
    }
    title = "Kernels in several builds, wasm2py -O2, n: std"
    unit = "instruction of mvp"
    return run(Plan("builds", title, unit, columns, jobs, COMPARISONS, options.rounds, interpreters(options)))


COMMAND = Command("builds", __doc__, main, add_arguments)
