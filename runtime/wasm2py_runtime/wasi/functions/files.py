"""Reading and writing, positions and sizes, and the table of descriptors: ``fd_*``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..buffers import clipped
from ..descriptors import Use
from ..errno import Errno
from ..flags import Rights
from ..nodes import File, Node, refuse
from ..registry import S64, U8, U32, U64, Pointer, wasi_function

if TYPE_CHECKING:
    from ..host import Caller

_LAST_ADVICE = 5
#: Positions and sizes are signed on the hosts.
_LARGEST = 0x7FFF_FFFF_FFFF_FFFF


def written(caller: Caller, buffers: list[memoryview], write: Callable[[list[memoryview]], int]) -> int:
    """Write within the limit of the guest. The number of bytes."""
    quota = caller.wasi.quota
    if quota.unlimited:
        return write(buffers)
    granted = quota.reserve(sum(map(len, buffers)))
    count = 0
    try:
        count = write(clipped(buffers, granted))
    finally:
        quota.give_back(granted - count)
    return count


def _offset(offset: int) -> int:
    return offset if offset <= _LARGEST else refuse(Errno.EINVAL)


def _require_position(use: Use[File], right: int) -> None:
    """The right to know or to set the position; ESPIPE where there is none to have rights to."""
    if not use.node.rights & right:
        refuse(Errno.ESPIPE)
    use.descriptor.require(right)


@wasi_function
def fd_read(caller: Caller, fd: U32, iovs: Pointer, count: U32, result: Pointer) -> None:
    with caller.descriptors.use(fd, File, Rights.FD_READ) as use:
        caller.guest.view(result, 4)
        buffers = caller.guest.buffers(iovs, count)
        caller.guest.pack_u32(result, use.node.read(buffers))


@wasi_function
def fd_pread(caller: Caller, fd: U32, iovs: Pointer, count: U32, offset: U64, result: Pointer) -> None:
    with caller.descriptors.use(fd, File, Rights.FD_READ) as use:
        _require_position(use, Rights.FD_SEEK)
        caller.guest.view(result, 4)
        buffers = caller.guest.buffers(iovs, count)
        caller.guest.pack_u32(result, use.node.read_at(buffers, _offset(offset)))


@wasi_function
def fd_write(caller: Caller, fd: U32, iovs: Pointer, count: U32, result: Pointer) -> None:
    with caller.descriptors.use(fd, File, Rights.FD_WRITE) as use:
        caller.guest.view(result, 4)
        buffers = caller.guest.buffers(iovs, count)
        caller.guest.pack_u32(result, written(caller, buffers, use.node.write))


@wasi_function
def fd_pwrite(caller: Caller, fd: U32, iovs: Pointer, count: U32, offset: U64, result: Pointer) -> None:
    with caller.descriptors.use(fd, File, Rights.FD_WRITE) as use:
        _require_position(use, Rights.FD_SEEK)
        caller.guest.view(result, 4)
        buffers, at = caller.guest.buffers(iovs, count), _offset(offset)
        caller.guest.pack_u32(result, written(caller, buffers, lambda parts: use.node.write_at(parts, at)))


@wasi_function
def fd_seek(caller: Caller, fd: U32, offset: S64, whence: U8, result: Pointer) -> None:
    with caller.descriptors.use(fd, File) as use:
        if whence >= len(caller.layout.whence):
            refuse(Errno.EINVAL)
        to = caller.layout.whence[whence]
        stays = offset == 0 and to == 1 and use.descriptor.rights & Rights.FD_TELL
        if not stays:
            _require_position(use, Rights.FD_SEEK)
        caller.guest.view(result, 8)
        caller.guest.pack_u64(result, use.node.seek(offset, to))


@wasi_function
def fd_tell(caller: Caller, fd: U32, result: Pointer) -> None:
    with caller.descriptors.use(fd, File) as use:
        _require_position(use, Rights.FD_TELL)
        caller.guest.pack_u64(result, use.node.seek(0, 1))


@wasi_function
def fd_advise(caller: Caller, fd: U32, offset: U64, length: U64, advice: U8) -> None:
    """What the guest intends to do with a file changes nothing: hosts find out by themselves."""
    with caller.descriptors.use(fd, Node) as use:
        if not use.node.rights & Rights.FD_ADVISE:
            refuse(Errno.ESPIPE)
        use.descriptor.require(Rights.FD_ADVISE)
        if advice > _LAST_ADVICE or offset > _LARGEST or length > _LARGEST:
            refuse(Errno.EINVAL)


@wasi_function
def fd_allocate(caller: Caller, fd: U32, offset: U64, length: U64) -> None:
    """The file has that size then. Hosts that put off finding the room are not asked to find it now."""
    with caller.descriptors.use(fd, File) as use:
        use.descriptor.require(Rights.FD_ALLOCATE)
        if not length or offset + length > _LARGEST:
            refuse(Errno.EINVAL if not length else Errno.EFBIG)
        if not use.descriptor.rights & Rights.FD_WRITE:
            refuse(Errno.EBADF)
        if offset + length > use.node.stat().size:
            _set_size(caller, use.node, offset + length)


@wasi_function
def fd_filestat_set_size(caller: Caller, fd: U32, size: U64) -> None:
    with caller.descriptors.use(fd, File) as use:
        use.descriptor.require(Rights.FD_FILESTAT_SET_SIZE)
        _set_size(caller, use.node, _offset(size))


def _set_size(caller: Caller, file: File, size: int) -> None:
    """What is added counts as written."""
    added = max(0, size - file.stat().size)
    caller.wasi.quota.reserve_all(added)
    try:
        file.set_size(size)
    except BaseException:
        caller.wasi.quota.give_back(added)
        raise


@wasi_function
def fd_sync(caller: Caller, fd: U32) -> None:
    with caller.descriptors.use(fd, Node, Rights.FD_SYNC) as use:
        use.node.synchronise(False)


@wasi_function
def fd_datasync(caller: Caller, fd: U32) -> None:
    with caller.descriptors.use(fd, Node, Rights.FD_DATASYNC) as use:
        use.node.synchronise(True)


@wasi_function
def fd_close(caller: Caller, fd: U32) -> None:
    caller.descriptors.close(fd)


@wasi_function
def fd_renumber(caller: Caller, fd: U32, to: U32) -> None:
    caller.descriptors.renumber(fd, to)
