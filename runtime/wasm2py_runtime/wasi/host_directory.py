"""Directories and files of the host.

A directory is an open file descriptor, and everything in it is reached by one name relative to it (``dir_fd``), never
through a symbolic link (``O_NOFOLLOW``). Where the host has no such calls (Windows), names are joined to paths, and
links are looked for first: then a program that is let into a directory must not share it with a hostile one.
"""

from __future__ import annotations

import os
import stat as modes
import sys
from collections.abc import Callable
from typing import Any, Optional, Union

from .errno import Errno, WasiError
from .flags import FdFlags, FileType
from .host_file import HostFile, stat_of, type_of
from .host_names import decoded, encoded, is_plain_on_windows
from .nodes import Clock, Directory, Entry, Node, OpenMode, Stat, Tree, refuse

#: Whether directories can be used by descriptor.
BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")


def _flag(*names: str) -> int:
    """The first of these flags of ``os.open`` that the host has, or 0."""
    return next((int(getattr(os, name)) for name in names if hasattr(os, name)), 0)


_ALWAYS = _flag("O_CLOEXEC") | _flag("O_NOFOLLOW") | _flag("O_NOCTTY") | _flag("O_BINARY") | _flag("O_NOINHERIT")
_DIRECTORY = os.O_RDONLY | _flag("O_DIRECTORY") | _ALWAYS
_PASSAGE = _flag("O_PATH", "O_SEARCH") | _DIRECTORY
_FLAGS = {
    FdFlags.APPEND: os.O_APPEND,
    FdFlags.DSYNC: _flag("O_DSYNC", "O_SYNC"),
    FdFlags.NONBLOCK: _flag("O_NONBLOCK"),
    FdFlags.RSYNC: _flag("O_RSYNC", "O_SYNC"),
    FdFlags.SYNC: _flag("O_SYNC"),
}
#: Makes ``os.link`` link to a symbolic link itself. PyPy's does that anyway, and if it is told to uses a wrong flag.
_LINK_ITSELF = (
    {"follow_symlinks": False} if os.link in os.supports_follow_symlinks and sys.implementation.name != "pypy" else {}
)


class HostDirectory(Tree):
    """A directory of the host to mount in a guest: ``HostDirectory("data")``, ``HostDirectory("src", read_only=True)``.

    Guests reach what is in it and below, and nothing else; a symbolic link that leads out of it is EPERM. (Hard links
    to files elsewhere cannot be told from other files.) OSError when it is mounted if there is no such directory.
    """

    def __init__(self, path: Union[str, os.PathLike[str]], read_only: bool = False) -> None:
        self.path = os.fspath(path)
        self.read_only = read_only

    def __repr__(self) -> str:
        return f"HostDirectory({self.path!r}{', read_only=True' if self.read_only else ''})"

    def root(self, clock: Clock, device: int) -> Directory:
        if not BY_DESCRIPTOR:
            os.scandir(self.path).close()
            return OpenHostDirectory(os.path.abspath(self.path), self.read_only)
        # The path is the user's own: it may lead through links.
        return OpenHostDirectory(os.open(self.path, _DIRECTORY & ~_flag("O_NOFOLLOW")), self.read_only)


class OpenHostDirectory(Directory):
    """``anchor`` is its descriptor, or its path where the host cannot use that."""

    def __init__(self, anchor: Union[int, str], read_only: bool) -> None:
        self._anchor = anchor
        self.read_only = read_only

    def _do(self, function: Callable[..., Any], name: str, *arguments: Any, **options: Any) -> Any:
        """Call a function of ``os`` on a name in this directory."""
        if isinstance(self._anchor, int):
            return function(encoded(name), *arguments, dir_fd=self._anchor, **options)
        return function(self._path(name), *arguments, **options)

    def _path(self, name: str) -> str:
        """The path of an entry, for hosts that know a directory by its path. ENOENT for what no name can be."""
        if os.name == "nt" and not is_plain_on_windows(name):
            refuse(Errno.ENOENT)
        return os.path.join(str(self._anchor), name)

    # Going through --------------------------------------------------------------------------------------------------

    def enter(self, name: str) -> Union[Directory, str]:
        try:
            return OpenHostDirectory(self._open_directory(name, _PASSAGE), self.read_only)
        except (OSError, WasiError):
            target = self.link_target(name)
            if target is None:
                raise
            return target

    def _open_directory(self, name: str, flags: int) -> Union[int, str]:
        """The anchor of a directory in this one. An error if there is anything else, such as a link."""
        if isinstance(self._anchor, int):
            return os.open(encoded(name), flags, dir_fd=self._anchor)
        if self.stat_entry(name).type != FileType.DIRECTORY:
            refuse(Errno.ENOTDIR)
        return self._path(name)

    def link_target(self, name: str) -> Optional[str]:
        try:
            target = self._do(os.readlink, name)
        except OSError:
            return None
        return target if isinstance(target, str) else target.decode("utf-8", "surrogateescape")

    def open(self, name: str, mode: OpenMode) -> Node:
        if mode.directory and not (mode.write or mode.truncate):
            return OpenHostDirectory(self._open_directory(name, _DIRECTORY), self.read_only)
        if not isinstance(self._anchor, int) and self._is_directory(name, mode):
            return OpenHostDirectory(self._open_directory(name, _DIRECTORY), self.read_only)
        fd = self._do(os.open, name, _open_flags(mode), 0o666)
        if modes.S_ISDIR(os.fstat(fd).st_mode):
            return OpenHostDirectory(fd, self.read_only)
        return _open_file(fd, mode, self.read_only)

    def _is_directory(self, name: str, mode: OpenMode) -> bool:
        """What ``os.open`` would find out if it could: for hosts where it cannot."""
        try:
            found = self.stat_entry(name).type
        except OSError:
            return False
        if mode.create and mode.exclusive:
            refuse(Errno.EEXIST)
        if found == FileType.SYMBOLIC_LINK:
            refuse(Errno.ENOTDIR if mode.directory else Errno.ELOOP)
        if found == FileType.DIRECTORY and (mode.write or mode.truncate or mode.create):
            refuse(Errno.EISDIR)
        return found == FileType.DIRECTORY

    # Looking --------------------------------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        with os.scandir(self._anchor) as found:
            return [Entry(decoded(entry.name), entry.inode(), _entry_type(entry)) for entry in found]

    def stat(self) -> Stat:
        return stat_of(os.stat(self._anchor))

    def stat_entry(self, name: str) -> Stat:
        return stat_of(self._do(os.stat, name, follow_symlinks=False))

    # Changing -------------------------------------------------------------------------------------------------------

    def set_times(self, accessed: Optional[int], modified: Optional[int]) -> None:
        old = os.stat(self._anchor)
        os.utime(self._anchor, ns=_times(old, accessed, modified))

    def set_entry_times(self, name: str, accessed: Optional[int], modified: Optional[int]) -> None:
        old = self._do(os.stat, name, follow_symlinks=False)
        options = {"follow_symlinks": False} if os.utime in os.supports_follow_symlinks else {}
        if not options and modes.S_ISLNK(old.st_mode):
            refuse(Errno.ENOTSUP)
        self._do(os.utime, name, ns=_times(old, accessed, modified), **options)

    def make_directory(self, name: str) -> None:
        self._do(os.mkdir, name)

    def remove_directory(self, name: str) -> None:
        self._do(os.rmdir, name)

    def unlink(self, name: str) -> None:
        self._do(os.unlink, name)

    def symlink(self, target: str, name: str) -> None:
        if isinstance(self._anchor, int):
            os.symlink(encoded(target), encoded(name), dir_fd=self._anchor)
        else:
            os.symlink(target, self._path(name))

    def rename(self, name: str, target: Directory, new_name: str) -> None:
        self._do_both(os.replace, name, target, new_name)

    def link(self, name: str, target: Directory, new_name: str) -> None:
        self._do_both(os.link, name, target, new_name, **_LINK_ITSELF)

    def _do_both(self, function: Any, name: str, target: Directory, new_name: str, **options: Any) -> None:
        """Call a function of ``os`` on a name in this directory and one in another. EXDEV if that is not the host's."""
        if not isinstance(target, OpenHostDirectory):
            raise WasiError(Errno.EXDEV)
        if isinstance(self._anchor, int):
            options.update(src_dir_fd=self._anchor, dst_dir_fd=target._anchor)
            function(encoded(name), encoded(new_name), **options)
        else:
            function(self._path(name), target._path(new_name), **options)

    def synchronise(self, data_only: bool) -> None:
        if isinstance(self._anchor, int):
            os.fsync(self._anchor)

    def close(self) -> None:
        if isinstance(self._anchor, int):
            os.close(self._anchor)


def _open_file(fd: int, mode: OpenMode, read_only: bool) -> HostFile:
    if hasattr(os, "preadv") and hasattr(os, "pwritev"):
        return HostFile(fd, mode, read_only)
    from .plain_file import PlainHostFile

    return PlainHostFile(fd, mode, read_only)


def _entry_type(entry: os.DirEntry[str]) -> int:
    if entry.is_symlink():
        return FileType.SYMBOLIC_LINK
    if entry.is_dir(follow_symlinks=False):
        return FileType.DIRECTORY
    if entry.is_file(follow_symlinks=False):
        return FileType.REGULAR_FILE
    try:
        return type_of(entry.stat(follow_symlinks=False).st_mode)
    except OSError:  # it is gone
        return FileType.UNKNOWN


def _times(old: os.stat_result, accessed: Optional[int], modified: Optional[int]) -> tuple[int, int]:
    return (
        old.st_atime_ns if accessed is None else accessed,
        old.st_mtime_ns if modified is None else modified,
    )


def _open_flags(mode: OpenMode) -> int:
    flags = _ALWAYS
    if mode.write or mode.truncate:
        flags |= os.O_RDWR if mode.read or not mode.write else os.O_WRONLY
    for wanted, flag in (
        (mode.create, os.O_CREAT),
        (mode.exclusive, os.O_EXCL),
        (mode.truncate, os.O_TRUNC),
        (mode.directory, _flag("O_DIRECTORY")),
    ):
        flags |= flag if wanted else 0
    for bit, flag in _FLAGS.items():
        flags |= flag if mode.flags & bit else 0
    return flags
