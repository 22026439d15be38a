"""Threads that wait at addresses of a shared memory (threads proposal, "Wait and notify")."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Callable, Optional

from .errors import Stopped

#: What wait gives: woken by notify; the value was not the expected one; the time was over.
WOKEN, NOT_EQUAL, TIMED_OUT = 0, 1, 2


class Waiters:
    """Who waits at which address of a memory: for each thread a lock that it sleeps on, in the order of their coming.

    The queues have a lock of their own, which nobody holds while asleep. It is reentrant for the sake of signal
    handlers that notify.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._queues: dict[int, deque[Any]] = {}
        self._stopped: Optional[str] = None

    def wait(self, address: int, is_expected: Callable[[], bool], timeout: int) -> int:
        """Sleep until notified, for at most ``timeout`` nanoseconds (negative: for ever), unless the value differs.

        Raises Stopped once ``stop`` has been called.
        """
        bell = threading.Lock()
        bell.acquire()
        with self._lock:
            self._check()
            if not is_expected():
                return NOT_EQUAL
            self._queues.setdefault(address, deque()).append(bell)
        try:
            bell.acquire(timeout=_seconds(timeout))
        finally:
            still_there = self._leave(address, bell)
        if not still_there:
            return WOKEN
        self._check()
        return TIMED_OUT

    def _check(self) -> None:
        if self._stopped is not None:
            raise Stopped(self._stopped)

    def _leave(self, address: int, bell: Any) -> bool:
        """Whether the thread was still waiting, so that nobody has counted it as woken."""
        with self._lock:
            queue = self._queues.get(address, ())
            if bell not in queue:
                return False
            self._queues[address].remove(bell)
            if not self._queues[address]:
                del self._queues[address]
            return True

    def notify(self, address: int, count: int) -> int:
        """Wake at most ``count`` threads, those that have waited longest. How many."""
        woken = 0
        with self._lock:
            queue = self._queues.get(address)
            while queue and woken < count:
                queue.popleft().release()
                woken += 1
            if queue is not None and not queue:
                self._queues.pop(address, None)
        return woken

    def stop(self, reason: str) -> None:
        """Wake everybody, to raise Stopped, now and whenever somebody comes."""
        with self._lock:
            self._stopped = reason
            for bell in [bell for queue in self._queues.values() for bell in queue]:
                bell.release()


def _seconds(nanoseconds: int) -> float:
    """For ``Lock.acquire``, -1 being for ever. What is longer than Python can wait (292 years on most systems) is."""
    seconds = nanoseconds / 1e9
    return seconds if 0 <= seconds <= threading.TIMEOUT_MAX else -1
