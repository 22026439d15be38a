"""Files of the host: bytes go between the file and the memory of the guest without a copy in between."""

from __future__ import annotations

import os
import stat as modes
from collections.abc import Sequence
from typing import Any, Optional, Union

from .errno import Errno
from .flags import FdFlags, FileType
from .nodes import File, OpenMode, Stat, refuse

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_TYPES = (
    (modes.S_ISREG, FileType.REGULAR_FILE),
    (modes.S_ISDIR, FileType.DIRECTORY),
    (modes.S_ISLNK, FileType.SYMBOLIC_LINK),
    (modes.S_ISCHR, FileType.CHARACTER_DEVICE),
    (modes.S_ISBLK, FileType.BLOCK_DEVICE),
    (modes.S_ISSOCK, FileType.SOCKET_STREAM),
)
#: Hosts that lack the functions for several buffers copy at most so many bytes at once.
_PORTION = 1 << 20
_64_BITS = 0xFFFF_FFFF_FFFF_FFFF


def type_of(mode: int) -> int:
    """The FileType for a ``st_mode``."""
    return next((type for is_type, type in _TYPES if is_type(mode)), FileType.UNKNOWN)


def stat_of(found: os.stat_result) -> Stat:
    return Stat(
        found.st_dev & _64_BITS,
        found.st_ino & _64_BITS,
        type_of(found.st_mode),
        found.st_nlink,
        found.st_size,
        found.st_atime_ns & _64_BITS,
        found.st_mtime_ns & _64_BITS,
        found.st_ctime_ns & _64_BITS,
    )


class HostFile(File):
    """A file that this process has open as ``fd``, with the position that the system keeps for it."""

    def __init__(self, fd: int, mode: OpenMode, read_only: bool) -> None:
        self._fd, self.read_only = fd, read_only
        self._readable, self._writable = mode.read or not mode.write, mode.write
        self.type = type_of(os.fstat(fd).st_mode)

    def read(self, buffers: Sequence[memoryview]) -> int:
        if hasattr(os, "readv"):
            return os.readv(self._fd, buffers)
        return filled(buffers, os.read(self._fd, _size(buffers)))

    def write(self, buffers: Sequence[memoryview]) -> int:
        if hasattr(os, "writev"):
            return os.writev(self._fd, buffers)
        return os.write(self._fd, _joined(buffers))

    def read_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._fd, buffers, offset)
        return filled(buffers, _pread(self._fd, _size(buffers), offset))

    def write_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        if hasattr(os, "pwritev"):
            return os.pwritev(self._fd, buffers, offset)
        return _pwrite(self._fd, _joined(buffers), offset)

    def seek(self, offset: int, whence: int) -> int:
        return os.lseek(self._fd, offset, whence)

    def set_size(self, size: int) -> None:
        if not self._writable:
            refuse(Errno.EINVAL)
        os.ftruncate(self._fd, size)

    def stat(self) -> Stat:
        return stat_of(os.fstat(self._fd))

    def set_times(self, accessed: Optional[int], modified: Optional[int]) -> None:
        if os.utime not in os.supports_fd:
            refuse(Errno.ENOTSUP)
        old = os.fstat(self._fd)
        os.utime(
            self._fd,
            ns=(
                old.st_atime_ns if accessed is None else accessed,
                old.st_mtime_ns if modified is None else modified,
            ),
        )

    def set_flags(self, flags: int) -> None:
        if fcntl is None:
            refuse(Errno.ENOTSUP)
        now = fcntl.fcntl(self._fd, fcntl.F_GETFL) & ~(os.O_APPEND | os.O_NONBLOCK)
        now |= os.O_APPEND if flags & FdFlags.APPEND else 0
        now |= os.O_NONBLOCK if flags & FdFlags.NONBLOCK else 0
        fcntl.fcntl(self._fd, fcntl.F_SETFL, now)

    def synchronise(self, data_only: bool) -> None:
        synchronise = getattr(os, "fdatasync", os.fsync) if data_only else os.fsync
        synchronise(self._fd)

    def fileno(self) -> Optional[int]:
        return None if self.type == FileType.REGULAR_FILE else self._fd

    def available(self) -> int:
        return super().available() if self.type == FileType.REGULAR_FILE else 1

    def close(self) -> None:
        os.close(self._fd)


# Where the host cannot do it with several buffers ---------------------------------------------------------------------


def _size(buffers: Sequence[memoryview]) -> int:
    """How much to read at once."""
    return min(_PORTION, sum(map(len, buffers)))


def _joined(buffers: Sequence[memoryview]) -> Any:
    """What to write at once: the first buffer, or several that are small."""
    return buffers[0] if buffers and len(buffers[0]) >= _PORTION // 16 else b"".join(buffers)[:_PORTION]


def filled(buffers: Sequence[memoryview], data: Union[bytes, bytearray]) -> int:
    """Distribute data over buffers. The length of the data."""
    at = 0
    for buffer in buffers:
        part = data[at : at + len(buffer)]
        buffer[: len(part)] = part
        at += len(part)
    return at


def _pread(fd: int, length: int, offset: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(fd, length, offset)
    before = os.lseek(fd, 0, os.SEEK_CUR)
    try:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.read(fd, length)
    finally:
        os.lseek(fd, before, os.SEEK_SET)


def _pwrite(fd: int, data: Any, offset: int) -> int:
    if hasattr(os, "pwrite"):
        return os.pwrite(fd, data, offset)
    before = os.lseek(fd, 0, os.SEEK_CUR)
    try:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.write(fd, data)
    finally:
        os.lseek(fd, before, os.SEEK_SET)
