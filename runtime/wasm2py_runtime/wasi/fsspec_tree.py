"""File systems of the library fsspec (optional): object stores, servers, archives, caches."""

from __future__ import annotations

from typing import Any, Optional, Union

from .. import forking
from .errno import Errno, WasiError
from .flags import FileType
from .fsspec_files import ReadFile, WrittenFile, errors, inode_of, size_of, time_of, type_of
from .inodes import FileInode
from .memory_tree import MemoryTree
from .nodes import Clock, Directory, Entry, Node, OpenMode, Stat, Tree, refuse

_LOCAL = {"file", "local"}
#: Servers take these as escapes and the like: a name with one of them could mean something else than it says.
_NOT_IN_URLS = frozenset("%?#\\")


class FsspecTree(Tree):
    """A directory in a file system of fsspec: ``FsspecTree("s3://bucket/data")`` or ``FsspecTree(fs, "data")``.

    A file that is opened to be written is kept in memory, and put back when it is synchronised or closed; files take up
    at most ``max_bytes`` there. There are no links, and directories cannot be renamed (ENOTSUP). ValueError for the
    file system of this host, whose links lead out of it: that is what ``HostDirectory`` is for. ImportError for a URL
    if fsspec is not installed.
    """

    def __init__(self, fs: Any, path: str = "", read_only: bool = False, max_bytes: int = 1 << 30) -> None:
        if isinstance(fs, str):
            from fsspec.core import url_to_fs

            fs, path = url_to_fs(fs)
        protocols = {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)
        if protocols & _LOCAL:
            raise ValueError("FsspecTree: for directories of this host use HostDirectory")
        self.fs, self.path, self.read_only = fs, path.rstrip("/"), read_only
        self.by_url = bool(protocols & {"http", "https"})
        #: Where files are that are being written, by path; and how many bytes they take.
        self.buffers = MemoryTree(max_bytes=max_bytes)
        self.written: dict[str, FileInode] = {}
        self.lock = forking.reentrant_lock()

    def root(self, clock: Clock, device: int) -> Directory:
        return FsspecDirectory(self, self.path, clock, device)

    def info(self, path: str) -> dict[str, Any]:
        """What is known of a path. FileNotFoundError if there is nothing."""
        with errors():
            found: dict[str, Any] = self.fs.info(path or "/")
            return {**found, "type": "link"} if found.get("islink") else found

    def stat(self, path: str, device: int) -> Stat:
        info = self.info(path)
        time = time_of(info)
        return Stat(device, inode_of(path), type_of(info), 1, size_of(info), time, time, time)


class FsspecDirectory(Directory):
    def __init__(self, tree: FsspecTree, path: str, clock: Clock, device: int) -> None:
        self._tree, self._path, self._clock, self._device = tree, path, clock, device
        self.read_only = tree.read_only

    def _below(self, name: str) -> str:
        if name == ".":
            return self._path
        if self._tree.by_url and _NOT_IN_URLS & set(name):
            refuse(Errno.ENOENT)
        return f"{self._path}/{name}"

    def _type(self, name: str) -> Optional[int]:
        """The FileType of an entry; None if there is none."""
        try:
            return type_of(self._tree.info(self._below(name)))
        except FileNotFoundError:
            return None

    # Going through --------------------------------------------------------------------------------------------------

    def enter(self, name: str) -> Union[Directory, str]:
        return self._directory(name)

    def _directory(self, name: str) -> FsspecDirectory:
        if type_of(self._tree.info(self._below(name))) != FileType.DIRECTORY:
            refuse(Errno.ENOTDIR)
        return FsspecDirectory(self._tree, self._below(name), self._clock, self._device)

    def link_target(self, name: str) -> Optional[str]:
        return None

    def open(self, name: str, mode: OpenMode) -> Node:
        kind = self._type(name)
        if kind is None and not mode.create:
            refuse(Errno.ENOENT)
        if kind is not None and mode.create and mode.exclusive:
            refuse(Errno.EEXIST)
        if kind == FileType.DIRECTORY:
            changes = mode.write or mode.truncate or mode.create
            return refuse(Errno.EISDIR) if changes else self._directory(name)
        if kind not in (None, FileType.REGULAR_FILE):
            refuse(Errno.ELOOP)
        if mode.directory:
            refuse(Errno.ENOTDIR)
        return self._open_file(self._below(name), mode, kind is None)

    def _open_file(self, path: str, mode: OpenMode, new: bool) -> Node:
        with self._tree.lock:
            if mode.write or mode.truncate or new or path in self._tree.written:
                return WrittenFile(self._tree, path, mode, self._clock, self._device, new)
        return ReadFile(self._tree, path, self._device)

    # Looking --------------------------------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        with errors():
            found = self._tree.fs.ls(self._path or "/", detail=True)
        entries = []
        for info in found:
            name = str(info["name"]).rstrip("/").rpartition("/")[2]
            path = f"{self._path}/{name}"
            if name and str(info["name"]).strip("/") != self._path.strip("/"):
                entries.append(Entry(name, inode_of(path), type_of(info)))
        return entries

    def stat(self) -> Stat:
        return self._tree.stat(self._path, self._device)

    def stat_entry(self, name: str) -> Stat:
        path = self._below(name)
        stat = self._tree.stat(path, self._device)
        written = self._tree.written.get(path)
        return stat if written is None else stat._replace(size=written.size())

    # Changing -------------------------------------------------------------------------------------------------------

    def _change(self, method: str, *arguments: Any, **options: Any) -> None:
        with errors():
            getattr(self._tree.fs, method)(*arguments, **options)
            self._tree.fs.invalidate_cache()

    def make_directory(self, name: str) -> None:
        if self._type(name) is not None:
            refuse(Errno.EEXIST)
        self._change("mkdir", self._below(name), create_parents=False)

    def remove_directory(self, name: str) -> None:
        if name == ".":
            refuse(Errno.EINVAL)
        if self._directory(name).entries():
            refuse(Errno.ENOTEMPTY)
        self._change("rmdir", self._below(name))

    def unlink(self, name: str) -> None:
        path = self._below(name)
        self._tree.info(path)
        with self._tree.lock:
            self._change("rm_file", path)
            written = self._tree.written.pop(path, None)
            if written is not None:
                written.links = 0

    def rename(self, name: str, target: Directory, new_name: str) -> None:
        if not isinstance(target, FsspecDirectory) or target._tree is not self._tree:
            raise WasiError(Errno.EXDEV)
        old, new = self._below(name), target._below(new_name)
        if type_of(self._tree.info(old)) == FileType.DIRECTORY:
            refuse(Errno.ENOTSUP)
        if target._type(new_name) == FileType.DIRECTORY:
            refuse(Errno.EISDIR)
        if old in self._tree.written or new in self._tree.written:
            refuse(Errno.EBUSY)
        if old != new:
            self._change("cp_file", old, new)
            self._change("rm_file", old)

    def set_times(self, accessed: Optional[int], modified: Optional[int]) -> None:
        refuse(Errno.ENOTSUP)

    def set_entry_times(self, name: str, accessed: Optional[int], modified: Optional[int]) -> None:
        refuse(Errno.ENOTSUP)
