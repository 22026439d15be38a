"""``fcntl`` and ``ioctl``, and descriptors that stand for the same file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wasi.errno import Errno, WasiError
from ..wasi.flags import FdFlags, FileType, Rights
from ..wasi.streams import Stream
from .direct import call
from .errno import EINVAL
from .syscalls import syscall

if TYPE_CHECKING:
    from .host import Emscripten

_DUPLICATE, _GET_FD, _SET_FD, _GET_FLAGS, _SET_FLAGS = range(5)
_GET_LOCK, _SET_LOCK, _SET_LOCK_WAIT = 12, 13, 14
_UNLOCKED = 2
_DUPLICATE_CLOSING = 1030
_APPEND, _NON_BLOCKING = 1024, 2048

_WINDOW_SIZE, _AVAILABLE = 21523, 21531
_ROWS, _COLUMNS = 24, 80


@syscall("iiip")
def __syscall_fcntl64(host: Emscripten, descriptor: int, command: int, arguments: int) -> int:
    opened = host.wasi.descriptors[descriptor]
    if command in (_GET_FD, _SET_FD, _SET_LOCK, _SET_LOCK_WAIT):
        return 0  # there are no other processes
    if command in (_DUPLICATE, _DUPLICATE_CLOSING):
        return host.wasi.descriptors.duplicate(descriptor, host.guest.read_integer(arguments, 4))
    if command == _GET_FLAGS:
        return _open_flags(opened.rights, opened.flags)
    if command == _SET_FLAGS:
        return _set_flags(host, descriptor, host.guest.read_integer(arguments, 4))
    if command == _GET_LOCK:
        host.guest.write_integer(host.guest.read_pointer(arguments), 2, _UNLOCKED)
        return 0
    return -EINVAL


def _open_flags(rights: int, flags: int) -> int:
    reads, writes = rights & Rights.FD_READ, rights & Rights.FD_WRITE
    access = (2 if reads else 1) if writes else 0
    append = _APPEND if flags & FdFlags.APPEND else 0
    return access | append | (_NON_BLOCKING if flags & FdFlags.NONBLOCK else 0)


def _set_flags(host: Emscripten, descriptor: int, flags: int) -> int:
    kept = host.wasi.descriptors[descriptor].flags & FdFlags.SYNCHRONOUS
    append = FdFlags.APPEND if flags & _APPEND else 0
    chosen = kept | append | (FdFlags.NONBLOCK if flags & _NON_BLOCKING else 0)
    call(host.wasi, "fd_fdstat_set_flags", descriptor, chosen)
    return 0


@syscall("ii")
def __syscall_dup(host: Emscripten, descriptor: int) -> int:
    return host.wasi.descriptors.duplicate(descriptor)


@syscall("iiii")
def __syscall_dup3(host: Emscripten, descriptor: int, to: int, flags: int) -> int:
    if descriptor == to:
        return -EINVAL
    return host.wasi.descriptors.replace(descriptor, to)


@syscall("iiip")
def __syscall_ioctl(host: Emscripten, descriptor: int, request: int, arguments: int) -> int:
    """What a terminal is asked: its size, which is not known, so the usual one.

    The standard streams count as terminals, as with Emscripten itself: C libraries write lines to those at once, and a
    guest may end without a flush.
    """
    node = host.wasi.descriptors[descriptor].node
    if request == _AVAILABLE:
        host.guest.write_integer(host.guest.read_pointer(arguments), 4, node.available())
        return 0
    if not isinstance(node, Stream) and node.type != FileType.CHARACTER_DEVICE:
        raise WasiError(Errno.ENOTTY)
    if request != _WINDOW_SIZE:
        return -EINVAL
    window = host.guest.read_pointer(arguments)
    host.guest.write_integer(window, 2, _ROWS)
    host.guest.write_integer(window + 2, 2, _COLUMNS)
    return 0
