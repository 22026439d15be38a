"""Paths: opening, creating, removing, renaming, links, listing; in directories of the host and in memory alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.wasi.driver import DATA, FOLLOW, OTHER_PATH, PATH, READ, RESULT, WRITE, Guest, dirents, guest_of
from wasm2py_runtime.wasi import HostDirectory, MemoryTree
from wasm2py_runtime.wasi.errno import Errno
from wasm2py_runtime.wasi.flags import FileType, FstFlags, OFlags, Rights

OK = Errno.SUCCESS
CREAT, DIRECTORY, EXCL = OFlags.CREAT, OFlags.DIRECTORY, OFlags.EXCL


def make(guest: Guest, path: str, content: bytes = b"") -> None:
    fd = guest.open(path, CREAT | EXCL, WRITE)
    guest.write(fd, content)
    guest.must("fd_close", fd)


def mkdir(guest: Guest, path: str) -> Errno:
    return guest.path("path_create_directory", path)


def rmdir(guest: Guest, path: str) -> Errno:
    return guest.path("path_remove_directory", path)


def unlink(guest: Guest, path: str) -> Errno:
    return guest.path("path_unlink_file", path)


def symlink(guest: Guest, target: str, path: str) -> Errno:
    return guest.call("path_symlink", *guest.put(OTHER_PATH, target), 3, *guest.put(PATH, path))


def readlink(guest: Guest, path: str, size: int = 100) -> Errno:
    return guest.path("path_readlink", path, DATA, size, RESULT)


def rename(guest: Guest, old: str, new: str, old_fd: int = 3, new_fd: int = 3) -> Errno:
    return guest.call("path_rename", old_fd, *guest.put(PATH, old), new_fd, *guest.put(OTHER_PATH, new))


def link(guest: Guest, old: str, new: str, lookup: int = 0, old_fd: int = 3, new_fd: int = 3) -> Errno:
    return guest.call("path_link", old_fd, lookup, *guest.put(PATH, old), new_fd, *guest.put(OTHER_PATH, new))


def stat(guest: Guest, path: str, lookup: int = 0) -> Errno:
    return guest.call("path_filestat_get", 3, lookup, *guest.put(PATH, path), RESULT)


# Opening --------------------------------------------------------------------------------------------------------------


def test_paths_that_lead_somewhere(guest: Guest) -> None:
    mkdir(guest, "dir")
    mkdir(guest, "dir/nested")
    make(guest, "dir/nested/file")
    for path in ("dir/.//nested/../../dir/nested/../nested///./file", "./dir/nested/file", "dir//nested/file"):
        guest.open(path)
    for path in ("dir/nested/", "dir/nested///", "dir/nested/.", "dir/nested/..", "dir/..", ".", "./"):
        guest.open(path, 0, 0)
        guest.open(path, DIRECTORY, 0)


@pytest.mark.parametrize(
    ("path", "errno"),
    [
        ("", Errno.ENOENT),
        ("none", Errno.ENOENT),
        ("none/file", Errno.ENOENT),
        ("none/../file", Errno.ENOENT),
        ("file/", Errno.ENOTDIR),
        ("file///", Errno.ENOTDIR),
        ("file/.", Errno.ENOTDIR),
        ("file/..", Errno.ENOTDIR),
        ("file/x", Errno.ENOTDIR),
        ("/file", Errno.EPERM),
        ("/", Errno.EPERM),
        ("..", Errno.EPERM),
        ("../file", Errno.EPERM),
        ("dir/../../x", Errno.EPERM),
        ("file\0", Errno.EINVAL),
        ("dir\0/file", Errno.EINVAL),
        (b"\xff\xfe", Errno.EILSEQ),
        (b"\xed\xa0\x80", Errno.EILSEQ),
        ("x" * 256, Errno.ENAMETOOLONG),
        ("dir/" * 2000, Errno.ENAMETOOLONG),
    ],
)
def test_paths_that_lead_nowhere(guest: Guest, path: str, errno: Errno) -> None:
    make(guest, "file")
    mkdir(guest, "dir")
    assert guest.try_open(path) == errno
    assert guest.path("path_readlink", path, DATA, 10, RESULT) == errno
    assert guest.call("path_filestat_get", 3, FOLLOW, *guest.put(PATH, path), RESULT) == errno


def test_unicode(guest: Guest) -> None:
    make(guest, "grüße 日本 🎉", b"x")
    assert guest.read(guest.open("grüße 日本 🎉")) == b"x"
    assert guest.list(3) == [".", "..", "grüße 日本 🎉"]


def test_creating(guest: Guest) -> None:
    assert guest.try_open("a", CREAT | DIRECTORY, WRITE) == Errno.EINVAL
    make(guest, "a", b"x")
    assert guest.try_open("a", CREAT | EXCL) == Errno.EEXIST
    assert guest.read(guest.open("a", CREAT)) == b"x"
    assert guest.try_open("b/", CREAT) == Errno.EISDIR
    assert guest.try_open("a/", CREAT) == Errno.ENOTDIR
    assert guest.try_open("none/b", CREAT) == Errno.ENOENT
    assert guest.try_open("a", 16) == Errno.EINVAL
    assert guest.try_open("a", lookup=2) == Errno.EINVAL


def test_directories_are_opened_to_read(guest: Guest) -> None:
    mkdir(guest, "d")
    make(guest, "f")
    assert guest.try_open("f", DIRECTORY, 0) == Errno.ENOTDIR
    assert guest.try_open("d", DIRECTORY, Rights.FD_READ | Rights.FD_WRITE) == Errno.EISDIR
    assert guest.try_open("d", 0, Rights.FD_WRITE) == Errno.EISDIR
    assert guest.try_open("d", CREAT, READ) == Errno.EISDIR
    fd = guest.open("d", DIRECTORY, Rights.FD_READ | Rights.FD_SEEK)
    guest.must("fd_fdstat_get", fd, RESULT)
    assert guest.memory.load("u64", RESULT + 8) == 0  # rights that mean nothing for a directory
    file = guest.open("f", 0, READ)
    assert guest.try_open("x", fd=file) == Errno.ENOTDIR
    assert guest.try_open("x", fd=99) == Errno.EBADF
    assert guest.try_open("x", fd=1) == Errno.ENOTDIR


# Making and removing --------------------------------------------------------------------------------------------------


def test_directories(guest: Guest) -> None:
    assert mkdir(guest, "a") == mkdir(guest, "a/b/") == OK
    for path in ("a", "a/", ".", "a/..", "a/b/."):
        assert mkdir(guest, path) == Errno.EEXIST
    assert mkdir(guest, "x/y") == Errno.ENOENT
    assert rmdir(guest, "a") == Errno.ENOTEMPTY
    assert rmdir(guest, "x") == Errno.ENOENT
    assert rmdir(guest, "a/b/") == rmdir(guest, "a") == OK
    assert rmdir(guest, ".") == Errno.EINVAL
    make(guest, "f")
    assert rmdir(guest, "f") == rmdir(guest, "f/") == mkdir(guest, "f/x") == Errno.ENOTDIR
    assert mkdir(guest, "f") == Errno.EEXIST


def test_nothing_is_made_in_a_removed_directory(guest: Guest) -> None:
    mkdir(guest, "d")
    fd = guest.open_directory("d")
    assert rmdir(guest, "d") == OK
    assert guest.try_open("x", CREAT, fd=fd) == Errno.ENOENT
    assert guest.path("path_create_directory", "x", fd=fd) == Errno.ENOENT
    assert mkdir(guest, "d") == OK


def test_unlinking(guest: Guest) -> None:
    mkdir(guest, "d")
    make(guest, "f")
    symlink(guest, "d", "l")
    assert unlink(guest, "d") == unlink(guest, "d/") == unlink(guest, ".") == Errno.EISDIR
    assert unlink(guest, "f/") == unlink(guest, "l/") == Errno.ENOTDIR
    assert unlink(guest, "x") == unlink(guest, "x/") == Errno.ENOENT
    assert unlink(guest, "f") == unlink(guest, "l") == OK
    assert guest.list(3) == [".", "..", "d"]


# Renaming -------------------------------------------------------------------------------------------------------------


def test_renaming_directories(guest: Guest) -> None:
    mkdir(guest, "s")
    make(guest, "s/f")
    assert rename(guest, "s", "t") == OK
    assert guest.try_open("s") == Errno.ENOENT
    guest.open("t/f")
    mkdir(guest, "empty")
    assert rename(guest, "t", "empty") == OK
    guest.open("empty/f")
    mkdir(guest, "t")
    assert rename(guest, "t", "empty") == Errno.ENOTEMPTY
    assert rename(guest, "t", "empty/f") == Errno.ENOTDIR
    assert rename(guest, "empty", "empty/sub") == Errno.EINVAL
    assert rename(guest, "t/", "u") == rename(guest, "u", "t/") == rename(guest, "t/", "v/") == OK
    for old, new in ((".", "x"), ("v", ".")):
        assert rename(guest, old, new) == Errno.EBUSY


def test_renaming_files(guest: Guest) -> None:
    make(guest, "a", b"a")
    make(guest, "b", b"b")
    mkdir(guest, "d")
    assert rename(guest, "a", "b") == OK
    assert guest.try_open("a") == Errno.ENOENT
    assert guest.read(guest.open("b")) == b"a"
    assert rename(guest, "b", "d") == Errno.EISDIR
    assert rename(guest, "b", "b") == OK
    assert rename(guest, "b", "c/") == rename(guest, "b/", "c") == Errno.ENOTDIR
    assert rename(guest, "x", "y") == rename(guest, "x", "y/") == Errno.ENOENT
    assert rename(guest, "b", "x/y") == Errno.ENOENT
    assert rename(guest, "b", "d/c", 3, 3) == OK
    sub = guest.open_directory("d")
    assert rename(guest, "c", "back", sub, 3) == OK
    assert guest.list(3) in ([".", "..", "d", "back"], [".", "..", "back", "d"])


def test_renaming_over_a_link_replaces_the_link(guest: Guest) -> None:
    make(guest, "a", b"a")
    make(guest, "b", b"b")
    symlink(guest, "b", "l")
    assert rename(guest, "a", "l") == OK
    assert guest.read(guest.open("b")) == b"b"
    assert guest.read(guest.open("l")) == b"a"


# Links ----------------------------------------------------------------------------------------------------------------


def test_symbolic_links(guest: Guest) -> None:
    mkdir(guest, "d")
    make(guest, "d/f", b"x")
    assert symlink(guest, "d/f", "l") == symlink(guest, "d", "m") == symlink(guest, "../d/./f", "d/up") == OK
    assert guest.try_open("l") == Errno.ELOOP
    assert guest.try_open("m", DIRECTORY, 0) in (Errno.ELOOP, Errno.ENOTDIR)
    assert guest.read(guest.open("l", lookup=FOLLOW)) == b"x"
    assert guest.read(guest.open("m/f")) == b"x"
    assert guest.read(guest.open("m/up", lookup=FOLLOW)) == b"x"
    guest.open("m", DIRECTORY, 0, lookup=FOLLOW)
    guest.open("m/", DIRECTORY, 0)
    assert guest.try_open("l", DIRECTORY, 0, lookup=FOLLOW) == Errno.ENOTDIR
    assert guest.stat("l")[2] == FileType.SYMBOLIC_LINK
    assert guest.stat("l", FOLLOW)[2] == FileType.REGULAR_FILE
    assert guest.stat("m/")[2] == FileType.DIRECTORY


def test_reading_links(guest: Guest) -> None:
    symlink(guest, "target", "l")
    assert readlink(guest, "l", 4) == OK
    assert (guest.u32(), guest.memory.read(DATA, 5)) == (4, b"targ\0")
    assert readlink(guest, "l") == OK
    assert (guest.u32(), guest.memory.read(DATA, 7)) == (6, b"target\0")
    assert readlink(guest, ".") == Errno.EINVAL


def test_dangling_links_and_loops(guest: Guest) -> None:
    symlink(guest, "nowhere", "l")
    assert guest.try_open("l") == Errno.ELOOP
    assert guest.try_open("l", lookup=FOLLOW) == Errno.ENOENT
    assert guest.try_open("l", CREAT | EXCL, lookup=FOLLOW) == Errno.EEXIST
    guest.open("l", CREAT, lookup=FOLLOW)
    assert guest.stat("nowhere")[2] == FileType.REGULAR_FILE
    symlink(guest, "loop", "loop")
    symlink(guest, "b", "a")
    symlink(guest, "a", "b")
    for path in ("loop", "a", "b"):
        assert guest.try_open(path, lookup=FOLLOW) == Errno.ELOOP
        assert guest.try_open(f"{path}/x") == Errno.ELOOP
        assert stat(guest, path, FOLLOW) == Errno.ELOOP
        assert stat(guest, path) == OK


def test_links_lead_at_most_forty_times(guest: Guest) -> None:
    make(guest, "l0")
    for number in range(1, 42):
        symlink(guest, f"l{number - 1}", f"l{number}")
    guest.open("l40", lookup=FOLLOW)
    assert guest.try_open("l41", lookup=FOLLOW) == Errno.ELOOP


def test_making_symbolic_links(guest: Guest) -> None:
    assert symlink(guest, "/etc", "l") == symlink(guest, "/", "l") == Errno.EPERM
    assert symlink(guest, "", "l") == symlink(guest, "t", "l/") == symlink(guest, "t", "x/l") == Errno.ENOENT
    mkdir(guest, "d")
    make(guest, "f")
    assert symlink(guest, "t", "d") == symlink(guest, "t", "d/") == symlink(guest, "t", "f") == Errno.EEXIST
    assert symlink(guest, "t", "f/") == Errno.ENOTDIR
    assert symlink(guest, "t", ".") == Errno.EEXIST


def test_hard_links(guest: Guest) -> None:
    make(guest, "f", b"x")
    mkdir(guest, "d")
    assert link(guest, "f", "g") == link(guest, "f", "d/g") == OK
    assert guest.stat("f") == guest.stat("g") == guest.stat("d/g")
    assert guest.stat("f")[3] == 3
    assert link(guest, "f", "g") == link(guest, "f", "f") == link(guest, "f", "d") == Errno.EEXIST
    assert link(guest, "d", "e") == Errno.EPERM
    assert link(guest, "f", "new/") == link(guest, "x", "y") == Errno.ENOENT
    assert link(guest, "f/", "new") == Errno.ENOTDIR
    assert link(guest, "f", "new", FOLLOW) == Errno.EINVAL
    symlink(guest, "nowhere", "l")
    assert link(guest, "l", "l2") == OK
    assert guest.stat("l2")[2] == FileType.SYMBOLIC_LINK
    assert link(guest, "f", "l") == Errno.EEXIST


# Looking --------------------------------------------------------------------------------------------------------------


def test_stat(guest: Guest) -> None:
    make(guest, "f", b"12345")
    mkdir(guest, "d")
    device, inode, kind, links, size, *_ = guest.stat("f")
    assert (kind, links, size) == (FileType.REGULAR_FILE, 1, 5)
    assert guest.stat("d")[:3] == (device, guest.stat("d/.")[1], FileType.DIRECTORY)
    assert guest.stat("d/..")[1] == guest.stat(".")[1] != inode
    assert stat(guest, "f/") == Errno.ENOTDIR
    assert stat(guest, "f", 2) == Errno.EINVAL


def test_setting_times(guest: Guest) -> None:
    make(guest, "f")
    symlink(guest, "f", "l")

    def set_times(path: str, lookup: int, mtime: int, flags: int = FstFlags.MTIM) -> Errno:
        return guest.call("path_filestat_set_times", 3, lookup, *guest.put(PATH, path), 0, mtime, flags)

    assert set_times("f", 0, 5_000) == OK
    assert guest.stat("f")[6] == 5_000
    assert set_times("l", 0, 6_000) == OK
    assert (guest.stat("l")[6], guest.stat("f")[6]) == (6_000, 5_000)
    assert set_times("l", FOLLOW, 7_000) == OK
    assert (guest.stat("l")[6], guest.stat("f")[6]) == (6_000, 7_000)
    for flags in (FstFlags.ATIM | FstFlags.ATIM_NOW, FstFlags.MTIM | FstFlags.MTIM_NOW, 32):
        assert set_times("f", 0, 1, flags) == Errno.EINVAL
    assert set_times("x", 0, 1) == Errno.ENOENT
    assert set_times("f/", 0, 1) == Errno.ENOTDIR
    assert set_times(".", 0, 8_000) == OK
    assert guest.stat(".")[6] == 8_000


def test_listing(guest: Guest) -> None:
    assert guest.list(3) == [".", ".."]
    mkdir(guest, "d")
    make(guest, "f")
    symlink(guest, "f", "l")
    guest.must("fd_readdir", 3, DATA, 4096, 0, RESULT)
    entries = dirents(guest.memory.read(DATA, guest.u32()))
    kinds = {name: kind for _, kind, name in entries}
    assert kinds == {
        ".": FileType.DIRECTORY,
        "..": FileType.DIRECTORY,
        "d": FileType.DIRECTORY,
        "f": FileType.REGULAR_FILE,
        "l": FileType.SYMBOLIC_LINK,
    }
    guest.must("fd_readdir", 3, DATA, 4096, entries[3][0], RESULT)
    assert dirents(guest.memory.read(DATA, guest.u32())) == entries[4:]
    guest.must("fd_readdir", 3, DATA, 4096, 2**63, RESULT)
    assert guest.u32() == 0
    file = guest.open("f")
    assert guest.call("fd_readdir", file, DATA, 100, 0, RESULT) == Errno.ENOTDIR
    assert guest.call("fd_readdir", 99, DATA, 100, 0, RESULT) == Errno.EBADF


def test_listing_in_small_pieces(guest: Guest) -> None:
    names = {f"file.{number}" for number in range(100)}
    for name in names:
        make(guest, name)
    for size in (64, 100, 256, 65536):
        found = guest.list(3, size)
        assert found[:2] == [".", ".."]
        assert set(found[2:]) == names
        assert len(found) == 102
    guest.must("fd_readdir", 3, DATA, 10, 0, RESULT)
    assert guest.u32() == 10  # cut off


def test_removing_while_listing(guest: Guest) -> None:
    names = {f"file.{number}" for number in range(50)}
    for name in names:
        make(guest, name)
    fd = guest.open_directory(".")
    seen, cookie = [], 0
    while True:
        guest.must("fd_readdir", fd, DATA, 100, cookie, RESULT)
        used = guest.u32()
        entries = dirents(guest.memory.read(DATA, used))
        for _, _, name in entries:
            seen.append(name)
            assert name in (".", "..") or unlink(guest, name) == OK
        if used < 100:
            break
        cookie = entries[-1][0]
    assert sorted(seen) == sorted([".", "..", *names])
    assert guest.list(fd) == [".", ".."]


# Several trees --------------------------------------------------------------------------------------------------------


def test_nothing_is_moved_or_linked_to_another_tree() -> None:
    guest = guest_of({"/a": {"f": b"x"}, "/b": {}})
    assert rename(guest, "f", "g", 3, 4) == link(guest, "f", "g", 0, 3, 4) == Errno.EXDEV


@pytest.mark.parametrize("kind", ["host", "memory"])
def test_read_only_trees(kind: str, tmp_path: Path) -> None:
    tree: HostDirectory | MemoryTree = HostDirectory(tmp_path) if kind == "host" else MemoryTree()
    first = guest_of({"/": tree})
    with first.wasi:
        make(first, "f", b"x")
        mkdir(first, "d")
        symlink(first, "f", "l")
    if isinstance(tree, HostDirectory):
        other = guest_of({"/ro": HostDirectory(tree.path, read_only=True), "/rw": tree})
    else:
        tree.read_only = True
        other = guest_of({"/ro": tree, "/rw": {}})
    refused = [
        other.try_open("f", 0, WRITE),
        other.try_open("f", OFlags.TRUNC, READ),
        other.try_open("new", CREAT, READ),
        other.try_open("new", CREAT | EXCL, READ),
        mkdir(other, "e"),
        rmdir(other, "d"),
        unlink(other, "f"),
        rename(other, "f", "g"),
        rename(other, "f", "g", 3, 4),
        rename(other, "f", "g", 4, 3),
        link(other, "f", "g"),
        link(other, "f", "g", 0, 3, 4),
        symlink(other, "f", "m"),
        other.call("path_filestat_set_times", 3, 0, *other.put(PATH, "f"), 0, 0, FstFlags.MTIM),
        other.call("fd_filestat_set_times", 3, 0, 0, FstFlags.MTIM),
        other.call("fd_filestat_set_times", other.open("f"), 0, 0, FstFlags.MTIM),
    ]
    assert refused == [Errno.EROFS] * len(refused)
    assert other.try_open("f", CREAT | EXCL, READ) == Errno.EEXIST
    assert other.read(other.open("f", CREAT)) == b"x"
    assert other.call("fd_filestat_set_size", other.open("f"), 0) == Errno.EINVAL
    assert other.read(other.open("l", lookup=FOLLOW)) == b"x"
