"""``python -m tests.spec``: run the specification tests and print what passed, by directory."""

from __future__ import annotations

import argparse
import fnmatch
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from tests.spec.compiling import run, write
from tests.spec.scripts import Script, scripts
from tests.spec.table import as_markdown, as_text, list_failures, rows
from tests.support.engine import verify_stage
from tests.support.shared import shared_path
from wasm2py.options import SWITCHES, TARGETS, Options

Result = TypeVar("Result")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.spec", description=__doc__)
    parser.add_argument("files", nargs="*", help="only scripts whose name contains one of these")
    parser.add_argument("--dir", action="append", help="only this directory (may hold wildcards); may be repeated")
    parser.add_argument("--level", type=int, choices=(0, 1, 2), default=2, help="optimisation level (default: 2)")
    parser.add_argument("--target", choices=TARGETS, default="cpython", help="what the code is made for")
    parser.add_argument("--disable-pass", action="append", choices=SWITCHES, default=[], help="may be repeated")
    parser.add_argument("--assert-ranges", action="store_true", help="check what the compiler knows of integers")
    parser.add_argument("--verify-ir", action="store_true", help="check the IR between the passes")
    parser.add_argument("--prepare", type=Path, metavar="DIR", help="write files for tests.spec.alone instead")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--quiet", action="store_true", help="do not list the failures on stderr")
    return parser.parse_args()


def chosen(options: argparse.Namespace) -> list[Script]:
    every = scripts(shared_path("spec-tests", "spec-tests.zip"))
    if options.dir:
        every = [s for s in every if any(fnmatch.fnmatch(s.directory, pattern) for pattern in options.dir)]
    if options.files:
        every = [s for s in every if any(part in s.file for part in options.files)]
    return every


def for_all(todo: list[Script], do: Callable[[Script], Result], jobs: int) -> list[Result]:
    """One script at a time to each process, because they differ a thousandfold in size."""
    if jobs == 1:
        return list(map(do, todo))
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return list(pool.imap(do, todo))


def switches(options: argparse.Namespace) -> Options:
    return Options(
        optimize=options.level,
        target=options.target,
        disabled_passes=tuple(options.disable_pass),
        assert_ranges=options.assert_ranges,
    )


def main() -> int:
    options = arguments()
    started = time.perf_counter()
    todo = chosen(options)
    if options.prepare:
        options.prepare.mkdir(parents=True, exist_ok=True)
        for_all(todo, partial(write, options=switches(options), directory=options.prepare), options.jobs)
        return 0
    observe = verify_stage if options.verify_ir else None
    results = list(zip(todo, for_all(todo, partial(run, options=switches(options), observe=observe), options.jobs)))
    table = rows(results)
    if not options.quiet:
        list_failures(results)
        print(f"level {options.level}, {time.perf_counter() - started:.0f} s", file=sys.stderr)
    if options.json:
        print(json.dumps([row.json() for row in table], indent=1))
    else:
        print(as_markdown(table) if options.markdown else as_text(table))
    return 1 if table[-1].failed else 0


if __name__ == "__main__":
    sys.exit(main())
