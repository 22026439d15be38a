"""The functions of a module, translated by several processes at once.

The unit of work is a range of functions. A worker has the module from the start, inherited from this process or decoded
again, so that only positions go there and text comes back. The text is the same whatever the number of processes.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
import warnings
from concurrent.futures import BrokenExecutor, Executor
from itertools import accumulate

from wasm2py.binary import decode
from wasm2py.codegen.module import Context, Functions, Progress, translate_functions
from wasm2py.errors import WorkerError
from wasm2py.options import Options

#: Ranges for each worker: the more there are, the less the last one to end keeps the others waiting.
_RANGES = 8

#: In a worker: what it translates.
_context: Context | None = None


_DIED = (
    "a worker process died: of too little memory perhaps (fewer jobs need less), or because the main script starts its "
    'work without a test of __name__ == "__main__"'
)


def translate_in_processes(data: bytes, context: Context, jobs: int, progress: Progress | None) -> Functions:
    """Translate all functions of the module ``data``, which ``context`` is of, with ``jobs`` processes.

    Where there are no processes, and for a small module, this one does it alone. Raises what a worker raised, that for
    the lowest function first; WorkerError if one died.
    """
    sizes = [len(function.body) for function in context.module.functions]
    everything = range(len(sizes))
    if jobs == 1 or context.small:
        return translate_functions(context, everything, progress)
    try:
        executor = _executor(data, context, jobs)
    except (ImportError, OSError, NotImplementedError) as error:
        warnings.warn(f"no worker processes here ({error})", RuntimeWarning, stacklevel=4)
        return translate_functions(context, everything, progress)
    with executor:
        return _translate(executor, split(sizes, jobs * _RANGES), progress)


def split(sizes: list[int], count: int) -> list[range]:
    """At most ``count`` ranges of positions, of about the same sum of ``sizes``, that cover all."""
    ends = [0]
    target = sum(sizes) / count
    for position, total in enumerate(accumulate(sizes), 1):
        if total >= target * len(ends) or position == len(sizes):
            ends.append(position)
    return [range(start, end) for start, end in zip(ends, ends[1:], strict=False)]


def _translate(executor: Executor, ranges: list[range], progress: Progress | None) -> Functions:
    done, total = Functions(), ranges[-1].stop
    try:
        futures = [executor.submit(_translate_range, each) for each in ranges]
        for each, future in zip(ranges, futures, strict=True):
            done.extend(future.result())
            if progress:
                progress(each.stop, total)
    except BrokenExecutor:
        raise WorkerError(_DIED) from None
    except BaseException:  # KeyboardInterrupt too
        executor.shutdown(cancel_futures=True)
        raise
    return done


def _executor(data: bytes, context: Context, jobs: int) -> Executor:
    """Workers that know the module. Raises ImportError, OSError or NotImplementedError where there cannot be any."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    method = _start_method()
    if method == "fork":  # arguments are inherited, not copied
        return ProcessPoolExecutor(jobs, get_context(method), _start, (context,))
    return ProcessPoolExecutor(jobs, get_context(method), _start_anew, (data, context.options))


def _start_method() -> str:
    """How the platform starts processes; but a process with several threads is not forked."""
    from multiprocessing import get_start_method

    method = get_start_method()
    return "spawn" if method == "fork" and _threads() > 1 else method


def _threads() -> int:
    """The threads of this process; on Linux also those of libraries, which Python does not know."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


# In a worker ----------------------------------------------------------------------------------------------------------


def _start_anew(data: bytes, options: Options) -> None:
    _start(Context(decode(data), options))


def _start(context: Context) -> None:
    """What a worker does first."""
    global _context
    _context = context
    gc.disable()  # see wasm2py.collector
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the parent stops us
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed cannot stop its workers."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _translate_range(positions: range) -> Functions:
    assert _context is not None
    return translate_functions(_context, positions)
