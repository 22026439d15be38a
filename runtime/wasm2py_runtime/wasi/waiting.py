"""Waiting until something of the host can be read or written."""

from __future__ import annotations

import select
from collections.abc import Mapping

#: What a handle is ready for.
READABLE, WRITABLE, HANGUP = 1, 2, 4


def wait_for(wanted: Mapping[int, int], timeout: int) -> list[tuple[int, int]]:
    """The handles that are ready for what is wanted of each, after at most ``timeout`` nanoseconds.

    HANGUP is reported whether it is wanted or not. OSError (EBADF) for a handle that is closed.
    """
    if not wanted:
        return []
    if hasattr(select, "poll"):
        return _poll(wanted, timeout)
    reads = [handle for handle, flags in wanted.items() if flags & READABLE]
    writes = [handle for handle, flags in wanted.items() if flags & WRITABLE]
    found = select.select(reads, writes, [], timeout / 1e9)
    flags = dict.fromkeys(found[0], READABLE)
    for handle in found[1]:
        flags[handle] = flags.get(handle, 0) | WRITABLE
    return list(flags.items())


def _poll(wanted: Mapping[int, int], timeout: int) -> list[tuple[int, int]]:
    poll = select.poll()
    for handle, flags in wanted.items():
        poll.register(handle, (select.POLLIN if flags & READABLE else 0) | (select.POLLOUT if flags & WRITABLE else 0))
    milliseconds = -(-timeout // 1_000_000)  # rounded up, so that nothing is early
    return [(handle, _flags(events)) for handle, events in poll.poll(milliseconds)]


def _flags(events: int) -> int:
    flags = READABLE if events & select.POLLIN else 0
    flags |= WRITABLE if events & select.POLLOUT else 0
    return flags | (HANGUP if events & (select.POLLHUP | select.POLLERR | select.POLLNVAL) else 0)
