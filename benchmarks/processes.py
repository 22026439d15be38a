"""Processes that measure, seen from the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any

from tests.support.shared import REPOSITORY

_CALL = """
import importlib, json, sys
name, function, arguments = sys.argv[1:]
print(json.dumps(getattr(importlib.import_module(name), function)(*json.loads(arguments))))
"""


class Unavailable(Exception):
    """An engine cannot be started; the message says why."""


class Failed(Exception):
    """An engine could not do what it was asked to, or did it wrong."""


def run_function(module: str, function: str, *arguments: Any) -> dict[str, float]:
    """What a function of one of our modules returns in a new process of this Python."""
    command = [sys.executable, "-c", _CALL, f"benchmarks.{module}", function, json.dumps(arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, env=_environment(), stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _environment() -> dict[str, str]:
    """Lets any interpreter find the project's packages, installed or not, and keep what it compiled of them."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "runtime")])}


class Worker:
    """An engine that waits for work. A context: it ends with it.

    Raises Unavailable where the engine does not start, Failed where it cannot do something.
    """

    def __init__(self, key: str, python: str | None) -> None:
        if python is None:
            raise Unavailable("no interpreter found")
        command = [python, "-m", "benchmarks.worker", key]
        try:
            self._process = subprocess.Popen(
                command, cwd=REPOSITORY, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(str(error)) from error
        self.description = self._hello()

    def _hello(self) -> dict[str, str]:
        try:
            return self._answer()
        except Failed as error:
            self.close()
            raise Unavailable(str(error)) from error

    def prepare(self, workload: str, **arguments: Any) -> None:
        self._ask({"workload": workload, **arguments})

    def sample(self) -> float:
        """Do what was prepared; the seconds that it took."""
        seconds: float = self._ask({"sample": True})["seconds"]
        return seconds

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise Failed("the process ended") from None
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "the process ended"}
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
