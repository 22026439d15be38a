"""Rights, flags and kinds of WASI (preview 1), under the names of the specification."""

from __future__ import annotations


class Rights:
    """What may be done with a descriptor (``rights``): the name of a right is that of the function it allows."""

    FD_DATASYNC = 1 << 0
    FD_READ = 1 << 1
    FD_SEEK = 1 << 2
    FD_FDSTAT_SET_FLAGS = 1 << 3
    FD_SYNC = 1 << 4
    FD_TELL = 1 << 5
    FD_WRITE = 1 << 6
    FD_ADVISE = 1 << 7
    FD_ALLOCATE = 1 << 8
    PATH_CREATE_DIRECTORY = 1 << 9
    PATH_CREATE_FILE = 1 << 10
    PATH_LINK_SOURCE = 1 << 11
    PATH_LINK_TARGET = 1 << 12
    PATH_OPEN = 1 << 13
    FD_READDIR = 1 << 14
    PATH_READLINK = 1 << 15
    PATH_RENAME_SOURCE = 1 << 16
    PATH_RENAME_TARGET = 1 << 17
    PATH_FILESTAT_GET = 1 << 18
    PATH_FILESTAT_SET_SIZE = 1 << 19
    PATH_FILESTAT_SET_TIMES = 1 << 20
    FD_FILESTAT_GET = 1 << 21
    FD_FILESTAT_SET_SIZE = 1 << 22
    FD_FILESTAT_SET_TIMES = 1 << 23
    PATH_SYMLINK = 1 << 24
    PATH_REMOVE_DIRECTORY = 1 << 25
    PATH_UNLINK_FILE = 1 << 26
    POLL_FD_READWRITE = 1 << 27
    SOCK_SHUTDOWN = 1 << 28
    SOCK_ACCEPT = 1 << 29

    #: Rights that mean something for a file, …
    FILE = (
        FD_DATASYNC | FD_READ | FD_SEEK | FD_FDSTAT_SET_FLAGS | FD_SYNC | FD_TELL | FD_WRITE | FD_ADVISE | FD_ALLOCATE
        | FD_FILESTAT_GET | FD_FILESTAT_SET_SIZE | FD_FILESTAT_SET_TIMES | POLL_FD_READWRITE
    )  # fmt: skip
    #: … for a directory, …
    DIRECTORY = (
        FD_FDSTAT_SET_FLAGS | FD_SYNC | FD_ADVISE | FD_READDIR | FD_FILESTAT_GET | FD_FILESTAT_SET_TIMES
        | PATH_CREATE_DIRECTORY | PATH_CREATE_FILE | PATH_LINK_SOURCE | PATH_LINK_TARGET | PATH_OPEN | PATH_READLINK
        | PATH_RENAME_SOURCE | PATH_RENAME_TARGET | PATH_FILESTAT_GET | PATH_FILESTAT_SET_SIZE
        | PATH_FILESTAT_SET_TIMES | PATH_SYMLINK | PATH_REMOVE_DIRECTORY | PATH_UNLINK_FILE
    )  # fmt: skip
    #: … for a stream of bytes that has no position, …
    STREAM = FD_DATASYNC | FD_SYNC | FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE
    #: … for a connection, and for a socket that waits for connections.
    CONNECTION = FD_READ | FD_WRITE | FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE | SOCK_SHUTDOWN
    LISTENER = FD_READ | FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE | SOCK_ACCEPT | SOCK_SHUTDOWN


class FileType:
    """``filetype``"""

    UNKNOWN, BLOCK_DEVICE, CHARACTER_DEVICE, DIRECTORY, REGULAR_FILE, SOCKET_DGRAM, SOCKET_STREAM, SYMBOLIC_LINK = (
        range(8)
    )


class FdFlags:
    """``fdflags``"""

    APPEND, DSYNC, NONBLOCK, RSYNC, SYNC = 1, 2, 4, 8, 16
    ALL = 31
    #: Those that say when data has to be on the disk.
    SYNCHRONOUS = DSYNC | RSYNC | SYNC


class OFlags:
    """``oflags`` of ``path_open``"""

    CREAT, DIRECTORY, EXCL, TRUNC = 1, 2, 4, 8
    ALL = 15


class LookupFlags:
    """``lookupflags``"""

    SYMLINK_FOLLOW = 1
    ALL = 1


class FstFlags:
    """``fstflags``: which times are set"""

    ATIM, ATIM_NOW, MTIM, MTIM_NOW = 1, 2, 4, 8
    ALL = 15


class ClockId:
    """``clockid``"""

    REALTIME, MONOTONIC, PROCESS_CPUTIME, THREAD_CPUTIME = range(4)


class EventType:
    """``eventtype``"""

    CLOCK, FD_READ, FD_WRITE = range(3)


#: ``eventrwflags``: the other side of a connection has closed it.
EVENT_HANGUP = 1
#: ``subclockflags``: the timeout is a point in time.
CLOCK_ABSTIME = 1


class RiFlags:
    """``riflags`` of ``sock_recv``"""

    PEEK, WAITALL = 1, 2
    ALL = 3


#: ``roflags``: a message was longer than the buffers.
RECV_DATA_TRUNCATED = 1


class SdFlags:
    """``sdflags`` of ``sock_shutdown``"""

    RD, WR = 1, 2
    ALL = 3
