"""wasi-threads: ``thread-spawn``, on threads of Python or on processes by choice.

A thread is another instance of the program, linked with the same things and with the same shared memory, of which
``wasi_thread_start(thread, argument)`` is called. Threads of Python take turns; processes run on all cores.
"""

from __future__ import annotations

import threading
from itertools import count
from typing import Any, Callable, NamedTuple, Optional

from ..errors import Stopped
from ..linker import Linker
from ..memory import Memory
from .host import Wasi
from .interruption import Ended, interrupt
from .outcomes import ProcExit

#: Thread identifiers are 1 to this one (wasi-threads).
_LAST_THREAD = 0x1FFFFFFF


class Program(NamedTuple):
    """What a thread is made of: a module, and what it is linked with."""

    module: Any
    linker: Linker
    wasi: Optional[Wasi]


class Threads:
    """The threads of one program.

        threads = Threads(app_mod, wasi=Wasi(config), processes=True)
        code = threads.run()

    ``module`` imports ``wasi`` ``thread-spawn`` and at least one shared memory, and exports ``wasi_thread_start``. What
    it imports beside that, ``linker`` and ``wasi`` define. A shared memory that the linker does not have is made.

    With ``processes``, threads are processes, and shared memories are ProcessMemory. Processes are forked, or made in
    another way that multiprocessing knows: ``context="spawn"``. A forked process has everything as it was at that
    moment, open files included; for other ways, ``prepare`` is a function that can be pickled and returns the Program
    in the new process. Host functions are called in the process of their thread.

    The first exception that leaves a thread ends all of them: ``call`` raises it. So does ``proc_exit`` of any thread,
    and a process that dies (ThreadDied). ``limit`` is how many threads may run at once beside the first; beyond that,
    as wherever the system refuses, ``thread-spawn`` gives -1.

    ValueError for a module that does not import a shared memory, or whose memory processes cannot share.
    """

    def __init__(
        self,
        module: Any,
        linker: Optional[Linker] = None,
        wasi: Optional[Wasi] = None,
        *,
        processes: bool = False,
        context: Optional[str] = None,
        prepare: Optional[Callable[[], Program]] = None,
        limit: int = 256,
    ) -> None:
        self.linker = linker if linker is not None else Linker()
        self.program = Program(module, self.linker, wasi)
        self.memories = _shared_memories(module, self.linker, processes)
        self._limit = limit
        self._lock = threading.RLock()
        self._identifiers = count(1)
        self._caller: Optional[int] = None
        self._failure: Optional[BaseException] = None
        self._crew = self._crew_of_processes(context, prepare) if processes else self._crew_of_threads()
        self.linker.define("wasi", "thread-spawn", self.spawn)
        if wasi is not None:
            wasi.define(self.linker)

    def _crew_of_threads(self) -> Any:
        from .thread_crew import ThreadCrew

        return ThreadCrew(self.program, self._fail)

    def _crew_of_processes(self, context: Optional[str], prepare: Optional[Callable[[], Program]]) -> Any:
        from .process_crew import ProcessCrew

        return ProcessCrew(self.program, self.memories, self._fail, self.spawn, context, prepare)

    # The program ------------------------------------------------------------------------------------------------------

    def instantiate(self) -> Any:
        """An instance for the first thread. Raises what ``Linker.instantiate`` raises."""
        module, linker, wasi = self.program
        return linker.instantiate(module) if wasi is None else wasi.instantiate(module, linker)

    def run(self) -> int:
        """Run a command (``_start``) to its end, and with it that of all threads: its exit code."""
        module, linker, wasi = self.program
        if wasi is not None:
            start: Callable[[], Any] = lambda: wasi.run(module, linker)  # noqa: E731
        else:
            start = self.instantiate().exports["_start"]
        try:
            return self.call(start) or 0
        except ProcExit as end:
            return end.code

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function of the first thread's instance; when it returns, all other threads are ended.

        The program is over if there were any: nobody can wait at its memories any more (``Memory.stop``).
        Raises what it raises, or what any other thread raised before.
        """
        result = None
        try:
            result = self._interruptible(function, arguments)
        except BaseException as error:
            self._caller = None
            self._note(error)
        self._end("the program has ended", bool(self._crew.running()))
        if self._failure is not None:
            raise self._failure
        return result

    def _interruptible(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Call a function, during which ``_fail`` may interrupt this thread: within the locks at the latest."""
        try:
            with self._lock:
                self._caller = threading.get_ident()
            return function(*arguments)
        finally:
            with self._lock:
                self._caller = None

    def join(self) -> None:
        """Wait until no other thread runs, and raise what ended one. For functions that leave threads at work."""
        self._crew.join()
        if self._failure is not None:
            raise self._failure

    def spawn(self, argument: int) -> int:
        """``thread-spawn``: start a thread with this argument. Its identifier, or -1."""
        with self._lock:
            if self._failure is not None or self._crew.running() >= self._limit:
                return -1
            thread = next(self._identifiers)
            if thread > _LAST_THREAD:
                return -1
            return thread if self._crew.start(thread, argument) else -1

    # The end ----------------------------------------------------------------------------------------------------------

    def _note(self, error: BaseException) -> bool:
        """Whether this is why the program ends: the first error is."""
        with self._lock:
            if self._failure is not None or isinstance(error, (Ended, Stopped)):
                return False
            self._failure = error
            return True

    def _fail(self, thread: int, error: BaseException) -> None:
        """An exception has left a thread, or it died."""
        if not self._note(error):
            return
        if hasattr(error, "add_note") and not isinstance(error, ProcExit):
            error.add_note(f"in thread {thread} of the program")
        with self._lock:
            if self._caller is not None:
                interrupt(self._caller)
        self._end(f"thread {thread} has ended the program: {error}", True)

    def _end(self, reason: str, others: bool) -> None:
        """End all threads but the first one. If there are others, nobody waits any more."""
        if others:
            for memory in self.memories.values():
                memory.stop(reason)
        self._crew.end()


def _shared_memories(module: Any, linker: Linker, processes: bool) -> dict[tuple[str, str], Memory]:
    """The shared memories that the module imports, by name, made where there are none."""
    kind: type[Memory] = _process_memory() if processes else Memory
    memories = linker.shared_memories(module, kind)
    if not memories:
        raise ValueError("the module imports no shared memory, so its threads would have none in common")
    for name, memory in memories.items():
        if not isinstance(memory, kind):
            raise ValueError(f"processes can share a ProcessMemory; {'.'.join(name)} is {memory!r}")
    return memories


def _process_memory() -> type[Memory]:
    from ..processes import ProcessMemory

    return ProcessMemory
