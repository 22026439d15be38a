"""Sockets: those that wait for connections, which the host gives, and connections that the guest accepts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from .buffers import filled
from .errno import Errno
from .flags import FdFlags, FileType, RiFlags, Rights, SdFlags
from .nodes import File, refuse

#: The names in the module ``socket``, which takes time to import: it is there if there is a socket.
_HOW = {SdFlags.RD: "SHUT_RD", SdFlags.WR: "SHUT_WR", SdFlags.RD | SdFlags.WR: "SHUT_RDWR"}


def _constant(name: str) -> int:
    """A number from the module ``socket``; 0 for a flag that the host does not have."""
    import socket

    return int(getattr(socket, name, 0))


class Received(NamedTuple):
    """What arrived: the number of bytes, and whether the rest of the message was lost."""

    length: int
    truncated: bool


class Socket(File):
    """Any socket. ``owned``: it is closed with its descriptor."""

    def __init__(self, socket: Any, owned: bool) -> None:
        self._socket, self._owned = socket, owned
        is_stream = socket.type == _constant("SOCK_STREAM")
        self.type = FileType.SOCKET_STREAM if is_stream else FileType.SOCKET_DGRAM

    def set_flags(self, flags: int) -> None:
        self._socket.setblocking(not flags & FdFlags.NONBLOCK)

    def fileno(self) -> Optional[int]:
        return int(self._socket.fileno())

    def available(self) -> int:
        return 1

    def shut_down(self, how: int) -> None:
        self._socket.shutdown(_constant(_HOW[how]) if how in _HOW else refuse(Errno.EINVAL))

    def close(self) -> None:
        if self._owned:
            self._socket.close()


class Listener(Socket):
    """A socket that waits for connections."""

    rights = Rights.LISTENER

    def accept(self, flags: int) -> Connection:
        """The next connection."""
        accepted, _ = self._socket.accept()
        connection = Connection(accepted, True)
        connection.set_flags(flags)
        return connection


class Connection(Socket):
    """A connected socket: also a file to read and write."""

    rights = Rights.CONNECTION

    def receive(self, buffers: Sequence[memoryview], flags: int) -> Received:
        """``flags`` are RiFlags."""
        wanted = _constant("MSG_PEEK") if flags & RiFlags.PEEK else 0
        wanted |= _constant("MSG_WAITALL") if flags & RiFlags.WAITALL else 0
        if hasattr(self._socket, "recvmsg_into"):
            count, _, found, _ = self._socket.recvmsg_into(buffers, 0, wanted)
            return Received(count, bool(found & _constant("MSG_TRUNC")))
        if not buffers:
            return Received(0, False)
        return Received(filled(buffers, self._socket.recv(len(buffers[0]), wanted)), False)

    def read(self, buffers: Sequence[memoryview]) -> int:
        return self.receive(buffers, 0).length

    def write(self, buffers: Sequence[memoryview]) -> int:
        if hasattr(self._socket, "sendmsg"):
            return int(self._socket.sendmsg(buffers))
        return int(self._socket.send(buffers[0])) if buffers else 0


def open_listener(given: Any) -> Socket:
    """A socket of the configuration: one that listens, or a connection. TypeError for anything else."""
    from socket import SOL_SOCKET, socket

    if not isinstance(given, socket):
        raise TypeError(f"listen: a socket is needed, not a {type(given).__name__}")
    listens = _constant("SO_ACCEPTCONN")
    if not listens or given.getsockopt(SOL_SOCKET, listens):
        return Listener(given, False)
    return Connection(given, False)
