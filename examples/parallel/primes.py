"""A WebAssembly program with threads, on threads of Python and on processes.

    python primes.py [LIMIT [ROUNDS]]

counts the primes below LIMIT (primes.c) by one thread, by two threads of Python, and by two processes. Threads of
Python take turns; processes use as many cores as there are. With ROUNDS, each is done so often, in turns, and the
shortest times are shown.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import ModuleType

import wasm2py
from wasm2py_runtime.wasi import Threads

HERE = Path(__file__).parent
WAYS = (("one thread", 0, False), ("two threads", 1, False), ("two processes", 1, True))


def count(module: ModuleType, limit: int, others: int, processes: bool) -> tuple[int, float]:
    """The number of primes below a limit, and how long it took to count them."""
    threads = Threads(module, processes=processes)
    count_primes = threads.instantiate().exports.count_primes
    begin = time.perf_counter()
    found = threads.call(count_primes, limit, others)
    return found, time.perf_counter() - begin


def main(limit: int = 200_000, rounds: int = 1) -> None:
    """Count in all ways and compare."""
    module = wasm2py.load(HERE / "primes.wasm")
    results = [[count(module, limit, others, processes) for _, others, processes in WAYS] for _ in range(rounds)]
    best = [min(seconds for _, seconds in column) for column in zip(*results)]
    for (name, _, _), (found, _), seconds in zip(WAYS, results[0], best):
        print(f"{name}: {found} primes, {seconds:.2f} s, {best[0] / seconds:.2f} times the speed of one")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
