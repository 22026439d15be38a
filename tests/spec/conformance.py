"""``python -m tests.spec.conformance``: the table in docs/conformance.md, from runs of the specification's tests.

Each ``--python PATH`` (default: this one) runs all tests at -O0 and -O2; ``--alone PATH`` runs them with the runtime
only, on code that this Python compiled (``--target pypy`` for PyPy).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.shared import REPOSITORY
from wasm2py_runtime import __version__

LEVELS = (0, 2)
_VERSION = "import platform as p; print(p.python_implementation(), p.python_version())"


@dataclass(frozen=True)
class Run:
    """One column: a heading, and a row of counts for each directory and for all."""

    heading: str
    rows: dict[str, Any]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.spec.conformance", description=__doc__)
    parser.add_argument("--python", action="append", metavar="PATH", help="an interpreter with wasm2py installed")
    parser.add_argument("--alone", action="append", default=[], metavar="PATH", help="any interpreter")
    parser.add_argument("-o", "--output", type=Path, default=REPOSITORY / "docs" / "conformance.md")
    return parser.parse_args()


def interpreter(python: str) -> str:
    """``CPython 3.11.7``"""
    return subprocess.run([python, "-c", _VERSION], check=True, capture_output=True, text=True).stdout.strip()


def table_of(command: list[str]) -> dict[str, Any]:
    """The rows that a run prints, by directory."""
    done = subprocess.run([*command, "--json"], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    return {row["directory"]: row for row in json.loads(done.stdout)}


def compiled_runs(python: str) -> list[Run]:
    name = interpreter(python)
    return [Run(f"{name} -O{level}", table_of([python, "-m", "tests.spec", "--level", str(level)])) for level in LEVELS]


def run_alone(python: str) -> Run:
    name = interpreter(python)
    target = "pypy" if name.startswith("PyPy") else "cpython"
    with tempfile.TemporaryDirectory() as directory:
        prepare = [sys.executable, "-m", "tests.spec", "--target", target, "--prepare", directory]
        subprocess.run(prepare, cwd=REPOSITORY, check=True)
        return Run(f"{name}, runtime alone", table_of([python, "-m", "tests.spec.alone", directory]))


def markdown(runs: list[Run]) -> str:
    """Passed of all commands, by directory."""
    directories = list(runs[0].rows)
    lines = [
        "# Conformance",
        "",
        f"wasm2py {__version__} and the specification's tests: commands that pass, by directory. Made by",
        "`python -m tests.spec.conformance`; `proposals/custom-descriptors` is not a proposal that wasm2py takes.",
        "Modules in text form are no input of wasm2py and are not counted.",
        "",
        "| directory | files | commands | " + " | ".join(run.heading for run in runs) + " |",
        "|---|--:|--:|" + "--:|" * len(runs),
    ]
    for directory in directories:
        row = runs[0].rows[directory]
        cells = [directory, row["files"], row["commands"], *(run.rows[directory]["passed"] for run in runs)]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    options = arguments()
    runs = [run for python in options.python or [sys.executable] for run in compiled_runs(python)]
    runs += [run_alone(python) for python in options.alone]
    options.output.parent.mkdir(exist_ok=True)
    options.output.write_text(markdown(runs), encoding="utf-8")
    print(markdown(runs))
    return 1 if any(run.rows["total"]["passed"] < run.rows["total"]["commands"] for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
