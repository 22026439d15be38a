"""``python -m tests.spec.alone DIRECTORY``: run prepared scripts with the runtime alone, on any Python it supports.

The directory is made by ``python -m tests.spec --prepare DIRECTORY`` on a Python that runs the compiler.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
from pathlib import Path

from tests.spec.prepared import PreparedScript
from tests.spec.runner import Outcome, Runner
from tests.spec.table import as_text, list_failures, rows


def run_file(path: Path) -> tuple[PreparedScript, list[Outcome]]:
    script = PreparedScript(path)
    return script, list(Runner(script).run(script.commands))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.spec.alone", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("files", nargs="*", help="only scripts whose name contains one of these")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (default: one a core)")
    options = parser.parse_args()
    paths = sorted(options.directory.glob("*.json"))
    if options.files:
        paths = [path for path in paths if any(part in path.name for part in options.files)]
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        results = list(pool.imap(run_file, paths))
    list_failures(results)
    table = rows(results)
    if options.json:
        print(json.dumps([row.json() for row in table], indent=1))
    else:
        print(f"{platform.python_implementation()} {platform.python_version()}")
        print(as_text(table))
    return 1 if table[-1].failed else 0


if __name__ == "__main__":
    sys.exit(main())
