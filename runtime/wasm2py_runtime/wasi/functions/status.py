"""What is known of an open descriptor: ``fd_fdstat_*``, ``fd_filestat_*``, ``fd_prestat_*``, ``fd_readdir``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from ..descriptors import Descriptor
from ..errno import Errno
from ..flags import FdFlags, FileType, FstFlags, Rights
from ..nodes import Directory, Entry, Node, Stat, refuse
from ..records import DIRENT, FDSTAT, PRESTAT
from ..registry import U16, U32, U64, Pointer, wasi_function

if TYPE_CHECKING:
    from ..host import Caller


@wasi_function
def fd_fdstat_get(caller: Caller, fd: U32, result: Pointer) -> None:
    found = caller.descriptors[fd]
    caller.guest.pack(FDSTAT, result, found.node.type, found.flags, found.rights, found.inheriting)


@wasi_function
def fd_fdstat_set_flags(caller: Caller, fd: U32, flags: U16) -> None:
    with caller.descriptors.use(fd, Node, Rights.FD_FDSTAT_SET_FLAGS) as use:
        if flags & ~FdFlags.ALL or (flags ^ use.descriptor.flags) & FdFlags.SYNCHRONOUS:
            refuse(Errno.EINVAL)  # when data reaches the disk is settled by opening the file
        use.node.set_flags(flags)
        use.descriptor.flags = flags


@wasi_function
def fd_fdstat_set_rights(caller: Caller, fd: U32, base: U64, inheriting: U64) -> None:
    """Rights can only be given up."""
    found = caller.descriptors[fd]
    if base & ~found.rights or inheriting & ~found.inheriting:
        refuse(Errno.ENOTCAPABLE)
    found.rights, found.inheriting = base, inheriting


def write_stat(caller: Caller, result: int, stat: Stat) -> None:
    caller.guest.pack(caller.layout.filestat, result, *stat)


@wasi_function
def fd_filestat_get(caller: Caller, fd: U32, result: Pointer) -> None:
    with caller.descriptors.use(fd, Node, Rights.FD_FILESTAT_GET) as use:
        write_stat(caller, result, use.node.stat())


def chosen_times(caller: Caller, accessed: int, modified: int, flags: int) -> tuple[Optional[int], Optional[int]]:
    """The times to set, None for one that is to stay. EINVAL for flags that exclude each other."""
    if flags & ~FstFlags.ALL:
        refuse(Errno.EINVAL)
    return (
        _chosen_time(caller, accessed, flags & FstFlags.ATIM, flags & FstFlags.ATIM_NOW),
        _chosen_time(caller, modified, flags & FstFlags.MTIM, flags & FstFlags.MTIM_NOW),
    )


def _chosen_time(caller: Caller, given: int, is_given: int, is_now: int) -> Optional[int]:
    if is_given and is_now:
        refuse(Errno.EINVAL)
    return caller.wasi.now() if is_now else given if is_given else None


@wasi_function
def fd_filestat_set_times(caller: Caller, fd: U32, accessed: U64, modified: U64, flags: U16) -> None:
    with caller.descriptors.use(fd, Node, Rights.FD_FILESTAT_SET_TIMES) as use:
        times = chosen_times(caller, accessed, modified, flags)
        if use.node.read_only:
            refuse(Errno.EROFS)
        use.node.set_times(*times)


def _preopen(caller: Caller, fd: int) -> bytes:
    found = caller.descriptors[fd]
    return found.preopen.encode("utf-8", "surrogateescape") if found.preopen else refuse(Errno.EBADF)


@wasi_function
def fd_prestat_get(caller: Caller, fd: U32, result: Pointer) -> None:
    caller.guest.pack(PRESTAT, result, 0, len(_preopen(caller, fd)))


@wasi_function
def fd_prestat_dir_name(caller: Caller, fd: U32, buffer: Pointer, length: U32) -> None:
    name = _preopen(caller, fd)
    if length < len(name):
        refuse(Errno.ENAMETOOLONG)
    caller.guest.write(buffer, name)


@wasi_function
def fd_readdir(caller: Caller, fd: U32, buffer: Pointer, length: U32, cookie: U64, result: Pointer) -> None:
    """As many entries as fit the buffer, the last one cut off; less than the buffer holds means the end.

    A cookie is the number of an entry in a list that is made when the guest begins to read (cookie 0). So what is
    removed or added while it reads moves nothing.
    """
    with caller.descriptors.directory(fd, Rights.FD_READDIR) as use:
        target = caller.guest.view(buffer, length)
        caller.guest.view(result, 4)
        used = 0
        listing = _listing(use.descriptor, use.node, cookie)
        for number in range(cookie, len(listing)):
            entry = listing[number]
            name = entry.name.encode("utf-8", "surrogateescape")
            record = (DIRENT.pack(number + 1, entry.inode, len(name), entry.type) + name)[: length - used]
            target[used : used + len(record)] = record
            used += len(record)
            if used == length:
                break
        caller.guest.pack_u32(result, used)


def _listing(descriptor: Descriptor, directory: Directory, cookie: int) -> list[Entry]:
    """The entries of a directory, ``.`` and ``..`` first. (What is above is no business of the guest.)"""
    listing = descriptor.listing
    if listing is None or cookie == 0:
        inode = directory.stat().inode
        own = [Entry(name, inode, FileType.DIRECTORY) for name in (".", "..")]
        listing = descriptor.listing = own + directory.entries()
    return listing
