"""What a descriptor can refer to: files, directories, streams and sockets, whatever they are made of.

These classes say what there is to implement, and what happens where something is not: an error that the guest gets.
Paths are not their business (see paths.py): a name is always one component, never followed if it is a symbolic link.
All methods may raise WasiError, and OSError as the host does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn, Optional, Union

from .errno import Errno, WasiError
from .flags import FileType, Rights

#: Gives the time in nanoseconds since 1970.
Clock = Callable[[], int]


class Stat(NamedTuple):
    """``filestat``: times are in nanoseconds since 1970."""

    device: int
    inode: int
    type: int
    links: int
    size: int
    accessed: int
    modified: int
    changed: int


class Entry(NamedTuple):
    """An entry of a directory."""

    name: str
    inode: int
    type: int


class OpenMode(NamedTuple):
    """How a file is to be opened: ``flags`` are FdFlags."""

    read: bool
    write: bool
    create: bool
    exclusive: bool
    truncate: bool
    directory: bool
    flags: int


def refuse(errno: Errno) -> NoReturn:
    raise WasiError(errno)


class Node:
    """Anything that a descriptor can refer to."""

    #: Its FileType.
    type: int = FileType.UNKNOWN
    #: The rights that mean something for it.
    rights: int = 0
    #: Whether nothing in it can be changed, so that trying is EROFS.
    read_only: bool = False

    def stat(self) -> Stat:
        return Stat(0, 0, self.type, 1, 0, 0, 0, 0)

    def set_times(self, accessed: Optional[int], modified: Optional[int]) -> None:
        """Set times; None leaves one as it is."""
        refuse(Errno.EBADF)

    def set_flags(self, flags: int) -> None:
        """Take on FdFlags."""
        refuse(Errno.EBADF)

    def synchronise(self, data_only: bool) -> None:
        """Let everything written reach the disk."""

    def fileno(self) -> Optional[int]:
        """What the host can wait for; None if it is always ready."""
        return None

    def available(self) -> int:
        """How many bytes can be read at least, as far as that is known."""
        return 0

    def close(self) -> None:
        """Let go of what the host has open."""


class File(Node):
    """An open file. It has a position, from which is read and at which is written."""

    rights = Rights.FILE
    type = FileType.REGULAR_FILE

    def read(self, buffers: Sequence[memoryview]) -> int:
        """Fill the buffers as far as there is something. The number of bytes; 0 at the end."""
        refuse(Errno.EBADF)

    def write(self, buffers: Sequence[memoryview]) -> int:
        """Write. The number of bytes written."""
        refuse(Errno.EBADF)

    def read_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        """Read from an offset, which leaves the position as it is."""
        refuse(Errno.ESPIPE)

    def write_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        """Write at an offset, which leaves the position as it is."""
        refuse(Errno.ESPIPE)

    def seek(self, offset: int, whence: int) -> int:
        """Move the position: from the start (0), from where it is (1) or from the end (2). The new position."""
        refuse(Errno.ESPIPE)

    def set_size(self, size: int) -> None:
        """Cut off the end, or add zeros."""
        refuse(Errno.EBADF)

    def available(self) -> int:
        position = self.seek(0, 1)
        return max(0, self.stat().size - position)


class Directory(Node):
    """An open directory, or one that a path leads through."""

    rights = Rights.DIRECTORY
    type = FileType.DIRECTORY

    def enter(self, name: str) -> Union[Directory, str]:
        """The directory of this name, to go on from; or if there is a symbolic link, its target."""
        raise NotImplementedError

    def link_target(self, name: str) -> Optional[str]:
        """The target of a symbolic link; None if the name is something else, or nothing."""
        raise NotImplementedError

    def open(self, name: str, mode: OpenMode) -> Node:
        """Open or create a file, or open a directory. ELOOP for a symbolic link."""
        raise NotImplementedError

    def entries(self) -> list[Entry]:
        """What is in it, without ``.`` and ``..``."""
        raise NotImplementedError

    def stat_entry(self, name: str) -> Stat:
        raise NotImplementedError

    def set_entry_times(self, name: str, accessed: Optional[int], modified: Optional[int]) -> None:
        refuse(Errno.EROFS)

    def make_directory(self, name: str) -> None:
        refuse(Errno.EROFS)

    def remove_directory(self, name: str) -> None:
        refuse(Errno.EROFS)

    def unlink(self, name: str) -> None:
        refuse(Errno.EROFS)

    def rename(self, name: str, target: Directory, new_name: str) -> None:
        refuse(Errno.EROFS)

    def link(self, name: str, target: Directory, new_name: str) -> None:
        refuse(Errno.ENOTSUP)

    def symlink(self, target: str, name: str) -> None:
        refuse(Errno.ENOTSUP)

    def set_flags(self, flags: int) -> None:
        """A directory has no use for flags."""


class Tree:
    """A file system that can be mounted in a guest."""

    def root(self, clock: Clock, device: int) -> Directory:
        """Its root, opened. ``clock`` gives the time where the tree itself has to know it.

        ``device`` is a number that no other tree of the guest is given, for those that have none of their own.
        """
        raise NotImplementedError
