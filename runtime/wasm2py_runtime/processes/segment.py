"""The segment: an anonymous file that processes map, with a memory at its beginning and their common state behind it.

The file is as long as the memory may become, and sparse. It has no name, so nothing can be left over: it is gone with
the last process that has it, however that ends.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from ..reservation import GRANULE
from . import posix

#: How many mutexes keep atomic updates apart, how many bounds views can have, and how many threads can wait at once.
STRIPES, BOUNDS, SLOTS = 64, 2048, 1024

# The places of the common state, from its beginning.
_REASON = 1024  # before it, the words
_MUTEXES = 4096
_SLOT_MUTEXES = _MUTEXES + (STRIPES + 2) * posix.SIZE
_SEMAPHORES = _SLOT_MUTEXES + SLOTS * posix.SIZE
_SLOT_WORDS = _SEMAPHORES + SLOTS * posix.SIZE
_BOUND_WORDS = _SLOT_WORDS + SLOTS * 2 * 8
_END = _BOUND_WORDS + BOUNDS * 4 * 8
#: The length of the common state.
STATE = -(-_END // GRANULE) * GRANULE

# The words at its beginning.
SIZE_IN_BYTES, BOUND_COUNT, NEXT_TICKET, SLOT_COUNT, STOPPED, LAST_THREAD = range(6)


class Segment:
    """A mapping of the file: ``capacity`` bytes for the memory, then the state. It owns ``descriptor``, the file's.

    MemoryError if there is no room to map it.
    """

    def __init__(self, descriptor: int, capacity: int) -> None:
        self.descriptor, self.capacity = descriptor, capacity
        weakref.finalize(self, os.close, descriptor)
        try:
            self.region = mmap.mmap(descriptor, capacity + STATE)
        except (OSError, ValueError, OverflowError) as error:
            raise _no_room(capacity, error) from None
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self.region))
        state = memoryview(self.region)[capacity:]
        self.words: Any = state[:_REASON].cast("Q")
        self._reason = state[_REASON:_MUTEXES]
        self.slots: Any = state[_SLOT_WORDS:_BOUND_WORDS].cast("Q")
        self.bounds: Any = state[_BOUND_WORDS:_END].cast("q")
        mutexes = [self._pointer(_MUTEXES, index) for index in range(STRIPES + 2)]
        *self.stripes, self.queue_mutex, self.growth_mutex = mutexes
        self.bound_address = self.address + capacity + _BOUND_WORDS
        #: Which bound belongs to views of which width, offset and step, as far as this process knows.
        self.places: dict[tuple[int, ...], int] = {}

    @classmethod
    def create(cls, capacity: int) -> Segment:
        """A new one, all zero. MemoryError if there is no room for it."""
        descriptor = _anonymous_file()
        try:
            os.ftruncate(descriptor, capacity + STATE)
        except OSError as error:
            os.close(descriptor)
            raise _no_room(capacity, error) from None
        segment = cls(descriptor, capacity)
        posix.create_mutexes([*segment.stripes, segment.queue_mutex, segment.growth_mutex], recursive=True)
        return segment

    def _pointer(self, place: int, index: int) -> posix.Pointer:
        return posix.pointer(self.address + self.capacity + place + index * posix.SIZE)

    def slot_mutex(self, slot: int) -> posix.Pointer:
        """The mutex that a waiting thread holds, so that the others know that it lives."""
        return self._pointer(_SLOT_MUTEXES, slot)

    def semaphore(self, slot: int) -> posix.Pointer:
        """What a waiting thread sleeps on."""
        return self._pointer(_SEMAPHORES, slot)

    @property
    def reason(self) -> str:
        """Why nobody is to wait any more."""
        return bytes(self._reason).rstrip(b"\0").decode("utf-8", "replace")

    @reason.setter
    def reason(self, text: str) -> None:
        length = len(self._reason)
        self._reason[:] = text.encode("utf-8", "replace")[:length].ljust(length, b"\0")

    @contextmanager
    def growing(self) -> Iterator[bool]:
        """Hold the mutex of all that concerns the size. Whether a process died while it held it."""
        died = posix.acquire(self.growth_mutex)
        try:
            yield died
        finally:
            posix.release(self.growth_mutex)


def _anonymous_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("wasm memory", os.MFD_CLOEXEC)
    file: BinaryIO
    with tempfile.TemporaryFile(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as file:
        return os.dup(file.fileno())


def _no_room(capacity: int, error: Exception) -> MemoryError:
    return MemoryError(f"no room for a WebAssembly memory of {capacity} bytes: {error}")
