"""The functions of a module, translated by several processes at once.

The unit of work is a range of functions. The processes take ranges in turns, the largest first, so that all are done at
about the same time. This process takes part, once it has validated the module; workers begin before, as nearly all
modules are valid. They have the module from the start, inherited from this process or decoded again, so that only
numbers of ranges go there, and text comes back at the end. The text is the same whatever the number of processes.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from wasm2py.binary import decode
from wasm2py.codegen.module import Context, Functions, Progress, checked_context, is_small, translate_functions
from wasm2py.module import Module
from wasm2py.options import Options
from wasm2py.workers import Team

#: Ranges for each process: the more there are, the less the last one to end keeps the others waiting.
_RANGES = 32


def translate_in_processes(
    data: bytes, module: Module, options: Options, jobs: int, progress: Progress | None
) -> tuple[Context, Functions]:
    """Validate ``module``, which is ``data`` decoded, and translate all its functions with ``jobs`` processes.

    Where there are no processes, and for a small module, this one does it alone. Raises ValidationError; WorkerError if
    a worker died; what translating raises, for the lowest function first.
    """
    sizes = [len(function.body) for function in module.functions]
    if jobs == 1 or is_small(module):
        return _alone(module, options, progress)
    ranges = sorted(split(sizes, jobs * _RANGES), key=lambda each: -sum(sizes[each.start : each.stop]))
    try:
        team = _team(data, module, options, ranges, jobs)
    except (ImportError, OSError, NotImplementedError, AssertionError) as error:
        warnings.warn(f"no worker processes here ({error})", RuntimeWarning, stacklevel=4)
        return _alone(module, options, progress)
    with team:
        context = checked_context(module, options)
        own = _own_share(context, team, ranges, progress)
        functions = _joined(context, [own, *team.results()])
    if progress:
        progress(len(sizes), len(sizes))
    return context, functions


def _alone(module: Module, options: Options, progress: Progress | None) -> tuple[Context, Functions]:
    context = checked_context(module, options)
    return context, translate_functions(context, range(len(module.functions)), progress)


def split(sizes: list[int], count: int) -> list[range]:
    """At most ``count`` ranges of positions, of about the same sum of ``sizes``, that cover all."""
    ends = [0]
    target = sum(sizes) / count
    for position, total in enumerate(accumulate(sizes), 1):
        if total >= target * len(ends) or position == len(sizes):
            ends.append(position)
    return [range(start, end) for start, end in zip(ends, ends[1:], strict=False)]


@dataclass
class _Share:
    """What one process did, and what it failed to do."""

    done: Functions = field(default_factory=Functions)
    failed: list[range] = field(default_factory=list)

    def take(self, context: Context, positions: range) -> None:
        try:
            self.done.extend(translate_functions(context, positions))
        except Exception:  # which of all errors is raised does not depend on who is quick: see _joined
            self.failed.append(positions)


def _own_share(context: Context, team: Team[_Share], ranges: list[range], progress: Progress | None) -> _Share:
    share = _Share()
    begun = list(accumulate(map(len, ranges)))  # by all processes, when a range begins
    for number in team.numbers():
        share.take(context, ranges[number])
        if progress:
            progress(begun[number], begun[-1])
    return share


def _joined(context: Context, shares: list[_Share]) -> Functions:
    """All functions in order. What failed is tried again in order, and mostly raises the same again, here."""
    functions = Functions()
    for share in shares:
        functions.extend(share.done)
    for positions in sorted((each for share in shares for each in share.failed), key=lambda each: each.start):
        functions.extend(translate_functions(context, positions))
    functions.texts.sort(key=lambda text: text.index)
    return functions


def _team(data: bytes, module: Module, options: Options, ranges: list[range], jobs: int) -> Team[_Share]:
    """Workers that know the module. Raises ImportError, OSError, … where there cannot be any."""
    method = _start_method()
    source = module if method == "fork" else data  # arguments are inherited, or else copied
    return Team(method, jobs - 1, len(ranges), _work, (source, options, ranges))


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


def _work(numbers: Iterator[int], source: Module | bytes, options: Options, ranges: list[range]) -> _Share:
    """What a worker does."""
    share = _Share()
    try:
        context = Context(decode(source) if isinstance(source, bytes) else source, options)
    except Exception:  # the module is not valid, which the first process is about to find out
        return share
    for number in numbers:
        share.take(context, ranges[number])
    return share
