"""Threads of several processes that wait at addresses of a memory (threads proposal, "Wait and notify").

A thread that waits has a slot in the segment: the address, a ticket that tells the order of coming, a semaphore to
sleep on, and a mutex that it holds, by which the others know that it is alive. One mutex guards all slots. It is held
for looking at the value and taking the slot, so that no notify can be missed, and by nobody who sleeps.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Callable

from ..errors import Stopped
from ..waiters import NOT_EQUAL, TIMED_OUT, WOKEN
from . import posix
from .segment import NEXT_TICKET, SLOT_COUNT, SLOTS, STOPPED, Segment


class Queue:
    """Who waits at which address of the memory in a segment; as ``Waiters`` for the threads of a process."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._addresses = segment.slots[:SLOTS]  # plus 1; 0 is a free slot
        self._tickets = segment.slots[SLOTS:]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        posix.acquire(self._segment.queue_mutex)
        try:
            yield
        finally:
            posix.release(self._segment.queue_mutex)

    def wait(self, address: int, is_expected: Callable[[], bool], timeout: int) -> int:
        """Sleep until notified, for at most ``timeout`` nanoseconds (negative: for ever), unless the value differs.

        Raises Stopped once any process has called ``stop``.
        """
        with self._alone():
            self._check()
            if not is_expected():
                return NOT_EQUAL
            slot = self._enter(address)
        try:
            self._sleep(slot, timeout)
        finally:
            still_there = self._leave(slot)
        if not still_there:
            return WOKEN
        self._check()
        return TIMED_OUT

    def _enter(self, address: int) -> int:
        """Take a free slot. One whose thread is still about to leave is free to see, but its mutex is not."""
        words = self._segment.words
        for slot in range(SLOTS):
            if slot == words[SLOT_COUNT]:
                self._add_slot(slot)
            if self._addresses[slot] == 0:
                mutex = self._segment.slot_mutex(slot)
                result = posix.try_acquire(mutex)
                if result != errno.EBUSY:
                    posix.settle(mutex, result)
                    break
        else:
            raise Stopped(f"more than {SLOTS} threads wait at addresses of one memory")
        posix.drain(self._segment.semaphore(slot))
        self._tickets[slot] = words[NEXT_TICKET] = words[NEXT_TICKET] + 1
        self._addresses[slot] = address + 1
        return slot

    def _add_slot(self, slot: int) -> None:
        posix.create_mutexes([self._segment.slot_mutex(slot)], recursive=False)
        posix.create_semaphore(self._segment.semaphore(slot))
        self._segment.words[SLOT_COUNT] = slot + 1

    def _sleep(self, slot: int, timeout: int) -> None:
        semaphore, words = self._segment.semaphore(slot), self._segment.words
        rest = end = timeout / 1e9 if timeout >= 0 else float("inf")
        begin = time.monotonic()
        while self._addresses[slot] and not words[STOPPED] and rest > 0:
            posix.sleep(semaphore, rest)
            rest = begin + end - time.monotonic()

    def _leave(self, slot: int) -> bool:
        """Whether the thread was still waiting, so that nobody has counted it as woken."""
        with self._alone():
            still_there: bool = self._addresses[slot] != 0
            self._addresses[slot] = 0
            posix.release(self._segment.slot_mutex(slot))
        return still_there

    def notify(self, address: int, count: int) -> int:
        """Wake at most ``count`` threads, those that have waited longest. How many; the dead are not counted."""
        woken = 0
        mutex = self._segment.queue_mutex
        posix.acquire(mutex)  # mostly for nothing: this is quicker than a context manager
        try:
            seen = self._addresses[: self._segment.words[SLOT_COUNT]].tolist()
            if address + 1 in seen:
                for slot in self._waiting_at(address, seen):
                    woken += woken < count and self._wake(slot)
        finally:
            posix.release(mutex)
        return woken

    def _waiting_at(self, address: int, seen: list[int]) -> list[int]:
        """The slots of those who wait there, in the order of their coming."""
        found = [slot for slot, key in enumerate(seen) if key == address + 1]
        return sorted(found, key=self._tickets.__getitem__)

    def _wake(self, slot: int) -> bool:
        """Whether there was anybody alive to wake."""
        alive = posix.belongs_to_the_living(self._segment.slot_mutex(slot))
        self._addresses[slot] = 0
        if alive:
            posix.post(self._segment.semaphore(slot))
        return alive

    def stop(self, reason: str) -> None:
        """Wake everybody in all processes, to raise Stopped, now and whenever somebody comes."""
        with self._alone():
            self._segment.reason = reason
            self._segment.words[STOPPED] = 1
            for slot in range(self._segment.words[SLOT_COUNT]):
                if self._addresses[slot]:
                    posix.post(self._segment.semaphore(slot))

    def _check(self) -> None:
        if self._segment.words[STOPPED]:
            raise Stopped(self._segment.reason)
