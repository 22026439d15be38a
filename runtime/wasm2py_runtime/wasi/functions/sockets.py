"""Connections: ``sock_*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..descriptors import Descriptor
from ..errno import Errno
from ..flags import RECV_DATA_TRUNCATED, FdFlags, RiFlags, Rights, SdFlags
from ..nodes import refuse
from ..registry import U8, U16, U32, Pointer, wasi_function
from ..sockets import Connection, Listener, Socket
from .files import written

if TYPE_CHECKING:
    from ..host import Caller


@wasi_function
def sock_accept(caller: Caller, fd: U32, flags: U16, result: Pointer) -> None:
    with caller.descriptors.use(fd, Socket, otherwise=Errno.ENOTSOCK) as use:
        if not isinstance(use.node, Listener) or flags & ~FdFlags.NONBLOCK:
            refuse(Errno.EINVAL)
        use.descriptor.require(Rights.SOCK_ACCEPT)
        caller.guest.view(result, 4)
        caller.descriptors.require_room()
        connection = use.node.accept(flags)
        rights = connection.rights & use.descriptor.inheriting
    caller.guest.pack_u32(result, caller.descriptors.add(Descriptor(connection, rights, flags=flags)))


@wasi_function
def sock_recv(
    caller: Caller, fd: U32, iovs: Pointer, count: U32, flags: U16, result: Pointer, result_flags: Pointer
) -> None:
    with caller.descriptors.use(fd, Socket, otherwise=Errno.ENOTSOCK) as use:
        if not isinstance(use.node, Connection):
            refuse(Errno.ENOTCONN)
        use.descriptor.require(Rights.FD_READ)
        if flags & ~RiFlags.ALL:
            refuse(Errno.EINVAL)
        caller.guest.view(result, 4)
        caller.guest.view(result_flags, 2)
        received = use.node.receive(caller.guest.buffers(iovs, count), flags)
        caller.guest.pack_u32(result, received.length)
        caller.guest.write(result_flags, bytes([RECV_DATA_TRUNCATED if received.truncated else 0, 0]))


@wasi_function
def sock_send(caller: Caller, fd: U32, iovs: Pointer, count: U32, flags: U16, result: Pointer) -> None:
    with caller.descriptors.use(fd, Socket, otherwise=Errno.ENOTSOCK) as use:
        if not isinstance(use.node, Connection):
            refuse(Errno.ENOTCONN)
        use.descriptor.require(Rights.FD_WRITE)
        if flags:
            refuse(Errno.EINVAL)  # none are defined
        caller.guest.view(result, 4)
        caller.guest.pack_u32(result, written(caller, caller.guest.buffers(iovs, count), use.node.write))


@wasi_function
def sock_shutdown(caller: Caller, fd: U32, how: U8) -> None:
    with caller.descriptors.use(fd, Socket, Rights.SOCK_SHUTDOWN, Errno.ENOTSOCK) as use:
        if not how or how & ~SdFlags.ALL:
            refuse(Errno.EINVAL)
        use.node.shut_down(how)
