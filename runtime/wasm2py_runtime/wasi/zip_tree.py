"""Zip files as file systems."""

from __future__ import annotations

import calendar
import os
import stat as modes
from typing import IO, TYPE_CHECKING, Any, Union

from .errno import Errno, WasiError
from .inodes import DirectoryInode, FileInode, Inode, LinkInode
from .memory_tree import MemoryTree

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

#: A link in a zip file says where it leads in its contents, which are no longer than a path.
_LONGEST_LINK = 4096


class ZipTree(MemoryTree):
    """The contents of a zip file, to be read: ``ZipTree("data.zip")``, or a file object that can be read and sought.

    Files are unpacked when they are first looked into, and stay in memory then; together they take no more than
    ``max_bytes`` (ENOSPC). Entries whose paths lead upwards, and those that are hidden by others, are left out.
    OSError if the file cannot be opened, ``zipfile.BadZipFile`` if it is none.
    """

    def __init__(self, file: Union[str, os.PathLike[str], IO[bytes]], max_bytes: int = 1 << 30) -> None:
        from zipfile import ZipFile

        super().__init__(read_only=True, max_bytes=max_bytes)
        self._zip = ZipFile(file)
        for entry in self._zip.infolist():
            self._place(entry)

    def __repr__(self) -> str:
        return f"ZipTree({self._zip.filename!r})"

    def _place(self, entry: ZipInfo) -> None:
        """Make the inode of an entry, and the directories that it is in."""
        path = [part for part in entry.filename.split("/") if part not in ("", ".")]
        directory: Any = self.top
        if not path or ".." in path:
            return
        for name in path if entry.is_dir() else path[:-1]:
            if name not in directory.entries:
                directory.entries[name] = DirectoryInode(self.new_number(), _time(entry), directory)
            directory = directory.entries[name]
            if not isinstance(directory, DirectoryInode):
                return
        if not entry.is_dir():
            directory.entries.setdefault(path[-1], self._inode(entry))

    def _inode(self, entry: ZipInfo) -> Inode:
        if modes.S_ISLNK(entry.external_attr >> 16) and entry.file_size <= _LONGEST_LINK:
            target = self._zip.read(entry).decode("utf-8", "surrogateescape")
            return LinkInode(self.new_number(), _time(entry), target)
        return ZipInode(self, self._zip, entry, self.new_number())


class ZipInode(FileInode):
    """A file that is unpacked when it is needed."""

    def __init__(self, tree: ZipTree, zip: ZipFile, entry: ZipInfo, number: int) -> None:
        super().__init__(number, _time(entry), bytearray())
        self._tree, self._zip, self._entry = tree, zip, entry
        self._unpacked = False

    @property
    def data(self) -> bytearray:
        with self._tree.lock:
            if not self._unpacked:
                self._tree.reserve(self._entry.file_size)  # it never is more: zipfile reads no further
                self._data = bytearray(self._read())
                self._unpacked = True
            return self._data

    def _read(self) -> bytes:
        """EIO for what is damaged, encrypted or packed in an unknown way: there are errors of many modules for that."""
        try:
            return self._zip.read(self._entry)
        except Exception as error:
            raise WasiError(Errno.EIO) from error

    def size(self) -> int:
        return self._entry.file_size


def _time(entry: ZipInfo) -> int:
    """The time of an entry, which has no zone: it is taken for UTC, so that it is the same everywhere."""
    try:
        return max(0, calendar.timegm((*entry.date_time, 0, 0, 0))) * 1_000_000_000
    except ValueError:  # there is no such date
        return 0
