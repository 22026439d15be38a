"""A file system in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Optional, Union

from .. import forking
from .errno import Errno
from .inodes import DirectoryInode, FileInode, Inode
from .memory_nodes import MemoryDirectory
from .nodes import Clock, Directory, Tree, refuse

#: Any depth of dicts, with bytes or text at the ends.
Contents = Mapping[str, Any]


class MemoryTree(Tree):
    """A file system in memory, to mount in one guest or several: ``MemoryTree({"a.txt": b"...", "sub": {}})``.

    Dicts are directories, bytes and text (as UTF-8) are files. ``tree.read("sub/b.txt")`` gives what guests wrote,
    ``tree.write`` makes or replaces a file, iteration gives the paths of all files. Files can take up ``max_bytes`` in
    all, more is ENOSPC.
    """

    def __init__(self, contents: Optional[Contents] = None, read_only: bool = False, max_bytes: int = 1 << 30) -> None:
        self.read_only, self.max_bytes = read_only, max_bytes
        #: Held while anything of the tree is read or changed.
        self.lock = forking.reentrant_lock()
        self._used = self._inodes = 0
        self.top = DirectoryInode(self.new_number(), 0)
        self._add(self.top, contents or {})

    def root(self, clock: Clock, device: int) -> Directory:
        return MemoryDirectory(self, self.top, clock, device)

    # What is in it --------------------------------------------------------------------------------------------------

    def _add(self, directory: DirectoryInode, contents: Contents) -> None:
        for name, value in contents.items():
            if not isinstance(name, str) or name in ("", ".", "..") or "/" in name or "\0" in name:
                raise ValueError(f"MemoryTree: {name!r} cannot be the name of a file or directory")
            if isinstance(value, Mapping):
                made = DirectoryInode(self.new_number(), 0, directory)
                directory.entries[name] = made
                self._add(made, value)
            else:
                directory.entries[name] = self._file(value)

    def _file(self, value: Union[bytes, bytearray, memoryview, str]) -> FileInode:
        if not isinstance(value, (bytes, bytearray, memoryview, str)):
            raise TypeError(f"MemoryTree: a file is made of bytes, not of a {type(value).__name__}")
        data = bytearray(value.encode("utf-8") if isinstance(value, str) else value)
        self._used += len(data)
        return FileInode(self.new_number(), 0, data)

    def new_number(self) -> int:
        """A number for an inode."""
        with self.lock:
            self._inodes += 1
            return self._inodes

    def reserve(self, count: int) -> None:
        """Room for so many more bytes, or so many less. ENOSPC if there is not enough."""
        with self.lock:
            if count > 0 and self._used + count > self.max_bytes:
                refuse(Errno.ENOSPC)
            self._used += count

    def forget(self, inode: Inode) -> None:
        """Make room if an inode has no name any more and is not open."""
        if isinstance(inode, FileInode) and not inode.links and not inode.opens:
            self.reserve(-inode.size())

    # What hosts use -------------------------------------------------------------------------------------------------

    def read(self, path: str) -> bytes:
        """The contents of a file. FileNotFoundError if there is none. Links are not followed."""
        with self.lock:
            found = self._find(path)
            if not isinstance(found, FileInode):
                raise FileNotFoundError(f"no file {path!r}")
            return bytes(found.data)

    def write(self, path: str, data: Union[bytes, bytearray, memoryview, str]) -> None:
        """Make or replace a file. FileNotFoundError if there is no directory for it."""
        parent, _, name = path.strip("/").rpartition("/")
        with self.lock:
            directory = self._find(parent)
            if not isinstance(directory, DirectoryInode):
                raise FileNotFoundError(f"no directory {parent!r}")
            old = directory.entries.get(name)
            self._add(directory, {name: data})
            if old is not None:
                old.links -= 1
                self.forget(old)

    def _find(self, path: str) -> Optional[Inode]:
        found: Optional[Inode] = self.top
        for name in filter(None, path.split("/")):
            found = found.entries.get(name) if isinstance(found, DirectoryInode) else None
        return found

    def __iter__(self) -> Iterator[str]:
        with self.lock:
            return iter(list(_files(self.top, "")))


def _files(directory: DirectoryInode, prefix: str) -> Iterator[str]:
    for name, inode in directory.entries.items():
        if isinstance(inode, DirectoryInode):
            yield from _files(inode, f"{prefix}{name}/")
        elif isinstance(inode, FileInode):
            yield prefix + name
