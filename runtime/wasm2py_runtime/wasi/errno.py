"""Error numbers of WASI (preview 1, ``errno``), and how errors of the host become such numbers."""

from __future__ import annotations

import errno as host
from enum import IntEnum
from io import UnsupportedOperation

Errno = IntEnum(
    "Errno",
    "SUCCESS E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG EBUSY ECANCELED ECHILD "
    "ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDESTADDRREQ EDOM EDQUOT EEXIST EFAULT EFBIG EHOSTUNREACH EIDRM "
    "EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN EISDIR ELOOP EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN "
    "ENETRESET ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOEXEC ENOLCK ENOLINK ENOMEM ENOMSG ENOPROTOOPT ENOSPC ENOSYS "
    "ENOTCONN ENOTDIR ENOTEMPTY ENOTRECOVERABLE ENOTSOCK ENOTSUP ENOTTY ENXIO EOVERFLOW EOWNERDEAD EPERM EPIPE EPROTO "
    "EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESPIPE ESRCH ESTALE ETIMEDOUT ETXTBSY EXDEV ENOTCAPABLE",
    start=0,
)


class WasiError(Exception):
    """A WASI function fails with this error number. Only the guest sees it, as the result of its call."""

    def __init__(self, errno: Errno) -> None:
        super().__init__(errno.name)
        self.errno = errno


#: The names that the host has for its numbers, where they differ from those of WASI.
_SYNONYMS = {"EWOULDBLOCK": "EAGAIN", "EOPNOTSUPP": "ENOTSUP", "EDEADLOCK": "EDEADLK"}
#: The numbers of the host, which differ from system to system.
_FROM_HOST = {
    number: Errno[wanted]
    for number, name in host.errorcode.items()
    for wanted in [_SYNONYMS.get(name, name)]
    if wanted in Errno.__members__
}


#: What is meant by errors that were raised without a number.
_OF_CLASS = {
    FileNotFoundError: Errno.ENOENT,
    FileExistsError: Errno.EEXIST,
    NotADirectoryError: Errno.ENOTDIR,
    IsADirectoryError: Errno.EISDIR,
    PermissionError: Errno.EACCES,
    BrokenPipeError: Errno.EPIPE,
    ConnectionResetError: Errno.ECONNRESET,
    BlockingIOError: Errno.EAGAIN,
    TimeoutError: Errno.EAGAIN,  # of a socket with a timeout of its own
    UnsupportedOperation: Errno.ENOTSUP,
}


def errno_of(error: OSError) -> Errno:
    """The number for an error of the host; EIO for one that has no counterpart."""
    if error.errno is not None:
        return _FROM_HOST.get(error.errno, Errno.EIO)
    return next((_OF_CLASS[kind] for kind in type(error).__mro__ if kind in _OF_CLASS), Errno.EIO)
