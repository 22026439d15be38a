"""The threads of a program as processes, which one process starts, watches and ends: that of the first thread.

Each has a connection to it, by which it asks for threads and says how it has ended. A thread of the first process
listens to all of them, and notices who dies without a word. A process whose parent dies kills itself.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Mapping
from multiprocessing.connection import Connection, wait
from typing import Any, Callable, NamedTuple, Optional

from ..memory import Memory
from .outcomes import ThreadDied, ThreadError

#: What was imported under which name.
Memories = Mapping[tuple[str, str], Memory]


#: Instead of a message, that there will be none.
_DEAD = object()
#: Seconds in which a process ends that has said that its thread has ended.
_PATIENCE = 2.0


class _Traceback(Exception):
    """The traceback in another process, as text."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


class _Worker(NamedTuple):
    thread: int
    process: Any
    connection: Any


class ProcessCrew:
    """Starts processes. ``failed`` is told which thread has ended by an exception, ``spawn`` asked for another one."""

    def __init__(
        self,
        program: Any,
        memories: Memories,
        failed: Callable[[int, BaseException], None],
        spawn: Callable[[int], int],
        method: Optional[str],
        prepare: Optional[Callable[[], Any]],
    ) -> None:
        if method is None:
            method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        if method != "fork" and prepare is None:
            raise ValueError(f"a process that is not forked but made by {method!r} needs a function `prepare`")
        self._context: Any = multiprocessing.get_context(method)
        self._prepare = prepare if method != "fork" else lambda: program
        self._memories, self._failed, self._spawn = memories, failed, spawn
        self._lock = threading.RLock()
        self._workers: list[_Worker] = []
        self._supervisor: Optional[threading.Thread] = None
        self._bell, self._ring = multiprocessing.Pipe(duplex=False)

    def start(self, thread: int, argument: int) -> bool:
        """Start a process. Whether that was possible."""
        here, there = self._context.Pipe()
        arguments = there, self._prepare, dict(self._memories), thread, argument
        process = self._context.Process(target=_work, args=arguments, name=f"wasm thread {thread}", daemon=True)
        try:
            process.start()
        except (OSError, AssertionError):  # which multiprocessing raises in a process that is to have no children
            here.close()
            return False
        finally:
            there.close()
        with self._lock:
            self._workers.append(_Worker(thread, process, here))
            self._supervise()
        return True

    def running(self) -> int:
        """How many processes have been started and have not ended."""
        return len(self._workers)

    def join(self) -> None:
        """Wait until all have ended, those included that they start."""
        while True:
            supervisor = self._supervisor
            if supervisor is None:
                return
            supervisor.join()

    def end(self) -> None:
        """Kill all processes."""
        with self._lock:
            workers, self._workers = self._workers, []
            for worker in workers:
                worker.process.kill()
            self._ring.send(None)
        for worker in workers:
            worker.process.join()
        if self._supervisor is not threading.current_thread():
            self.join()
        for worker in workers:  # which the supervisor no longer reads from
            worker.connection.close()

    # The supervisor ---------------------------------------------------------------------------------------------------

    def _supervise(self) -> None:
        """Let the supervisor know of all processes; it ends with the last one."""
        if self._supervisor is None:
            self._supervisor = threading.Thread(target=self._watch, name="wasm thread supervisor", daemon=True)
            self._supervisor.start()
        else:
            self._ring.send(None)

    def _watch(self) -> None:
        while True:
            with self._lock:
                workers = list(self._workers)
                if not workers:
                    self._supervisor = None
                    return
            sources = [worker.connection for worker in workers] + [worker.process.sentinel for worker in workers]
            ready = set(wait([self._bell, *sources]))
            while self._bell.poll():
                self._bell.recv()
            for worker in workers:
                if worker.connection in ready or worker.process.sentinel in ready:
                    self._attend(worker)

    def _attend(self, worker: _Worker) -> None:
        """Do what a process asks for, or notice that it has ended."""
        try:
            message: Any = worker.connection.recv() if worker.connection.poll() else _DEAD
            if isinstance(message, int):
                worker.connection.send(self._spawn(message))
                return
        except (EOFError, OSError):
            message = _DEAD
        if message is _DEAD:
            worker.process.join()
            self._bury(worker, ThreadDied(_cause_of_death(worker)))
        else:
            self._bury(worker, _restored(*message) if message else None)

    def _bury(self, worker: _Worker, error: Optional[BaseException]) -> None:
        if not self._remove(worker):
            return
        if error is not None:
            self._failed(worker.thread, error)
        worker.process.join(_PATIENCE)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()

    def _remove(self, worker: _Worker) -> bool:
        """Whether it was still known: ``end`` has killed those that are not."""
        with self._lock:
            if worker not in self._workers:
                return False
            self._workers.remove(worker)
            return True


def _cause_of_death(worker: _Worker) -> str:
    code = worker.process.exitcode
    names = {known.value: known.name for known in signal.Signals}
    how = f"was killed by {names.get(-code, -code)}" if code < 0 else f"ended with exit code {code}"
    return f"process {worker.process.pid} of thread {worker.thread} {how}"


# In the process -----------------------------------------------------------------------------------------------------


def _work(connection: Connection, prepare: Callable[[], Any], memories: Memories, thread: int, argument: int) -> None:
    """What a process does: be one thread of the program."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    try:
        module, linker, wasi = prepare()
        for name, memory in memories.items():
            linker.define(*name, memory)
        linker.define("wasi", "thread-spawn", lambda argument: _ask(connection, argument))
        if wasi is not None:
            wasi.define(linker)
            wasi.memory = next(iter(memories.values()))
        linker.instantiate(module).exports["wasi_thread_start"](thread, argument)
        message = None
    except BaseException as error:
        message = _described(error)
    connection.send(message)
    connection.close()


def _ask(connection: Connection, argument: int) -> int:
    connection.send(argument)
    answer: int = connection.recv()
    return answer


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


def _described(error: BaseException) -> tuple[Optional[bytes], str]:
    """An exception as it can be sent: pickled, if that is possible, and its text."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    try:
        pickled = pickle.dumps(error)
        pickle.loads(pickled)
    except Exception:
        return None, text
    return pickled, text


def _restored(pickled: Optional[bytes], text: str) -> BaseException:
    error: BaseException = pickle.loads(pickled) if pickled else ThreadError(text.splitlines()[-1])
    error.__cause__ = _Traceback(text)
    return error
