"""Trees of other kinds: what hosts do with trees in memory, zip files, file systems of fsspec."""

from __future__ import annotations

import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.unit.wasi.driver import DATA, FOLLOW, OTHER_PATH, PATH, READ, RESULT, WRITE, Guest, guest_of
from wasm2py_runtime.wasi import FsspecTree, HostDirectory, MemoryTree, ZipTree
from wasm2py_runtime.wasi.errno import Errno
from wasm2py_runtime.wasi.flags import FileType, OFlags, Rights

CREAT = OFlags.CREAT


def test_a_tree_in_memory() -> None:
    tree = MemoryTree({"a.txt": b"bytes", "sub": {"b.txt": "täxt", "empty": {}}})
    guest = guest_of({"/": tree})
    assert guest.read(guest.open("sub/b.txt")) == "täxt".encode()
    guest.write(guest.open("sub/new", CREAT, WRITE), b"from the guest")
    assert tree.read("sub/new") == b"from the guest"
    tree.write("sub/empty/late", "from the host")
    assert guest.read(guest.open("sub/empty/late")) == b"from the host"
    assert list(tree) == ["a.txt", "sub/b.txt", "sub/empty/late", "sub/new"]
    tree.write("a.txt", b"replaced")
    assert guest.read(guest.open("a.txt")) == b"replaced"


def test_misuse_of_a_tree_in_memory() -> None:
    for name in ("", ".", "..", "a/b", "a\0"):
        with pytest.raises(ValueError, match="MemoryTree"):
            MemoryTree({name: b""})
    with pytest.raises(TypeError, match="not of a int"):
        MemoryTree({"a": 5})
    for path in ("x", "", "sub"):
        with pytest.raises(FileNotFoundError):
            MemoryTree({"sub": {}}).read(path)
    with pytest.raises(FileNotFoundError):
        MemoryTree().write("x/y", b"")


def test_two_guests_of_one_tree() -> None:
    tree = MemoryTree()
    first, second = guest_of({"/": tree}), guest_of({"/other": tree})
    first.write(first.open("f", CREAT, WRITE), b"shared")
    assert second.read(second.open("f")) == b"shared"


def test_the_host_directory_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        guest_of({"/": tmp_path / "none"})
    (tmp_path / "f").touch()
    with pytest.raises(NotADirectoryError):
        guest_of({"/": HostDirectory(tmp_path / "f")})


# Zip files ------------------------------------------------------------------------------------------------------------


def zipped() -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"alpha")
        archive.writestr("sub/deep/b.txt", b"beta" * 100)
        archive.writestr("empty/", b"")
        archive.writestr("../evil", b"x")
        archive.writestr("sub/../../evil", b"x")
        archive.writestr("/absolute", b"inside")
        archive.writestr("a.txt/below", b"x")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "sub/deep/b.txt")
        way_out = zipfile.ZipInfo("out")
        way_out.external_attr = 0o120777 << 16
        archive.writestr(way_out, "../../etc/passwd")
    return file


def test_a_zip_file() -> None:
    guest = guest_of({"/": ZipTree(zipped())})
    assert sorted(guest.list(3)) == [".", "..", "a.txt", "absolute", "empty", "link", "out", "sub"]
    assert guest.read(guest.open("a.txt")) == b"alpha"
    assert guest.read(guest.open("absolute")) == b"inside"
    assert guest.stat("sub/deep/b.txt")[4] == 400
    fd = guest.open("link", lookup=FOLLOW)
    guest.must("fd_seek", fd, -4, 2, RESULT)
    assert guest.read(fd) == b"beta"
    assert guest.try_open("out", lookup=FOLLOW) == Errno.EPERM
    assert guest.try_open("a.txt/below") == Errno.ENOTDIR
    assert guest.try_open("a.txt", 0, WRITE) == guest.try_open("new", CREAT) == Errno.EROFS
    assert guest.path("path_unlink_file", "a.txt") == Errno.EROFS
    assert guest.stat("a.txt") == guest.stat("a.txt")


def test_a_zip_file_that_unpacks_to_too_much() -> None:
    guest = guest_of({"/": ZipTree(zipped(), max_bytes=300)})
    assert guest.call("fd_read", guest.open("sub/deep/b.txt"), *guest.vectors(10), RESULT) == Errno.ENOSPC
    assert guest.read(guest.open("a.txt")) == b"alpha"


def test_damaged_zip_files(tmp_path: Path) -> None:
    with pytest.raises(zipfile.BadZipFile):
        ZipTree(io.BytesIO(b"nothing of the sort"))
    whole = bytearray(zipped().getvalue())
    whole[30 + len("a.txt")] ^= 0xFF  # the first byte of what is packed
    (tmp_path / "x.zip").write_bytes(whole)
    guest = guest_of({"/": ZipTree(tmp_path / "x.zip")})
    assert guest.call("fd_read", guest.open("a.txt"), *guest.vectors(10), RESULT) == Errno.EIO


# fsspec ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def bucket() -> tuple[Guest, Any, str]:
    """A guest with a directory of a file system in memory, that file system, and where it is."""
    fsspec = pytest.importorskip("fsspec")
    fs = fsspec.filesystem("memory")
    place = f"/{uuid.uuid4()}"
    fs.makedirs(f"{place}/sub")
    fs.pipe_file(f"{place}/a.txt", b"alpha")
    fs.pipe_file(f"{place}/sub/b.txt", b"beta")
    return guest_of({"/": FsspecTree(f"memory:/{place}")}), fs, place


def test_fsspec_reading(bucket: tuple[Guest, Any, str]) -> None:
    guest, _, _ = bucket
    assert sorted(guest.list(3)) == [".", "..", "a.txt", "sub"]
    fd = guest.open("sub/../a.txt")
    assert (guest.read(fd, 2), guest.read(fd), guest.read(fd)) == (b"al", b"pha", b"")
    guest.must("fd_seek", fd, -2, 2, RESULT)
    assert guest.read(fd) == b"ha"
    guest.must("fd_close", fd)
    assert guest.stat("sub")[2] == FileType.DIRECTORY
    assert guest.stat("a.txt")[4] == 5
    assert guest.try_open("none") == Errno.ENOENT
    assert guest.try_open("a.txt/x") == guest.try_open("a.txt", OFlags.DIRECTORY, 0) == Errno.ENOTDIR
    assert guest.try_open("../x") == Errno.EPERM
    assert guest.try_open("sub", 0, Rights.FD_WRITE) == Errno.EISDIR
    assert sorted(guest.list(guest.open_directory("sub"))) == [".", "..", "b.txt"]


def test_fsspec_writing(bucket: tuple[Guest, Any, str]) -> None:
    guest, fs, place = bucket
    fd = guest.open("new", CREAT, WRITE)
    guest.write(fd, b"one")
    assert guest.stat("new")[4] == 3
    guest.must("fd_sync", fd)
    assert fs.cat_file(f"{place}/new") == b"one"
    guest.write(fd, b"two")
    assert guest.read(guest.open("new", 0, READ)) == b"onetwo"
    guest.must("fd_close", fd)
    guest.wasi.close()
    assert fs.cat_file(f"{place}/new") == b"onetwo"


def test_fsspec_changing(bucket: tuple[Guest, Any, str]) -> None:
    guest, fs, place = bucket
    assert guest.path("path_create_directory", "dir") == Errno.SUCCESS
    assert guest.path("path_create_directory", "dir") == Errno.EEXIST
    assert guest.path("path_remove_directory", "sub") == Errno.ENOTEMPTY
    assert guest.path("path_remove_directory", "dir") == Errno.SUCCESS
    rename = [3, *guest.put(PATH, "a.txt"), 3, *guest.put(OTHER_PATH, "sub/c.txt")]
    guest.must("path_rename", *rename)
    assert fs.cat_file(f"{place}/sub/c.txt") == b"alpha"
    assert guest.path("path_unlink_file", "sub/c.txt") == Errno.SUCCESS
    assert guest.path("path_unlink_file", "sub/c.txt") == Errno.ENOENT
    assert guest.path("path_unlink_file", "sub") == Errno.EISDIR
    fd = guest.open("gone", CREAT, WRITE)
    guest.write(fd, b"x")
    assert guest.path("path_unlink_file", "gone") == Errno.SUCCESS
    guest.must("fd_close", fd)
    assert guest.try_open("gone") == Errno.ENOENT
    assert guest.call("path_symlink", *guest.put(DATA, "x"), 3, *guest.put(PATH, "l")) == Errno.ENOTSUP


def test_fsspec_read_only(bucket: tuple[Guest, Any, str]) -> None:
    _, fs, place = bucket
    guest = guest_of({"/": FsspecTree(fs, place, read_only=True)})
    assert guest.try_open("new", CREAT) == guest.try_open("a.txt", 0, WRITE) == Errno.EROFS
    assert guest.read(guest.open("a.txt")) == b"alpha"


def test_fsspec_is_not_for_this_host(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    with pytest.raises(ValueError, match="HostDirectory"):
        FsspecTree(fsspec.filesystem("file"), str(tmp_path))


def test_failures_of_fsspec_are_errors_of_the_guest() -> None:
    class Broken:
        protocol = "broken"

        def info(self, path: str) -> Any:
            raise RuntimeError("no connection")

        def ls(self, path: str, detail: bool) -> Any:
            raise NotImplementedError

    guest = guest_of({"/": FsspecTree(Broken(), "x")})
    assert guest.try_open("f") == Errno.EIO
    assert guest.call("fd_readdir", 3, DATA, 100, 0, RESULT) == Errno.EIO
