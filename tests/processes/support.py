"""Other processes, which never outlive a test by much."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Callable

#: Ways to start a process: one that has everything, one that has nothing.
METHODS = ("fork", "spawn")
#: Whoever takes longer hangs.
PATIENCE = 60


def shared_segments() -> set[Path]:
    """The operating system's list of what processes share by name, whosever it is."""
    folder = Path("/dev/shm")
    return set(folder.iterdir()) if folder.is_dir() else set()


def left_behind(before: set[Path]) -> set[Path]:
    """What is new among the shared segments, and stays: locks of tests beside this one are named for a moment."""
    left = shared_segments() - before
    end = time.monotonic() + PATIENCE
    while left and time.monotonic() < end:
        time.sleep(0.01)
        left &= shared_segments()
    return left


@contextmanager
def running(method: str, function: Callable[..., None], *arguments: Any) -> Iterator[BaseProcess]:
    """A process that calls a function. At the end it is killed, if it still runs."""
    context: Any = multiprocessing.get_context(method)
    process: BaseProcess = context.Process(target=function, args=arguments, daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join(PATIENCE)


def ended(method: str, function: Callable[..., None], *arguments: Any) -> None:
    """Call a function in another process and wait for its end, which must be a good one."""
    with running(method, function, *arguments) as process:
        process.join(PATIENCE)
        assert process.exitcode == 0
