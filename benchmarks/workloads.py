"""What a worker can be told to do. Runs in the workers: any Python from 3.9 on, and PyPy.

A workload takes an adapter and its own arguments, does what is not to be timed, and returns a function that does the
work and checks what comes out.
"""

from __future__ import annotations

import itertools
import os
import runpy
from collections.abc import Callable
from typing import Any

from benchmarks.adapters import Adapter

Work = Callable[[], object]


class WrongResult(Exception):
    """The engine computed something else than what is known to be right."""


def kernel(engine: Adapter, file: str, n: int, expected: int, initialize: bool) -> Work:
    """``run(n)`` of a kernel, in one instance."""
    exports = engine.module(file, {})()
    if initialize:
        exports("_initialize")()
    run = exports("run")
    return lambda: _check(run(n) & 0xFFFFFFFF, expected & 0xFFFFFFFF)


def function(engine: Adapter, file: str, name: str, n: int, expected: int) -> Work:
    """One function of a module, of one i32."""
    run = engine.module(file, {})()(name)
    return lambda: _check(run(n) & 0xFFFFFFFF, expected)


def task(engine: Adapter, directory: str, expected: str) -> Work:
    """A real-world task: its driver's ``run``, so the host's part is included; modules are compiled at the first."""
    host = engine.hosts()
    run = runpy.run_path(os.path.join(directory, "driver_wasmtime.py"))["run"]
    from tests.realworld.hostlib import output_text

    return lambda: _check(output_text(run(host())), expected)


def export_call(engine: Adapter, file: str, count: int) -> Work:
    """Calls of an exported function of two i32 by Python."""
    add = engine.module(file, CALLBACKS)()("add")
    _check(add(2, 3), 5)

    def work() -> None:
        for _ in itertools.repeat(None, count):
            add(2, 3)

    return work


def callback(engine: Adapter, file: str, count: int) -> Work:
    """Calls of a Python function by a loop in wasm."""
    loop = engine.module(file, CALLBACKS)()("loop")
    return lambda: _check(loop(count), 0)


def round_trip(engine: Adapter, file: str, count: int) -> Work:
    """Calls of an exported function that calls a Python function: host → wasm → host."""
    there = engine.module(file, CALLBACKS)()("there")
    _check(there(7), 6)

    def work() -> None:
        for _ in itertools.repeat(None, count):
            there(7)

    return work


def instance(engine: Adapter, file: str) -> Work:
    """A new instance of a module that is loaded."""
    return engine.module(file, {})


CALLBACKS = {"host": {"decrement": lambda value: value - 1}}


def _check(found: Any, expected: Any) -> None:
    if found != expected:
        raise WrongResult(f"{found!r:.200} instead of {expected!r:.200}")


WORKLOADS: dict[str, Callable[..., Work]] = {
    each.__name__: each for each in (kernel, function, task, export_call, callback, round_trip, instance)
}
