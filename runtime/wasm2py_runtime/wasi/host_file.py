"""Files of the host: bytes go between the file and the memory of the guest without a copy in between."""

from __future__ import annotations

import os
import stat as modes
from collections.abc import Sequence
from typing import Optional

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
        self._writable = mode.write
        self.type = type_of(os.fstat(fd).st_mode)

    def read(self, buffers: Sequence[memoryview]) -> int:
        return os.readv(self._fd, buffers)

    def write(self, buffers: Sequence[memoryview]) -> int:
        return os.writev(self._fd, buffers)

    def read_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        return os.preadv(self._fd, buffers, offset)

    def write_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        return os.pwritev(self._fd, buffers, offset)

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
