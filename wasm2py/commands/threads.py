"""Programs with threads (wasi-threads), as ``wasm2py run`` starts them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from wasm2py.commands.common import RunError, UsageError
from wasm2py_runtime import Import, Linker, MemoryType, Trap

if TYPE_CHECKING:
    from wasm2py_runtime.wasi import Threads, Wasi

T = TypeVar("T")


def add_threads_options(parser: argparse.ArgumentParser) -> None:
    """The arguments that say what threads are: ``args.threads`` is None, ``"threads"`` or ``"processes"``."""
    group = parser.add_argument_group("threads", "for programs that import wasi thread-spawn and a shared memory")
    group.add_argument(
        "--threads", action="store_const", const="threads", help="start them as threads of Python, which take turns"
    )
    group.add_argument(
        "--threads=processes", dest="threads", action="store_const", const="processes",
        help="start them as processes, which run on all cores",
    )  # fmt: skip


def given_by_threads(entry: Import, args: argparse.Namespace) -> bool:
    """Whether the threads of a program come with this import."""
    if args.threads is None:
        return False
    is_memory = isinstance(entry.type, MemoryType) and entry.type.shared
    return is_memory or (entry.module, entry.name) == ("wasi", "thread-spawn")


def threads_for(module: ModuleType, linker: Linker, wasi: Wasi | None, args: argparse.Namespace) -> Threads | None:
    """The threads of the program that is to run; None if it is to have none."""
    if args.threads is None:
        return None
    from wasm2py_runtime.wasi import Threads

    try:
        return Threads(module, linker, wasi, processes=args.threads == "processes")
    except (ValueError, OSError) as error:  # no shared memory; a platform that has none for processes
        raise UsageError(f"--threads: {error}") from error


def with_threads(threads: Threads | None, call: Callable[[], T]) -> T:
    """Call what may start threads, and end them. RunError if it was one of them that failed."""
    if threads is None:
        return call()
    from wasm2py_runtime.wasi import ThreadDied, ThreadError

    try:
        result: T = threads.call(call)
    except Trap as error:
        raise RunError(f"trap in a thread: {error}") from error
    except (ThreadDied, ThreadError) as error:
        raise RunError(str(error)) from error
    return result
