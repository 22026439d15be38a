"""The shared tasks: which there are, and how one is run in a process of its own.

``python -m tests.realworld.tasks TASK`` is that process. It prints the result as JSON.
"""

from __future__ import annotations

import hashlib
import json
import runpy
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.support.shared import REPOSITORY


@dataclass(frozen=True)
class Task:
    """A directory with a driver, its inputs, and ``task.json``, which says what must come out."""

    directory: Path

    @property
    def name(self) -> str:
        return self.directory.name

    @cached_property
    def description(self) -> dict[str, Any]:
        return json.loads((self.directory / "task.json").read_text())

    def run(self, timeout: float = 300.0) -> dict[str, Any]:
        """The result of running the driver on wasm2py; raises CalledProcessError if it fails."""
        command = [sys.executable, "-m", "tests.realworld.tasks", str(self.directory)]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=timeout, check=False)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stderr[-6000:]}")
        return json.loads(done.stdout)

    def right(self, result: dict[str, Any]) -> bool:
        """Whether the output is the expected one, by text and by hash."""
        digest = hashlib.sha256(result["output"].encode()).hexdigest()
        return (result["output"], digest) == (self.description["expected_output"], self.description["expected_sha256"])


def tasks(directory: Path) -> list[Task]:
    return [Task(path.parent) for path in sorted(directory.glob("*/task.json"))]


def run_driver(directory: Path) -> None:
    """Run a driver as a script, unchanged, with our ``hostlib`` in the place of the shared one."""
    from tests.realworld import hostlib

    # The driver puts the directory of the shared hostlib first on sys.path, but looks here before.
    sys.modules["hostlib"] = hostlib
    runpy.run_path(str(directory / "driver_wasmtime.py"), run_name="__main__")


if __name__ == "__main__":
    run_driver(Path(sys.argv[1]))
