"""System calls on files and paths, over the functions of WASI: with its rights, limits and sandbox.

Numbers and records are those of Emscripten's C library since July 2022 (``time_t`` of 64 bits). ``struct stat`` changed
in June 2023 together with the types of ``_localtime_js`` and ``_gmtime_js``, which tell which one a module has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wasi.errno import Errno, WasiError
from ..wasi.flags import FdFlags, FstFlags, LookupFlags, OFlags, Rights
from ..wasi.records import DIRENT
from .direct import call
from .errno import EINVAL
from .places import located, normal, text
from .records import DIRENT64, DIRENT64_SIZE, kind_of, pack_stat
from .syscalls import guarded, syscall

if TYPE_CHECKING:
    from .host import Emscripten

# Flags of open()
_WRITE_ONLY, _READ_WRITE, _ACCESS = 1, 2, 3
_FILE_FLAGS = {1024: FdFlags.APPEND, 2048: FdFlags.NONBLOCK, 4096: FdFlags.DSYNC, 1 << 20: FdFlags.SYNC}
_OPEN_FLAGS = {64: OFlags.CREAT, 128: OFlags.EXCL, 512: OFlags.TRUNC, 65536: OFlags.DIRECTORY}
_NO_FOLLOW = 131072
_TEMPORARY = 1 << 22
# Flags of functions that take a directory
_LINK_ITSELF, _REMOVE_DIRECTORY, _EMPTY_PATH, _FOLLOW = 256, 512, 4096, 1024
_MAY_WRITE = 2
# Nanoseconds of utimensat() that mean something else
_NOW, _OMIT = 0x3FFF_FFFF, 0x3FFF_FFFE
#: Entries are asked for in portions of this size.
_PORTION = 1 << 14


def _translated(flags: int, names: dict[int, int]) -> int:
    return sum(meaning for bit, meaning in names.items() if flags & bit)


def _rights(flags: int) -> int:
    rights = Rights.FILE | Rights.DIRECTORY
    access = flags & _ACCESS
    if access == _WRITE_ONLY:
        return rights & ~(Rights.FD_READ | Rights.FD_READDIR)
    return rights if access == _READ_WRITE else rights & ~Rights.FD_WRITE


@syscall("iipip")
def __syscall_openat(host: Emscripten, directory: int, path: int, flags: int, mode: int) -> int:
    """Files have no modes here: what is made can be read and written."""
    if flags & _TEMPORARY:
        raise WasiError(Errno.ENOTSUP)
    lookup = 0 if flags & _NO_FOLLOW else LookupFlags.SYMLINK_FOLLOW
    start, rest = located(host, directory, path)
    opened = (_translated(flags, _OPEN_FLAGS), _rights(flags), Rights.FILE | Rights.DIRECTORY)
    return call(host.wasi, "path_open", start, lookup, rest, 0, *opened, _translated(flags, _FILE_FLAGS))[0]


# Looking --------------------------------------------------------------------------------------------------------------


@syscall("iip")
def __syscall_fstat64(host: Emscripten, descriptor: int, result: int) -> None:
    pack_stat(host, result, call(host.wasi, "fd_filestat_get", descriptor))


@syscall("ipp")
def __syscall_stat64(host: Emscripten, path: int, result: int) -> None:
    __syscall_newfstatat(host, -100, path, result, 0)


@syscall("ipp")
def __syscall_lstat64(host: Emscripten, path: int, result: int) -> None:
    __syscall_newfstatat(host, -100, path, result, _LINK_ITSELF)


@syscall("iippi")
def __syscall_newfstatat(host: Emscripten, directory: int, path: int, result: int, flags: int) -> None:
    if flags & _EMPTY_PATH and not text(host, path):
        pack_stat(host, result, call(host.wasi, "fd_filestat_get", directory))
        return
    start, rest = located(host, directory, path)
    lookup = 0 if flags & _LINK_ITSELF else LookupFlags.SYMLINK_FOLLOW
    pack_stat(host, result, call(host.wasi, "path_filestat_get", start, lookup, rest, 0))


@syscall("iipi iipii")
def __syscall_faccessat(host: Emscripten, directory: int, path: int, mode: int, flags: int = 0) -> None:
    start, rest = located(host, directory, path)
    call(host.wasi, "path_filestat_get", start, LookupFlags.SYMLINK_FOLLOW, rest, 0)
    if mode & _MAY_WRITE and host.wasi.descriptors[start].node.read_only:
        raise WasiError(Errno.EROFS)


@syscall("iippp")
def __syscall_readlinkat(host: Emscripten, directory: int, path: int, buffer: int, size: int) -> int:
    if not size:
        return -EINVAL
    target = host.guest.view(buffer, size)
    start, rest = located(host, directory, path)
    return call(host.wasi, "path_readlink", start, rest, 0, target, size)[0]


@syscall("iipp")
def __syscall_getdents64(host: Emscripten, descriptor: int, buffer: int, size: int) -> int:
    """As many entries as fit. Where they go on is kept for the open directory, until it is rewound or closed."""
    if size < DIRENT64_SIZE:
        return -EINVAL
    opened = host.wasi.descriptors[descriptor]
    known = host.positions.get(descriptor)
    cookie = known[1] if known is not None and known[0] is opened else 0
    room = host.guest.view(buffer, size)
    used = 0
    for following, inode, kind, name in _entries(host, descriptor, cookie):
        DIRENT64.pack_into(room, used, inode, following, DIRENT64_SIZE, kind, name)
        used += DIRENT64_SIZE
        host.positions[descriptor] = opened, following
        if used + DIRENT64_SIZE > size:
            break
    return used


def _entries(host: Emscripten, descriptor: int, cookie: int) -> list[tuple[int, int, int, bytes]]:
    """Some entries from a cookie on, each with the cookie of the next, and its kind as ``dirent`` has it."""
    portion = memoryview(bytearray(_PORTION))
    (length,) = call(host.wasi, "fd_readdir", descriptor, portion, _PORTION, cookie)
    found = []
    at = 0
    while at + DIRENT.size <= length:
        cookie, inode, size, type = DIRENT.unpack_from(portion, at)
        at += DIRENT.size + size
        if at <= length:
            found.append((cookie, inode, kind_of(type) >> 12, bytes(portion[at - size : at])))
    return found


@guarded
def _seek(host: Emscripten, descriptor: int, offset: int, whence: int, result: int) -> None:
    known = host.positions.get(descriptor)
    if known is not None and known[0] is host.wasi.descriptors[descriptor] and whence == 0:
        host.positions[descriptor] = known[0], offset
        position = offset
    else:
        (position,) = call(host.wasi, "fd_seek", descriptor, offset, whence)
    host.guest.write_integer(result, 8, position)


def seek(host: Emscripten, descriptor: int, offset: int, whence: int, result: int) -> int:
    """``fd_seek`` of WASI, but that a directory that was read can be rewound. The error number, which is positive."""
    return -_seek(host, descriptor, offset, whence, result)


# Changing -------------------------------------------------------------------------------------------------------------


@syscall("iipi")
def __syscall_mkdirat(host: Emscripten, directory: int, path: int, mode: int) -> None:
    call(host.wasi, "path_create_directory", *located(host, directory, path), 0)


@syscall("iipi")
def __syscall_unlinkat(host: Emscripten, directory: int, path: int, flags: int) -> None:
    name = "path_remove_directory" if flags & _REMOVE_DIRECTORY else "path_unlink_file"
    call(host.wasi, name, *located(host, directory, path), 0)


@syscall("ip")
def __syscall_rmdir(host: Emscripten, path: int) -> None:
    call(host.wasi, "path_remove_directory", *located(host, -100, path), 0)


@syscall("iipip")
def __syscall_renameat(host: Emscripten, directory: int, path: int, new_directory: int, new_path: int) -> None:
    old, new = located(host, directory, path), located(host, new_directory, new_path)
    call(host.wasi, "path_rename", *old, 0, *new, 0)


@syscall("ipip")
def __syscall_symlinkat(host: Emscripten, target: int, directory: int, path: int) -> None:
    call(host.wasi, "path_symlink", text(host, target), 0, *located(host, directory, path), 0)


@syscall("iipipi")
def __syscall_linkat(
    host: Emscripten, directory: int, path: int, new_directory: int, new_path: int, flags: int
) -> None:
    start, rest = located(host, directory, path)
    lookup = LookupFlags.SYMLINK_FOLLOW if flags & _FOLLOW else 0
    call(host.wasi, "path_link", start, lookup, rest, 0, *located(host, new_directory, new_path), 0)


@syscall("iij")
def __syscall_ftruncate64(host: Emscripten, descriptor: int, size: int) -> None:
    call(host.wasi, "fd_filestat_set_size", descriptor, _not_negative(size))


@syscall("ipj")
def __syscall_truncate64(host: Emscripten, path: int, size: int) -> None:
    descriptor = __syscall_openat(host, -100, path, _WRITE_ONLY, 0)
    try:
        call(host.wasi, "fd_filestat_set_size", descriptor, _not_negative(size))
    finally:
        call(host.wasi, "fd_close", descriptor)


@syscall("iiijj")
def __syscall_fallocate(host: Emscripten, descriptor: int, mode: int, offset: int, length: int) -> None:
    if mode:
        raise WasiError(Errno.ENOTSUP)
    call(host.wasi, "fd_allocate", descriptor, _not_negative(offset), _not_negative(length))


@syscall("iijji")
def __syscall_fadvise64(host: Emscripten, descriptor: int, offset: int, length: int, advice: int) -> None:
    call(host.wasi, "fd_advise", descriptor, _not_negative(offset), _not_negative(length), advice)


@syscall("ii")
def __syscall_fdatasync(host: Emscripten, descriptor: int) -> None:
    call(host.wasi, "fd_datasync", descriptor)


def _not_negative(size: int) -> int:
    if size < 0:
        raise WasiError(Errno.EINVAL)
    return size


@syscall("iippi")
def __syscall_utimensat(host: Emscripten, directory: int, path: int, times: int, flags: int) -> None:
    """Without a path it is the descriptor itself."""
    chosen = _times(host, times) if times else (0, 0, FstFlags.ATIM_NOW | FstFlags.MTIM_NOW)
    if not path:
        call(host.wasi, "fd_filestat_set_times", directory, *chosen)
        return
    start, rest = located(host, directory, path, may_be_empty=True)
    lookup = 0 if flags & _LINK_ITSELF else LookupFlags.SYMLINK_FOLLOW
    call(host.wasi, "path_filestat_set_times", start, lookup, rest, 0, *chosen)


def _times(host: Emscripten, address: int) -> tuple[int, int, int]:
    """Two ``timespec``: the times in nanoseconds, and FstFlags."""
    values, flags = [], 0
    for place, (given, now) in enumerate(((FstFlags.ATIM, FstFlags.ATIM_NOW), (FstFlags.MTIM, FstFlags.MTIM_NOW))):
        seconds = host.guest.read_integer(address + 16 * place, 8)
        nanoseconds = host.guest.read_integer(address + 16 * place + 8, 4)
        flags |= now if nanoseconds == _NOW else 0 if nanoseconds == _OMIT else given
        values.append(seconds * 1_000_000_000 + nanoseconds)
    return values[0], values[1], flags


# The working directory, and who asks ---------------------------------------------------------------------------------


@syscall("ip")
def __syscall_chdir(host: Emscripten, path: int) -> None:
    start, rest = located(host, -100, path)
    opened = (OFlags.DIRECTORY, Rights.FD_READDIR, 0)
    (descriptor,) = call(host.wasi, "path_open", start, LookupFlags.SYMLINK_FOLLOW, rest, 0, *opened, 0)
    call(host.wasi, "fd_close", descriptor)
    host.working_directory = normal(host, text(host, path))


@syscall("ipp")
def __syscall_getcwd(host: Emscripten, buffer: int, size: int) -> int:
    encoded = host.working_directory.encode("utf-8") + b"\0"
    if not size:
        return -EINVAL
    if size < len(encoded):
        raise WasiError(Errno.ERANGE)
    host.guest.view(buffer, len(encoded))[:] = encoded
    return len(encoded)


@syscall("i", "__syscall_geteuid32", "__syscall_getgid32", "__syscall_getegid32")
def __syscall_getuid32(host: Emscripten) -> int:
    return 0


@syscall("ii")
def __syscall_umask(host: Emscripten, mask: int) -> int:
    """Files have no modes here."""
    return 0o22
