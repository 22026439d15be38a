"""One engine in a process of its own: ``python -m benchmarks.worker ENGINE``. Any Python from 3.9 on, and PyPy.

It answers each line of JSON on standard input with one on standard output; what engines print goes to standard error.
The first line it writes says what it is. Then ``{"workload": NAME, ...}`` prepares work, and ``{"sample": true}``
does it and answers how many seconds of the processor's time it took.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from typing import Any, TextIO

from benchmarks.adapters import ADAPTERS, Adapter
from benchmarks.workloads import WORKLOADS, Work

#: Before it is measured, work is done for so many seconds: what specialises or compiles as it runs has done so then.
#: PyPy's compiler is still at it after one second in some kernels.
WARM_UP = 2.0 if platform.python_implementation() == "PyPy" else 0.3
#: A sample takes at least about so many seconds: short work is repeated, and the mean is the sample.
SAMPLE = 0.02


def seconds(work: Work, times: int = 1) -> float:
    """The time of doing some work so many times, of the processor: other work on the machine disturbs it less."""
    gc.collect()
    started = time.process_time()
    for _ in range(times):
        work()
    return time.process_time() - started


def fitting(times: int, taken: float) -> int:
    """How often to repeat work for a sample, when doing it ``times`` times took ``taken`` seconds."""
    return max(1, round(times * min(SAMPLE / taken, 100.0))) if taken else times * 100


class Server:
    """The answers to requests."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.work: Work = lambda: None
        self.times = 1

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"seconds": self.sample()} if "sample" in request else self.prepare(**request)
        except Exception as error:  # whatever an engine raises, the others go on
            return {"error": f"{type(error).__name__}: {error}"[:500]}

    def prepare(self, workload: str, **arguments: Any) -> dict[str, Any]:
        """Make some work ready, and warm up."""
        self.work = WORKLOADS[workload](self.adapter, **arguments)
        self.times, spent = 1, 0.0
        while spent < WARM_UP:
            taken = seconds(self.work, self.times)
            self.times = fitting(self.times, taken)
            spent += taken
        return {}

    def sample(self) -> float:
        """The mean time of doing the work once."""
        return seconds(self.work, self.times) / self.times


def description(adapter: Adapter) -> dict[str, str]:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return {"version": adapter.version, "python": python}


def answers() -> TextIO:
    """Standard output, which from now on is standard error for everybody else."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return channel


def requests() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        yield json.loads(line)


def main(engine: str) -> None:
    channel = answers()

    def say(answer: dict[str, Any]) -> None:
        print(json.dumps(answer), file=channel, flush=True)

    try:
        adapter = ADAPTERS[engine]()
    except Exception as error:  # it is not installed, or does not run on this Python
        say({"error": f"{type(error).__name__}: {error}"[:500]})
        return
    say(description(adapter))
    server = Server(adapter)
    for request in requests():
        say(server.answer(request))


if __name__ == "__main__":
    main(sys.argv[1])
