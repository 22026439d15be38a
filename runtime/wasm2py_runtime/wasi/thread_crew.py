"""The threads of a program as threads of Python."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable

from .interruption import interrupt

#: Seconds in which threads end that were told to. Those that call the host at that time are left behind, as daemons.
_PATIENCE = 1.0


class ThreadCrew:
    """Starts threads. ``failed`` is told which one has ended by an exception, and by which."""

    def __init__(self, program: Any, failed: Callable[[int, BaseException], None]) -> None:
        self._program = program
        self._failed = failed
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, thread: int, argument: int) -> bool:
        """Start a thread. Whether that was possible."""
        made = threading.Thread(target=self._run, args=(thread, argument), name=f"wasm thread {thread}", daemon=True)
        with self._lock:
            self._threads.append(made)
        try:
            made.start()
        except RuntimeError:
            self._remove(made)
            return False
        return True

    def _run(self, thread: int, argument: int) -> None:
        try:
            instance = self._program.linker.instantiate(self._program.module)
            instance.exports["wasi_thread_start"](thread, argument)
        except BaseException as error:
            self._remove(threading.current_thread())
            self._failed(thread, error)
        else:
            self._remove(threading.current_thread())

    def _remove(self, thread: threading.Thread) -> None:
        with self._lock:
            self._threads.remove(thread)

    def _others(self) -> list[threading.Thread]:
        with self._lock:
            return [thread for thread in self._threads if thread is not threading.current_thread()]

    def running(self) -> int:
        """How many threads have been started and have not ended."""
        return len(self._threads)

    def join(self) -> None:
        """Wait until all have ended, those included that they start."""
        while self._others():
            self._others()[0].join()

    def end(self) -> None:
        """Make all threads end, but for the one that calls this."""
        others = self._others()
        for thread in others:
            if thread.ident is not None:
                interrupt(thread.ident)
        patience = time.monotonic() + _PATIENCE
        for thread in others:
            if thread.ident is not None:
                thread.join(max(0, patience - time.monotonic()))
