"""The task with a WASI program, by the runtime's own WASI in the place of what the task's driver writes by hand."""

from __future__ import annotations

import json
import runpy
import sys

import pytest

from tests.realworld import hostlib
from tests.realworld.tasks import Task
from tests.support.shared import need_shared

TASKS = need_shared("realworld", "tasks")


class Driven:
    """What the driver asks of its own WASI: made of arguments and input, ``run`` gives the exit code."""

    def __init__(self, args: list[str], stdin: bytes) -> None:
        self.args, self.stdin = args, stdin
        self.out = {1: bytearray(), 2: bytearray()}

    def run(self, host: hostlib.Host, name: str) -> int:
        module = host.compiled(name)
        return int(module.main(self.args, stdin=self.stdin, stdout=self.out[1], stderr=self.out[2]))


def test_c_libc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hostlib", hostlib)
    monkeypatch.setattr(sys, "path", list(sys.path))
    driver = runpy.run_path(str(TASKS / "wasi-c-libc" / "driver_wasmtime.py"), run_name="driver")
    monkeypatch.delitem(sys.modules, "wasi_min")
    run = driver["run"]
    monkeypatch.setitem(run.__globals__, "Wasi", Driven)
    assert run(hostlib.Host()) == json.loads(Task(TASKS / "wasi-c-libc").description["expected_output"])
