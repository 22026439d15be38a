"""The table of descriptors of a guest: which number stands for what, and what may be done with it."""

from __future__ import annotations

import heapq
from types import TracebackType
from typing import Generic, Optional, TypeVar, cast

from .. import forking
from .errno import Errno, WasiError
from .flags import Rights
from .nodes import Directory, Entry, Node, refuse

N = TypeVar("N", bound=Node)
#: What it is to lack these rights is said as POSIX says it.
_ACCESS = Rights.FD_READ | Rights.FD_WRITE


class Descriptor:
    """An open node, with the rights and flags that it was opened with."""

    __slots__ = ("closed", "flags", "inheriting", "listing", "node", "numbers", "preopen", "rights", "users")

    def __init__(self, node: Node, rights: int, inheriting: int = 0, flags: int = 0, preopen: str = "") -> None:
        self.node, self.rights, self.inheriting, self.flags = node, rights, inheriting, flags
        #: The name that the guest knows it by, if it was there from the beginning; else empty.
        self.preopen = preopen
        #: What ``fd_readdir`` is listing.
        self.listing: Optional[list[Entry]] = None
        #: How many numbers stand for it.
        self.numbers = 1
        self.users = 0
        self.closed = False

    def require(self, rights: int) -> None:
        """ENOTCAPABLE unless it has these rights; EBADF for those to read and write."""
        lacking = rights & ~self.rights
        if lacking:
            refuse(Errno.EBADF if lacking & _ACCESS else Errno.ENOTCAPABLE)


class Use(Generic[N]):
    """A descriptor in use by a function: however others close it meanwhile, its node stays open until the end."""

    __slots__ = ("_table", "descriptor", "node")

    def __init__(self, table: DescriptorTable, descriptor: Descriptor) -> None:
        self._table, self.descriptor = table, descriptor
        self.node = cast(N, descriptor.node)

    def __enter__(self) -> Use[N]:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._table.release(self.descriptor)


class DescriptorTable:
    """Numbers are given out as in POSIX: the lowest that is free. Any thread may use it."""

    def __init__(self, limit: int) -> None:
        self._open: dict[int, Descriptor] = {}
        self._free: list[int] = []
        self._lock = forking.lock()
        self._limit = limit

    def add(self, descriptor: Descriptor) -> int:
        """A number for a new descriptor. EMFILE, and the node is closed, if there are too many."""
        try:
            with self._lock:
                self.require_room()
                number = heapq.heappop(self._free) if self._free else len(self._open)
                self._open[number] = descriptor
                return number
        except WasiError:
            descriptor.node.close()
            raise

    def require_room(self) -> None:
        """EMFILE if there is no room for another descriptor."""
        if len(self._open) >= self._limit:
            refuse(Errno.EMFILE)

    def __getitem__(self, number: int) -> Descriptor:
        """EBADF if the number stands for nothing."""
        try:
            return self._open[number]
        except KeyError:
            refuse(Errno.EBADF)

    def use(self, number: int, kind: type[N], rights: int = 0, otherwise: Errno = Errno.EBADF) -> Use[N]:
        """Use what a number stands for: a node of a kind (``otherwise`` if it is another), with these rights."""
        with self._lock:
            descriptor = self[number]
            if not isinstance(descriptor.node, kind):
                refuse(otherwise)
            descriptor.require(rights)
            descriptor.users += 1
        return Use(self, descriptor)

    def directory(self, number: int, rights: int) -> Use[Directory]:
        """Use a directory. ENOTDIR if it is something else."""
        return self.use(number, Directory, rights, Errno.ENOTDIR)

    def release(self, descriptor: Descriptor) -> None:
        with self._lock:
            descriptor.users -= 1
            last = descriptor.closed and not descriptor.users
        if last:
            descriptor.node.close()

    def close(self, number: int) -> None:
        """The number is free; the node is closed as soon as nobody uses it any more."""
        with self._lock:
            descriptor = self[number]
            del self._open[number]
            heapq.heappush(self._free, number)
        self._close(descriptor)

    def renumber(self, number: int, to: int) -> None:
        """Let ``to``, which is closed, stand for what ``number`` does, which is free then."""
        with self._lock:
            moved, replaced = self[number], self[to]
            if number == to:
                return
            self._open[to] = moved
            del self._open[number]
            heapq.heappush(self._free, number)
        self._close(replaced)

    def duplicate(self, number: int, least: int = 0) -> int:
        """Another number for the same descriptor, the lowest free one from ``least`` on. EMFILE if there is none."""
        with self._lock:
            shared = self[number]
            free = next((each for each in range(least, self._limit) if each not in self._open), None)
            if free is None:
                refuse(Errno.EMFILE)
            self._take(free)
            self._open[free] = shared
            shared.numbers += 1
        return free

    def replace(self, number: int, to: int) -> int:
        """Let ``to``, which is closed if it is open, stand for the same descriptor: that number."""
        with self._lock:
            shared = self[number]
            if to >= self._limit:
                refuse(Errno.EBADF)
            replaced = self._open.get(to)
            if replaced is None:
                self._take(to)
            self._open[to] = shared
            shared.numbers += 1
        if replaced is not None:
            self._close(replaced)
        return to

    def _take(self, number: int) -> None:
        """Let a number not be free any more. Those below it that were never given out are free then."""
        for each in range(len(self._open) + len(self._free), number + 1):
            heapq.heappush(self._free, each)
        self._free.remove(number)
        heapq.heapify(self._free)

    def close_all(self) -> None:
        """Close everything; then raise the first error that there was, if any."""
        errors: list[Exception] = []
        for number in list(self._open):
            try:
                self.close(number)
            except (OSError, WasiError) as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def _close(self, descriptor: Descriptor) -> None:
        with self._lock:
            descriptor.numbers -= 1
            if descriptor.numbers:
                return
            descriptor.closed = True
            if descriptor.users:
                return
        descriptor.node.close()
