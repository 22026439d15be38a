"""Open files: reading, writing, positions, sizes, times, flags, rights."""

from __future__ import annotations

import struct

import pytest

from tests.unit.wasi.driver import DATA, READ, RESULT, WRITE, Guest, guest_of
from wasm2py_runtime.wasi import MemoryTree, WriteLimitExceeded
from wasm2py_runtime.wasi.errno import Errno
from wasm2py_runtime.wasi.flags import FdFlags, FileType, FstFlags, OFlags, Rights

CREAT = OFlags.CREAT


def filestat(guest: Guest, fd: int) -> tuple[int, ...]:
    guest.must("fd_filestat_get", fd, RESULT)
    return struct.unpack("<QQB7xQQQQQ", guest.memory.read(RESULT, 64))


def size(guest: Guest, fd: int) -> int:
    return filestat(guest, fd)[4]


def fdstat(guest: Guest, fd: int) -> tuple[int, ...]:
    """filetype, flags, base rights, inheriting rights"""
    guest.must("fd_fdstat_get", fd, RESULT)
    return struct.unpack("<BxH4xQQ", guest.memory.read(RESULT, 24))


def seek(guest: Guest, fd: int, offset: int, whence: int) -> int:
    guest.must("fd_seek", fd, offset, whence, RESULT)
    return guest.u64()


def test_write_and_read(guest: Guest) -> None:
    fd = guest.open("a", CREAT, WRITE)
    assert guest.write(fd, b"hello world") == 11
    assert guest.read(fd) == b""
    assert seek(guest, fd, -5, 2) == 6
    assert guest.read(fd, 3) == b"wor"
    assert guest.read(fd) == b"ld"
    guest.must("fd_close", fd)
    assert guest.call("fd_close", fd) == Errno.EBADF
    assert guest.read(guest.open("a")) == b"hello world"


def test_several_buffers(guest: Guest) -> None:
    fd = guest.open("a", CREAT, WRITE)
    guest.put(DATA, b"abcdef")
    guest.must("fd_write", fd, *guest.vectors(2, 0, 3, 1), RESULT)
    assert guest.u32() == 6
    seek(guest, fd, 0, 0)
    guest.put(DATA, bytes(10))
    guest.must("fd_read", fd, *guest.vectors(1, 0, 2, 7), RESULT)
    assert guest.u32() == 6
    assert guest.memory.read(DATA, 8) == b"abcdef\0\0"
    guest.must("fd_read", fd, 0, 0, RESULT)
    assert guest.u32() == 0


def test_positions(guest: Guest) -> None:
    fd = guest.open("a", CREAT, WRITE)
    guest.write(fd, bytes(100))
    guest.must("fd_tell", fd, RESULT)
    assert guest.u64() == 100
    assert seek(guest, fd, -50, 1) == 50
    assert seek(guest, fd, 1000, 1) == 1050
    assert guest.read(fd) == b""
    assert guest.call("fd_seek", fd, -2000, 1, RESULT) == Errno.EINVAL
    assert guest.call("fd_seek", fd, 0, 3, RESULT) == Errno.EINVAL
    assert guest.call("fd_seek", fd, 0, -1, RESULT) == Errno.EINVAL
    assert guest.call("fd_seek", 77, 0, 0, RESULT) == Errno.EBADF
    assert guest.call("fd_tell", 77, RESULT) == Errno.EBADF
    guest.must("fd_tell", fd, RESULT)
    assert guest.u64() == 1050
    guest.write(fd, b"x")
    assert size(guest, fd) == 1051


def test_read_and_write_at_an_offset(guest: Guest) -> None:
    fd = guest.open("a", CREAT, WRITE)
    guest.put(DATA, b"abcd")
    guest.must("fd_pwrite", fd, *guest.vectors(2, 2), 3, RESULT)
    assert guest.u32() == 4
    assert guest.read(fd) == b"\0\0\0abcd"
    guest.put(DATA, bytes(8))
    guest.must("fd_pread", fd, *guest.vectors(1, 5), 4, RESULT)
    assert (guest.u32(), guest.memory.read(DATA, 4)) == (3, b"bcd\0")
    guest.must("fd_tell", fd, RESULT)
    assert guest.u64() == 7
    for name in ("fd_pread", "fd_pwrite"):
        assert guest.call(name, fd, *guest.vectors(1), -1, RESULT) == Errno.EINVAL
        assert guest.call(name, 77, *guest.vectors(1), 0, RESULT) == Errno.EBADF


def test_append(guest: Guest) -> None:
    fd = guest.open("a", CREAT, WRITE, flags=FdFlags.APPEND)
    assert fdstat(guest, fd)[1] == FdFlags.APPEND
    guest.write(fd, b"one")
    seek(guest, fd, 0, 0)
    guest.write(fd, b"two")
    seek(guest, fd, 0, 0)
    assert guest.read(fd) == b"onetwo"
    guest.must("fd_fdstat_set_flags", fd, 0)
    assert fdstat(guest, fd)[1] == 0
    seek(guest, fd, 0, 0)
    guest.write(fd, b"x")
    seek(guest, fd, 0, 0)
    assert guest.read(fd) == b"xnetwo"


def test_flags(guest: Guest) -> None:
    every = FdFlags.ALL & ~FdFlags.NONBLOCK
    fd = guest.open("a", CREAT, WRITE, flags=every)
    assert fdstat(guest, fd)[1] == every
    guest.write(fd, b"x")
    assert guest.call("fd_fdstat_set_flags", fd, 0) == Errno.EINVAL  # SYNC cannot be switched off
    guest.must("fd_fdstat_set_flags", fd, every & ~FdFlags.APPEND | FdFlags.NONBLOCK)
    assert guest.call("fd_fdstat_set_flags", fd, 64) == Errno.EINVAL
    assert guest.call("fd_fdstat_set_flags", 77, 0) == Errno.EBADF
    assert guest.try_open("a", flags=32) == Errno.EINVAL


def test_sizes(guest: Guest) -> None:
    fd = guest.open("a", CREAT, WRITE)
    guest.must("fd_filestat_set_size", fd, 10)
    assert (size(guest, fd), guest.read(fd)) == (10, bytes(10))
    guest.must("fd_allocate", fd, 5, 3)
    assert size(guest, fd) == 10
    guest.must("fd_allocate", fd, 90, 20)
    assert size(guest, fd) == 110
    guest.must("fd_filestat_set_size", fd, 2)
    assert size(guest, fd) == 2
    assert guest.call("fd_filestat_set_size", fd, -1) == Errno.EINVAL
    assert guest.call("fd_allocate", fd, 0, 0) == Errno.EINVAL
    assert guest.call("fd_allocate", fd, 2**62, 2**62) == Errno.EFBIG
    assert guest.call("fd_allocate", fd, -1, 1) == Errno.EFBIG
    reader = guest.open("a")
    assert guest.call("fd_filestat_set_size", reader, 5) == Errno.EINVAL
    assert guest.call("fd_allocate", reader, 0, 5) == Errno.EBADF


def test_truncation(guest: Guest) -> None:
    guest.write(guest.open("a", CREAT, WRITE), b"content")
    assert guest.read(guest.open("a", CREAT | OFlags.TRUNC, WRITE)) == b""
    guest.write(guest.open("a", 0, WRITE), b"content")
    guest.open("a", OFlags.TRUNC, 0)
    assert guest.stat("a")[4] == 0


def test_times(guest: Guest) -> None:
    fd = guest.open("a", CREAT, WRITE)
    *_, accessed, modified, _ = filestat(guest, fd)
    guest.must("fd_filestat_set_times", fd, 5, modified - 100, FstFlags.MTIM)
    assert filestat(guest, fd)[5:7] == (accessed, modified - 100)
    guest.must("fd_filestat_set_times", fd, 7_000_000_001, 0, FstFlags.ATIM | FstFlags.MTIM_NOW)
    assert filestat(guest, fd)[5] == 7_000_000_001
    assert filestat(guest, fd)[6] >= modified
    for flags in (FstFlags.ATIM | FstFlags.ATIM_NOW, FstFlags.MTIM | FstFlags.MTIM_NOW, 16):
        assert guest.call("fd_filestat_set_times", fd, 1, 1, flags) == Errno.EINVAL
    guest.must("fd_filestat_set_times", 3, 0, 9_000_000_000, FstFlags.MTIM)
    assert filestat(guest, 3)[6] == 9_000_000_000


def test_synchronisation_and_advice(guest: Guest) -> None:
    fd = guest.open("a", CREAT, WRITE)
    guest.must("fd_sync", fd)
    guest.must("fd_datasync", fd)
    guest.must("fd_sync", 3)
    guest.must("fd_advise", fd, 0, 100, 5)
    assert guest.call("fd_advise", fd, 0, 100, 6) == Errno.EINVAL
    assert guest.call("fd_advise", fd, -1, 100, 0) == Errno.EINVAL
    assert guest.call("fd_advise", 1, 0, 100, 0) == Errno.ESPIPE
    for name in ("fd_sync", "fd_datasync"):
        assert guest.call(name, 77) == Errno.EBADF


def test_what_is_not_opened_for_it(guest: Guest) -> None:
    reader = guest.open("a", CREAT, READ)
    assert guest.call("fd_write", reader, *guest.vectors(1), RESULT) == Errno.EBADF
    assert guest.call("fd_pwrite", reader, *guest.vectors(1), 0, RESULT) == Errno.EBADF
    writer = guest.open("a", 0, WRITE & ~Rights.FD_READ)
    assert guest.call("fd_read", writer, *guest.vectors(1), RESULT) == Errno.EBADF
    assert guest.call("fd_pread", writer, *guest.vectors(1), 0, RESULT) == Errno.EBADF
    guest.write(writer, b"x")


def test_a_directory_is_no_file(guest: Guest) -> None:
    for name in ("fd_read", "fd_write"):
        assert guest.call(name, 3, *guest.vectors(1), RESULT) == Errno.EBADF
    for name in ("fd_pread", "fd_pwrite"):
        assert guest.call(name, 3, *guest.vectors(1), 0, RESULT) == Errno.EBADF
    for whence in range(3):
        assert guest.call("fd_seek", 3, 0, whence, RESULT) == Errno.EBADF
    assert guest.call("fd_tell", 3, RESULT) == Errno.EBADF
    assert guest.call("fd_allocate", 3, 0, 1) == Errno.EBADF
    assert guest.call("fd_filestat_set_size", 3, 0) == Errno.EBADF
    assert guest.call("sock_accept", 3, 0, RESULT) == Errno.ENOTSOCK
    assert guest.call("sock_shutdown", 1, 1) == Errno.ENOTSOCK


def test_streams_have_no_position(guest: Guest) -> None:
    assert guest.call("fd_seek", 1, 0, 1, RESULT) == Errno.ESPIPE
    assert guest.call("fd_tell", 1, RESULT) == Errno.ESPIPE
    assert guest.call("fd_pread", 0, *guest.vectors(1), 0, RESULT) == Errno.ESPIPE
    assert guest.call("fd_read", 1, *guest.vectors(1), RESULT) == Errno.EBADF
    assert guest.call("fd_write", 0, *guest.vectors(1), RESULT) == Errno.EBADF


def test_rights_can_only_be_given_up(guest: Guest) -> None:
    rights = Rights.FD_READ | Rights.FD_WRITE | Rights.FD_SEEK
    fd = guest.open("a", CREAT, rights)
    assert fdstat(guest, fd) == (FileType.REGULAR_FILE, 0, rights, 0)
    assert guest.call("fd_filestat_get", fd, RESULT) == Errno.ENOTCAPABLE
    assert guest.call("fd_sync", fd) == Errno.ENOTCAPABLE
    assert guest.call("fd_fdstat_set_rights", fd, rights | Rights.FD_SYNC, 0) == Errno.ENOTCAPABLE
    guest.must("fd_fdstat_set_rights", fd, Rights.FD_SEEK, 0)
    assert guest.call("fd_read", fd, *guest.vectors(1), RESULT) == Errno.EBADF
    assert guest.call("fd_write", fd, *guest.vectors(1), RESULT) == Errno.EBADF
    seek(guest, fd, 0, 0)
    assert guest.call("fd_fdstat_set_rights", fd, rights, 0) == Errno.ENOTCAPABLE


def test_rights_are_inherited(guest: Guest) -> None:
    guest.path("path_create_directory", "d")
    few = Rights.FD_READ | Rights.PATH_OPEN
    fd = guest.open("d", OFlags.DIRECTORY, Rights.PATH_OPEN | Rights.FD_READDIR, inheriting=few)
    assert fdstat(guest, fd) == (FileType.DIRECTORY, 0, Rights.PATH_OPEN | Rights.FD_READDIR, few)
    assert guest.path("path_create_directory", "e", fd=fd) == Errno.ENOTCAPABLE
    assert guest.try_open("x", CREAT, Rights.FD_READ, fd=fd) == Errno.ENOTCAPABLE  # no right to create
    guest.open("d/x", CREAT)
    assert guest.try_open("x", 0, Rights.FD_WRITE, fd=fd) == Errno.ENOTCAPABLE
    assert fdstat(guest, guest.open("x", 0, Rights.FD_READ, fd=fd))[2] == Rights.FD_READ


def test_rights_to_truncate(guest: Guest) -> None:
    guest.open("a", CREAT)
    _, _, base, inheriting = fdstat(guest, 3)
    assert not base & Rights.FD_FILESTAT_SET_SIZE
    guest.must("fd_fdstat_set_rights", 3, base, inheriting & ~Rights.FD_FILESTAT_SET_SIZE)
    guest.open("a", OFlags.TRUNC, 0)
    guest.must("fd_fdstat_set_rights", 3, base & ~Rights.PATH_FILESTAT_SET_SIZE, 0)
    assert guest.try_open("a", OFlags.TRUNC, 0) == Errno.ENOTCAPABLE


def test_renumbering(guest: Guest) -> None:
    first, second = guest.open("a", CREAT, WRITE), guest.open("b", CREAT, WRITE)
    guest.write(first, b"first")
    guest.must("fd_renumber", first, second)
    assert guest.call("fd_close", first) == Errno.EBADF
    seek(guest, second, 0, 0)
    assert guest.read(second) == b"first"
    assert guest.call("fd_renumber", second, first) == Errno.EBADF
    assert guest.call("fd_renumber", first, second) == Errno.EBADF
    guest.must("fd_renumber", second, second)
    assert guest.open("b") == first  # the lowest number that is free
    guest.must("fd_renumber", second, 1)
    guest.write(1, b"x")


def test_a_preopened_directory_can_be_closed_and_replaced(guest: Guest) -> None:
    fd = guest.open_directory(".")
    inode = filestat(guest, fd)[1]
    guest.must("fd_prestat_get", 3, RESULT)
    guest.must("fd_renumber", fd, 3)
    assert filestat(guest, 3)[1] == inode
    assert guest.call("fd_prestat_get", 3, RESULT) == Errno.EBADF
    guest.must("fd_close", 3)
    assert guest.call("fd_fdstat_get", 3, RESULT) == Errno.EBADF


def test_preopens(guest: Guest) -> None:
    guest.must("fd_prestat_get", 3, RESULT)
    assert struct.unpack("<B3xI", guest.memory.read(RESULT, 8)) == (0, 1)
    assert guest.call("fd_prestat_dir_name", 3, DATA, 0) == Errno.ENAMETOOLONG
    guest.must("fd_prestat_dir_name", 3, DATA, 2)
    assert guest.memory.read(DATA, 2) == b"/\0"
    for fd in (0, 4, -1):
        assert guest.call("fd_prestat_get", fd, RESULT) == Errno.EBADF
        assert guest.call("fd_prestat_dir_name", fd, DATA, 5) == Errno.EBADF


def test_deleted_files_live_on(guest: Guest) -> None:
    fd = guest.open("a", CREAT, WRITE)
    guest.write(fd, b"still here")
    assert guest.path("path_unlink_file", "a") == Errno.SUCCESS
    seek(guest, fd, 0, 0)
    assert guest.read(fd) == b"still here"
    assert guest.try_open("a") == Errno.ENOENT


def test_descriptors_are_limited() -> None:
    guest = guest_of({"/": MemoryTree({"a": b""})}, max_open_files=6)
    assert [guest.open("a"), guest.open("a")] == [4, 5]
    assert guest.try_open("a") == Errno.EMFILE
    assert guest.try_open("new", CREAT) == Errno.EMFILE
    assert guest.path("path_unlink_file", "new") == Errno.ENOENT
    guest.must("fd_close", 4)
    assert guest.open("a") == 4


def test_written_bytes_are_limited() -> None:
    tree = MemoryTree()
    guest = guest_of({"/": tree}, max_written_bytes=100)
    fd = guest.open("a", CREAT, WRITE)
    assert guest.write(fd, bytes(90)) == 90
    assert guest.write(fd, bytes(20)) == 10
    with pytest.raises(WriteLimitExceeded, match="100 bytes"):
        guest.write(fd, b"x")
    with pytest.raises(WriteLimitExceeded):
        guest.write(1, b"x")
    with pytest.raises(WriteLimitExceeded):
        guest.call("fd_filestat_set_size", fd, 101)
    assert tree.read("a") == bytes(100)


def test_an_error_at_the_limit() -> None:
    tree = MemoryTree()
    guest = guest_of({"/": tree}, max_written_bytes=10, at_write_limit="ENOSPC")
    fd = guest.open("a", CREAT, WRITE)
    guest.must("fd_filestat_set_size", fd, 8)
    assert guest.call("fd_allocate", fd, 0, 20) == Errno.ENOSPC
    guest.put(DATA, b"12345")
    guest.must("fd_pwrite", fd, *guest.vectors(5), 0, RESULT)
    assert guest.u32() == 2
    assert guest.call("fd_pwrite", fd, *guest.vectors(5), 0, RESULT) == Errno.ENOSPC
    assert guest.call("fd_write", 3, *guest.vectors(5), RESULT) == Errno.EBADF
    with pytest.raises(ValueError, match="at_write_limit"):
        guest_of({}, at_write_limit="EWHAT")


def test_memory_is_limited() -> None:
    tree = MemoryTree({"a": b"12345"}, max_bytes=10)
    guest = guest_of({"/": tree})
    fd = guest.open("a", 0, WRITE)
    assert guest.call("fd_filestat_set_size", fd, 11) == Errno.ENOSPC
    guest.put(DATA, b"x")
    assert guest.call("fd_pwrite", fd, *guest.vectors(1), 2**62, RESULT) == Errno.ENOSPC
    guest.must("fd_filestat_set_size", fd, 10)
    other = guest.open("b", CREAT, WRITE)
    assert guest.call("fd_write", other, *guest.vectors(1), RESULT) == Errno.ENOSPC
    assert guest.path("path_unlink_file", "a") == Errno.SUCCESS
    assert guest.call("fd_write", other, *guest.vectors(1), RESULT) == Errno.ENOSPC  # it is still open
    guest.must("fd_close", fd)
    guest.must("fd_write", other, *guest.vectors(1), RESULT)
