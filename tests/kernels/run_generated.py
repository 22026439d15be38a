"""Runs generated kernels with nothing but the runtime, so that any Python that the runtime knows can do it.

    PYTHONPATH=<runtime>:<generated> python run_generated.py MODULE:N:CHECKSUM ...

Prints a JSON list of [module, n, result, seconds]; the exit code is 1 if a result is not the checksum.
This file must run on Python 3.9 and PyPy, and must not import wasm2py.
"""

from __future__ import annotations

import importlib
import json
import sys
import time


def run(name: str, n: int) -> tuple[int, float]:
    """The checksum of a kernel and the seconds that it took, instantiation not included."""
    exports = importlib.import_module(name).Module().exports
    if "_initialize" in exports:
        exports["_initialize"]()
    started = time.perf_counter()
    result = exports["run"](n)
    return result, time.perf_counter() - started


def main(jobs: list[str]) -> int:
    wrong = 0
    report = []
    for job in jobs:
        name, n, checksum = job.split(":")
        result, seconds = run(name, int(n))
        wrong += result != int(checksum)
        report.append([name, int(n), result, round(seconds, 4)])
    assert "wasm2py" not in sys.modules, "generated code needs the runtime only"
    print(json.dumps(report))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
