"""Worker processes that share a number of tasks with the process that starts them.

Nobody hands out tasks: their numbers stand in a queue that all processes read, so none waits for another one that is
busy. What a worker made comes back in one piece, when the queue is empty.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from wasm2py.errors import WorkerError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess
    from multiprocessing.queues import SimpleQueue

    #: numbers of tasks, and None for each process at the end
    _Queue = SimpleQueue[int | None]

_R = TypeVar("_R")

_DIED = (
    "a worker process died: of too little memory perhaps (fewer jobs need less), or because the main script starts its "
    'work without a test of __name__ == "__main__"'
)


class Team(Generic[_R]):
    """``count`` workers, which call ``work`` with an iterator of the tasks that they get and with ``arguments``.

    As a context: behind it there are no workers any more.
    """

    def __init__(
        self, method: str, count: int, tasks: int, work: Callable[..., _R], arguments: tuple[Any, ...]
    ) -> None:
        """Start the workers. Raises ImportError, OSError, NotImplementedError or AssertionError where none can be."""
        from multiprocessing import get_context

        context = get_context(method)
        self._queue: _Queue = context.SimpleQueue()
        self._processes: list[BaseProcess] = []
        self._results: list[Connection] = []
        try:
            for _ in range(count):
                self._start(context, work, arguments)
        except BaseException:
            self._end()
            raise
        for number in [*range(tasks), *[None] * (count + 1)]:
            self._queue.put(number)

    def __enter__(self) -> Team[_R]:
        return self

    def __exit__(self, *raised: object) -> None:
        self._end()

    def numbers(self) -> Iterator[int]:
        """The tasks that are left to this process. Raises WorkerError when it is known that a worker died."""
        from multiprocessing.connection import wait

        while True:
            ended = wait(self._results, 0)
            number = self._queue.get()
            if number is None:
                return
            if ended:  # while there was work
                raise WorkerError(_DIED)
            yield number

    def results(self) -> list[_R]:
        """What the workers made, when they are done. Raises WorkerError if one died."""
        try:
            return [result.recv() for result in self._results]
        except (EOFError, OSError):
            raise WorkerError(_DIED) from None

    def _start(self, context: BaseContext, work: Callable[..., _R], arguments: tuple[Any, ...]) -> None:
        result, sender = context.Pipe(duplex=False)
        process = context.Process(target=_main, args=(work, arguments, self._queue, sender), daemon=True)  # type: ignore[attr-defined]
        process.start()
        sender.close()  # so that the pipe ends when the worker does
        self._processes.append(process)
        self._results.append(result)

    def _end(self) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.join()


# In a worker ----------------------------------------------------------------------------------------------------------


def _main(work: Callable[..., _R], arguments: tuple[Any, ...], queue: _Queue, sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the parent stops us
    gc.disable()  # see wasm2py.collector
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sender.send(work(iter(queue.get, None), *arguments))


def _end_with_parent() -> None:
    """A parent that is killed cannot stop its workers."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
