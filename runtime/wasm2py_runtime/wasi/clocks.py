"""Clocks, random numbers and sleep, as the system has them or as a configuration replaces them."""

from __future__ import annotations

import os
import time
from typing import Any, Callable

from .errno import Errno
from .flags import ClockId
from .nodes import refuse

#: The name of each clock in the module ``time``.
_CLOCKS = {
    ClockId.REALTIME: "time",
    ClockId.MONOTONIC: "monotonic",
    ClockId.PROCESS_CPUTIME: "process_time",
    ClockId.THREAD_CPUTIME: "thread_time",
}
#: What reads each of them, in nanoseconds; not every host has a clock for threads.
_READERS: dict[int, Any] = {number: getattr(time, f"{name}_ns", None) for number, name in _CLOCKS.items()}


def system_clock(clock_id: int) -> int:
    """The time of a clock (``ClockId``) in nanoseconds. EINVAL if there is no such clock."""
    reader = _READERS.get(clock_id)
    if reader is None:
        refuse(Errno.ENOTSUP if clock_id in _CLOCKS else Errno.EINVAL)
    return reader()  # type: ignore[no-any-return]


def resolution(clock_id: int) -> int:
    """The resolution of a clock in nanoseconds, at least 1. EINVAL if there is no such clock."""
    name = _CLOCKS.get(clock_id)
    if name is None:
        refuse(Errno.EINVAL)
    info: Any = time.get_clock_info
    try:
        seconds: float = info(name).resolution
    except ValueError:
        refuse(Errno.ENOTSUP)
    return max(1, round(seconds * 1e9))


def system_random(count: int) -> bytes:
    """Random bytes of the system, good enough for keys."""
    return os.urandom(count)


class FixedClock:
    """A clock that nothing but the guest moves: each look at it takes ``step`` nanoseconds, and sleep its time."""

    def __init__(self, start: int, step: int) -> None:
        self._now, self._start, self._step = start, start, step

    def __call__(self, clock_id: int) -> int:
        """The time of a clock in nanoseconds. All go at the same pace; only one of them knows the date."""
        if clock_id not in _CLOCKS:
            refuse(Errno.EINVAL)
        self._now += self._step
        return self._now if clock_id == ClockId.REALTIME else self._now - self._start

    def sleep(self, seconds: float) -> None:
        self._now += round(seconds * 1e9)


def fixed_random(seed: int) -> Callable[[int], bytes]:
    """Bytes that depend on nothing but the seed, the same in every version of Python."""
    from random import Random  # which takes longer to import than all of this package

    source = Random(seed)
    return lambda count: source.getrandbits(8 * count).to_bytes(count, "little") if count else b""
