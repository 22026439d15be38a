"""Memories that several processes share (threads proposal): all see the same bytes, growth included."""

from __future__ import annotations

import os
import weakref
from multiprocessing import reduction
from typing import Any, Callable, Optional

from .. import forking
from ..atomics import Operation
from ..memory import MAXIMUM_BYTES, Memory
from ..reservation import GRANULE
from ..types import PAGE_SIZE, MemoryType
from . import bounds, posix
from .queue import Queue
from .segment import SIZE_IN_BYTES, STRIPES, Segment


class ProcessMemory(Memory):
    """A shared memory (``Memory(minimum, maximum, shared=True)``) that other processes can use as well.

    A forked process has it; ``multiprocessing`` and ``concurrent.futures`` pass it to any process as an argument, in a
    queue or through a pipe: what is passed is the segment, not a copy. Atomic instructions, wait and notify work
    between all threads of all these processes. The maximum is reserved at once, as an anonymous file without a name:
    it takes up no room until it is written to, and is gone with the last process that has it. (Where there is less
    address space, less is reserved: ``capacity``.)

    Raises ValueError for impossible limits, MemoryError if there is no room. It needs Linux, and CPython or PyPy:
    elsewhere, importing it raises OSError.
    """

    __slots__ = ("_page", "_segment")

    def __init__(self, minimum: int, maximum: int, index_type: str = "i32", page_size: int = PAGE_SIZE) -> None:
        type = MemoryType(minimum, maximum, True, index_type, page_size)  # checks the limits
        if minimum * page_size > MAXIMUM_BYTES:
            raise ValueError(
                f"a memory of {minimum} pages is too large: at most {MAXIMUM_BYTES // page_size} are possible"
            )
        segment = _reserve(minimum * page_size, min(maximum * page_size, MAXIMUM_BYTES))
        segment.words[SIZE_IN_BYTES] = minimum * page_size
        self._attach(segment, type)

    @classmethod
    def of_type(cls, type: MemoryType) -> ProcessMemory:
        """A new memory of this type, which must be that of a shared memory."""
        if not type.shared or type.maximum is None:
            raise ValueError(f"processes can share a memory that is shared: {type} is not")
        return cls(type.minimum, type.maximum, type.index_type, type.page_size)

    def _attach(self, segment: Segment, type: MemoryType) -> None:
        """Fill the slots of a new object. (``Memory.__init__`` would reserve private memory.)"""
        self._segment, self._page = segment, type.page_size
        self.maximum, self.shared, self.index_type, self.page_size = type.maximum, True, type.index_type, type.page_size
        self._region = segment.region
        self._raw = memoryview(segment.region)[: segment.capacity]
        assert type.maximum is not None
        self._capacity = min(type.maximum, segment.capacity // type.page_size)
        self._lock = forking.lock()
        self._make_view = segment_views(segment)
        self._atomics, self._views, self._resizes = None, {}, []
        _of_this_process[_identity(segment.descriptor)] = self

    @property
    def _limit(self) -> int:  # type: ignore[override]
        return self._segment.words[SIZE_IN_BYTES]  # type: ignore[no-any-return]

    @property
    def size(self) -> int:  # type: ignore[override]
        """The current size in pages. Read only: use ``grow``."""
        return self._segment.words[SIZE_IN_BYTES] // self._page  # type: ignore[no-any-return]

    def grow(self, delta: int) -> int:
        """Add ``delta`` pages of zeros, for all processes. The size before, or -1 (``memory.grow``)."""
        if delta < 0:
            raise ValueError(f"a memory cannot grow by {delta} pages")
        with self._segment.growing() as owner_died:
            old = self.size
            possible = old + delta <= self._capacity
            if possible or owner_died:
                bounds.move(self._segment, (old + delta * possible) * self._page)
        return old if possible else -1

    def interlock(self) -> Optional[Callable[[Operation], Operation]]:
        """An operation holds the mutex of its address."""
        return _interlock(self._segment.stripes)

    def make_waiters(self) -> Any:
        """Those who wait are known in the segment."""
        return Queue(self._segment)

    def __reduce__(self) -> Any:
        """Only multiprocessing can pass the segment, which a pickle in a file would not contain."""
        raise TypeError("a ProcessMemory is passed by multiprocessing and concurrent.futures; nothing else pickles it")


def _reserve(minimum: int, wanted: int) -> Segment:
    """A segment for so many bytes, or, where there is no room for that, for the largest half of it that there is."""
    least, length = _whole_granules(minimum), _whole_granules(wanted)
    while True:
        try:
            return Segment.create(length)
        except MemoryError:
            if length == least:
                raise
            length = max(least, _whole_granules(length // 2))


def _whole_granules(length: int) -> int:
    return max(1, -(-length // GRANULE)) * GRANULE


#: The memories of this process by device and inode, so that one that comes back is the one that was sent.
_of_this_process: weakref.WeakValueDictionary[tuple[int, int], ProcessMemory] = weakref.WeakValueDictionary()


def _identity(descriptor: int) -> tuple[int, int]:
    status = os.fstat(descriptor)
    return status.st_dev, status.st_ino


def _send(memory: ProcessMemory) -> Any:
    """What multiprocessing pickles: the descriptor goes along with it."""
    segment = memory._segment
    return _receive, (reduction.DupFd(segment.descriptor), segment.capacity, memory.type)


def _receive(sent: Any, capacity: int, type: MemoryType) -> ProcessMemory:
    descriptor = sent.detach()
    known = _of_this_process.get(_identity(descriptor))
    if known is not None:
        os.close(descriptor)
        return known
    memory = ProcessMemory.__new__(ProcessMemory)
    memory._attach(Segment(descriptor, capacity), type)
    return memory


reduction.register(ProcessMemory, _send)


def segment_views(segment: Segment) -> Any:
    """The maker of views of a segment, for ``Memory.typed_view``."""

    def make_view(region: Any, code: str, size: int, offset: int = 0, step: int = 1) -> Any:
        return bounds.typed_view(segment, code, offset, step)

    return make_view


def _interlock(stripes: list[posix.Pointer]) -> Callable[[Operation], Operation]:
    """What makes an operation hold one of the mutexes, the same one for all bytes of a word.

    The mutex is taken within the ``try``, since a signal handler may raise at any call. To release one that is not
    held does nothing.
    """
    try_acquire, settle, release, last = posix.try_acquire, posix.settle, posix.release, STRIPES - 1

    def interlock(operation: Operation) -> Operation:
        def alone(address: int, *operands: int) -> Any:
            mutex = stripes[address >> 3 & last]
            try:
                if busy := try_acquire(mutex):
                    settle(mutex, busy)
                return operation(address, *operands)
            finally:
                release(mutex)

        def alone_with_one(address: int, operand: int) -> Any:
            mutex = stripes[address >> 3 & last]
            try:
                if busy := try_acquire(mutex):
                    settle(mutex, busy)
                return operation(address, operand)
            finally:
                release(mutex)

        return alone_with_one if operation.__code__.co_argcount == 2 else alone

    return interlock
