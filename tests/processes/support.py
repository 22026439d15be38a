"""Other processes, which never outlive a test by much."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any, Callable

#: Ways to start a process: one that has everything, one that has nothing.
METHODS = ("fork", "spawn")
#: Whoever takes longer hangs.
PATIENCE = 60


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
