"""Open files of a file system of fsspec, and what it says about files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Optional

from .. import forking
from .buffers import filled
from .errno import Errno, WasiError
from .flags import FileType
from .inodes import FileInode
from .memory_nodes import MemoryFile
from .nodes import Clock, File, OpenMode, Stat, refuse

if TYPE_CHECKING:
    from .fsspec_tree import FsspecTree

_TYPES = {"file": FileType.REGULAR_FILE, "directory": FileType.DIRECTORY, "link": FileType.SYMBOLIC_LINK}
_TIMES = ("mtime", "modified", "LastModified", "last_modified", "updated", "created")


@contextmanager
def errors() -> Iterator[None]:
    """What implementations raise beside OSError is as various as they are: it is EIO, or ENOTSUP."""
    try:
        yield
    except (OSError, WasiError):
        raise
    except NotImplementedError as error:
        raise WasiError(Errno.ENOTSUP) from error
    except Exception as error:
        raise WasiError(Errno.EIO) from error


def type_of(info: dict[str, Any]) -> int:
    return _TYPES.get(str(info.get("type")), FileType.UNKNOWN)


def size_of(info: dict[str, Any]) -> int:
    return int(info.get("size") or 0)


def time_of(info: dict[str, Any]) -> int:
    """When it was changed, in nanoseconds, if that is known: implementations have several names for it."""
    for name in _TIMES:
        value = info.get(name)
        value = value.timestamp() if isinstance(value, datetime) else value
        if isinstance(value, (int, float)):
            return max(0, int(value * 1e9))
    return 0


def inode_of(path: str) -> int:
    """The number of an inode: the same for the same path, and for no other."""
    return int.from_bytes(hashlib.blake2b(path.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "little")


class ReadFile(File):
    """A file that is only read: piece by piece, as it is needed."""

    def __init__(self, tree: FsspecTree, path: str, device: int) -> None:
        self._tree, self._path, self._device = tree, path, device
        self.read_only = tree.read_only
        self._lock = forking.lock()
        self._position = 0
        with errors():
            self._file = tree.fs.open(path, "rb")

    def read(self, buffers: Sequence[memoryview]) -> int:
        count = self.read_at(buffers, self._position)
        self._position += count
        return count

    def read_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        with self._lock, errors():
            self._file.seek(offset)
            total = 0
            for buffer in buffers:
                count = filled([buffer], self._file.read(len(buffer)))
                total += count
                if count < len(buffer):
                    break
            return total

    def seek(self, offset: int, whence: int) -> int:
        position = offset + (self.stat().size if whence == 2 else self._position if whence else 0)
        if not 0 <= position < 1 << 63:
            refuse(Errno.EINVAL)
        self._position = position
        return position

    def stat(self) -> Stat:
        return self._tree.stat(self._path, self._device)

    def set_size(self, size: int) -> None:
        refuse(Errno.EINVAL)

    def set_times(self, accessed: Optional[int], modified: Optional[int]) -> None:
        refuse(Errno.ENOTSUP)

    def set_flags(self, flags: int) -> None:
        """They are all about writing."""

    def close(self) -> None:
        self._file.close()


class WrittenFile(MemoryFile):
    """A file in memory that is put back in the end."""

    def __init__(self, tree: FsspecTree, path: str, mode: OpenMode, clock: Clock, device: int, new: bool) -> None:
        self._target, self._path = tree, path
        inode = tree.written.get(path)
        if inode is None:
            inode = FileInode(inode_of(path), clock(), self._loaded(new or mode.truncate))
        super().__init__(tree.buffers, inode, mode._replace(write=True), clock, device)
        tree.written[path] = inode
        self._changed = new or mode.truncate
        if mode.truncate:
            self.set_size(0)
        self._writable = mode.write
        self.synchronise(True)

    def _loaded(self, empty: bool) -> bytearray:
        if empty:
            return bytearray()
        with errors():
            self._target.buffers.reserve(size_of(self._target.info(self._path)))
            return bytearray(self._target.fs.cat_file(self._path))

    def write_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        self._changed = True
        return super().write_at(buffers, offset)

    def set_size(self, size: int) -> None:
        self._changed = True
        super().set_size(size)

    def set_times(self, accessed: Optional[int], modified: Optional[int]) -> None:
        refuse(Errno.ENOTSUP)

    def synchronise(self, data_only: bool) -> None:
        with self._target.lock, errors():
            if self._changed and self._inode.links:
                self._target.fs.pipe_file(self._path, bytes(self._inode.data))
                self._target.fs.invalidate_cache()
                self._changed = False

    def close(self) -> None:
        with self._target.lock:
            try:
                self.synchronise(True)
            finally:
                if self._inode.opens == 1 and self._inode.links:
                    self._inode.links = 0  # the copy in memory goes
                    del self._target.written[self._path]
                super().close()
