"""System calls on files, called as musl calls them, over trees of WASI."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest

from wasm2py_runtime.emscripten import Aborted, Emscripten
from wasm2py_runtime.emscripten.direct import call
from wasm2py_runtime.wasi import HostDirectory, WasiConfig

from .reexporting import Guest

HERE = -100
WRITE, CREATE, TRUNCATE, DIRECTORY = 1, 64, 512, 65536
ENOENT, ENOTDIR, EACCES, EROFS, EINVAL, EFAULT = 44, 54, 2, 69, 28, 21
CALLS = {
    "openat": "iipip", "newfstatat": "iippi", "stat64": "ipp", "lstat64": "ipp", "fstat64": "iip",
    "unlinkat": "iipi", "rmdir": "ip", "mkdirat": "iipi", "renameat": "iipip", "symlinkat": "ipip",
    "readlinkat": "iippp", "getdents64": "iipp", "fcntl64": "iiip", "ioctl": "iiip", "dup": "ii", "dup3": "iiii",
    "ftruncate64": "iij", "truncate64": "ipj", "getcwd": "ipp", "chdir": "ip", "utimensat": "iippi",
    "faccessat": "iipi", "linkat": "iipipi", "fallocate": "iiijj", "umask": "ii", "getuid32": "i",
}  # fmt: skip


class Files:
    """The calls by their names, and the file system."""

    def __init__(self, **directories: Any) -> None:
        named = {name.replace("_", "/"): tree for name, tree in directories.items()}
        self.host = Emscripten(WasiConfig(directories=named))
        self.guest = Guest(self.host, **{f"__syscall_{name}": letters for name, letters in CALLS.items()})
        self.memory = self.guest.memory

    def __getattr__(self, name: str) -> Any:
        call = self.guest.instance.exports[f"__syscall_{name}"]

        def with_texts(*arguments: Any) -> int:
            return call(*[self.guest.text(each) if isinstance(each, str) else each for each in arguments])

        return with_texts

    def open(self, path: str, flags: int = 0) -> int:
        return self.openat(HERE, path, flags, 0)

    def stat(self, address: int = 512) -> dict[str, int]:
        names = "dev mode nlink uid gid rdev size blksize blocks atime atimensec mtime mtimensec ctime ctimensec ino"
        return dict(zip(names.split(), struct.unpack("<6IqIIqI4xqI4xqI4xQ", self.memory.read(address, 96))))

    def names(self, descriptor: int, size: int) -> list[tuple[str, int]]:
        """All entries, read with a buffer of a size."""
        found = []
        while (count := self.getdents64(descriptor, 8192, size)) > 0:
            for at in range(8192, 8192 + count, 280):
                _, _, length, kind = struct.unpack("<QqHB", self.memory.read(at, 19))
                assert length == 280
                found.append((self.memory.read_string(at + 19), kind))
        assert count == 0
        return sorted(found)


@pytest.fixture(params=["memory", "host"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    if request.param == "memory":
        return Files(_={"dir": {"inner": b"123"}, "file": b"hello"})
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "inner").write_bytes(b"123")
    (tmp_path / "file").write_bytes(b"hello")
    return Files(_=tmp_path)


def test_status(files: Files) -> None:
    assert files.stat64("/file", 512) == 0
    stat = files.stat()
    assert (stat["mode"] & 0o170000, stat["size"], stat["blksize"], stat["blocks"]) == (0o100000, 5, 4096, 1)
    assert files.newfstatat(HERE, "dir", 512, 0) == 0
    assert files.stat()["mode"] & 0o170000 == 0o040000
    descriptor = files.open("dir/inner")
    assert files.fstat64(descriptor, 512) == 0
    assert files.stat()["size"] == 3
    assert files.newfstatat(descriptor, "", 512, 4096) == 0
    assert files.stat64("/nothing", 512) == -ENOENT
    assert files.stat64("", 512) == -ENOENT
    assert files.stat64("/file/x", 512) == -ENOTDIR
    assert files.stat64("/file", 2 * 65536 - 8) == -EFAULT
    assert files.stat64(2 * 65536, 512) == -EFAULT


def test_making_and_removing(files: Files) -> None:
    assert files.mkdirat(HERE, "/new", 0o777) == 0
    assert files.open("/new/file", WRITE | CREATE) > 0
    assert files.renameat(HERE, "/new/file", HERE, "moved") == 0
    assert files.open("/new/file") == -ENOENT
    assert files.open("/moved") > 0
    assert files.linkat(HERE, "/moved", HERE, "/second", 0) == 0
    assert files.unlinkat(HERE, "/moved", 0) == 0
    assert files.unlinkat(HERE, "/second", 0) == 0
    assert files.unlinkat(HERE, "/second", 0) == -ENOENT
    assert files.unlinkat(HERE, "/new", 512) == 0
    assert files.mkdirat(HERE, "/new", 0) == 0
    assert files.rmdir("/new") == 0


def test_links(files: Files) -> None:
    assert files.symlinkat("dir/inner", HERE, "/link") == 0
    assert files.readlinkat(HERE, "/link", 512, 100) == 9
    assert files.memory[512:521] == b"dir/inner"
    assert files.readlinkat(HERE, "/link", 512, 4) == 4
    assert files.readlinkat(HERE, "/file", 512, 4) == -EINVAL
    assert files.lstat64("/link", 512) == 0
    assert files.stat()["mode"] & 0o170000 == 0o120000
    assert files.stat64("/link", 512) == 0
    assert files.stat()["size"] == 3
    assert files.open("/link", 131072) == -32  # O_NOFOLLOW: ELOOP


def test_sizes(files: Files) -> None:
    descriptor = files.open("/file", 2)
    assert files.ftruncate64(descriptor, 2) == 0
    assert files.fallocate(descriptor, 0, 0, 10) == 0
    assert files.fallocate(descriptor, 1, 0, 10) == -138  # ENOTSUP
    assert files.ftruncate64(descriptor, -1) == -EINVAL
    assert files.stat64("/file", 512) == 0
    assert files.stat()["size"] == 10
    assert files.truncate64("/file", 4) == 0
    assert files.stat64("/file", 512) == 0
    assert files.stat()["size"] == 4
    assert files.open("/file", WRITE | TRUNCATE) > 0
    assert files.stat64("/file", 512) == 0
    assert files.stat()["size"] == 0


def test_directories_are_read_in_portions_and_rewound(files: Files) -> None:
    expected = [(".", 4), ("..", 4), ("dir", 4), ("file", 8)]
    descriptor = files.open("/", DIRECTORY)
    assert files.names(descriptor, 280) == expected
    assert files.names(files.open("/", DIRECTORY), 4096) == expected
    assert files.getdents64(descriptor, 8192, 279) == -EINVAL
    assert files.open("/file", DIRECTORY) == -ENOTDIR


def test_many_entries(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number:03}{'x' * 100}").touch()
    files = Files(_=tmp_path)
    assert len(files.names(files.open("/", DIRECTORY), 2800)) == 302


def test_the_working_directory(files: Files) -> None:
    assert files.getcwd(512, 100) == 2
    assert files.memory.read_string(512) == "/"
    assert files.chdir("dir") == 0
    assert files.open("inner") > 0
    assert files.open("../file") > 0
    assert files.getcwd(512, 100) == 5
    assert files.memory.read_string(512) == "/dir"
    assert files.getcwd(512, 4) == -68  # ERANGE
    assert files.chdir("../file") == -ENOTDIR
    assert files.chdir("..") == 0
    assert files.open("file") > 0


def test_a_path_is_relative_to_an_open_directory(files: Files) -> None:
    directory = files.open("/dir", DIRECTORY)
    assert files.openat(directory, "inner", 0, 0) > 0
    assert files.openat(directory, "../file", 0, 0) < 0  # WASI does not leave a directory
    assert files.openat(99, "inner", 0, 0) == -8  # EBADF


def test_the_directory_nearest_to_a_path_is_taken(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"outer")
    inner = tmp_path / "other"
    inner.mkdir()
    (inner / "x").write_bytes(b"in")
    files = Files(_data=tmp_path, _data_sub=HostDirectory(inner, read_only=True))
    for path, size in (("/data/x", 5), ("/data/sub/x", 2), ("/data//sub/./x", 2), ("/data/other/x", 2)):
        assert files.stat64(path, 512) == 0
        assert files.stat()["size"] == size
    assert files.open("/elsewhere") == -ENOENT
    assert files.open("/data/sub/x", WRITE) == -EROFS
    assert files.faccessat(HERE, "/data/sub/x", 2) == -EROFS
    assert files.faccessat(HERE, "/data/x", 2) == 0
    assert files.faccessat(HERE, "/data/nothing", 0) == -ENOENT
    assert files.open("/data/../../etc/passwd") < 0


def test_descriptors_that_stand_for_the_same_file(files: Files) -> None:
    first = files.open("/file")
    second = files.dup(first)
    assert second == first + 1
    assert files.dup3(first, 20, 0) == 20
    assert files.dup3(first, first, 0) == -EINVAL
    assert files.dup3(first, 100_000, 0) == -8
    files.host.wasi.descriptors.close(first)
    assert files.fstat64(second, 512) == 0
    files.host.wasi.descriptors.close(second)
    assert files.fstat64(20, 512) == 0
    assert files.open("/file") == first  # the lowest that is free
    assert files.dup3(first, 20, 0) == 20
    files.host.wasi.descriptors.close(20)
    assert files.fstat64(first, 512) == 0


def test_flags_of_descriptors(files: Files) -> None:
    descriptor = files.open("/file", 2 | 1024)
    assert files.fcntl64(descriptor, 3, 0) == 2 | 1024
    files.memory.store("u32", 512, 0)
    assert files.fcntl64(descriptor, 4, 512) == 0
    assert files.fcntl64(descriptor, 3, 0) == 2
    assert files.fcntl64(files.open("/file", WRITE), 3, 0) == 1
    files.memory.store("u32", 512, 30)
    assert files.fcntl64(descriptor, 0, 512) == 30
    assert files.fcntl64(descriptor, 77, 0) == -EINVAL
    assert files.fcntl64(99, 3, 0) == -8
    assert files.ioctl(descriptor, 21523, 512) == -59  # ENOTTY


def test_standard_streams_count_as_terminals(files: Files) -> None:
    files.memory.store("u32", 512, 600)
    assert files.ioctl(1, 21523, 512) == 0
    assert struct.unpack("<2H", files.memory.read(600, 4)) == (24, 80)


def test_modules_of_before_june_2023_have_another_status(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    host = Emscripten(WasiConfig(directories={"/": tmp_path}))
    guest = Guest(host, _localtime_js="vpp", __syscall_stat64="ipp")
    guest.memory.write(64, struct.pack("<q", 86400))
    guest._localtime_js(64, 128)
    assert struct.unpack("<6i", guest.memory.read(128, 24)) == (0, 0, 0, 2, 0, 70)
    assert guest.instance.exports["__syscall_stat64"](guest.text("/file"), 256) == 0
    mode, links = struct.unpack("<2I", guest.memory.read(256 + 12, 8))
    size, block = struct.unpack("<qI", guest.memory.read(256 + 40, 12))
    inode = guest.memory.load("u64", 256 + 104)
    assert (mode & 0o170000, links, size, block) == (0o100000, 1, 5, 4096)
    assert guest.memory.load("u32", 256 + 8) == inode & 0xFFFFFFFF


def embedded(guest: Guest, files: dict[str, bytes]) -> int:
    """A table of embedded files in memory: its address."""
    table, data = 8192, 16384
    for place, (name, contents) in enumerate(files.items()):
        guest.memory.write(data, contents)
        guest.memory.write(table + 12 * place, struct.pack("<3I", guest.text(name), len(contents), data))
        data += len(contents)
    return table


def test_embedded_files_are_made() -> None:
    host = Emscripten()
    guest = Guest(host, _emscripten_fs_load_embedded_files="vp", __syscall_stat64="ipp", __syscall_openat="iipip")
    table = embedded(guest, {"/assets/deep/a.txt": b"abc", "/assets/b.bin": bytes(1000), "c": b""})
    guest._emscripten_fs_load_embedded_files(table)
    stat = guest.instance.exports["__syscall_stat64"]
    for name, size in (("/assets/deep/a.txt", 3), ("assets/b.bin", 1000), ("/c", 0)):
        assert stat(guest.text(name), 512) == 0
        assert guest.memory.load("u64", 512 + 24) == size
    descriptor = guest.instance.exports["__syscall_openat"](HERE, guest.text("/assets/deep/a.txt"), 0, 0)
    buffer = memoryview(bytearray(10))
    assert call(host.wasi, "fd_read", descriptor, [buffer], 1) == [3]
    assert bytes(buffer[:3]) == b"abc"


def test_embedded_files_go_into_the_directories_of_the_guest(tmp_path: Path) -> None:
    for read_only in (False, True):
        config = WasiConfig(directories={"/": HostDirectory(tmp_path, read_only=read_only)})
        guest = Guest(Emscripten(config), _emscripten_fs_load_embedded_files="vp")
        if read_only:
            with pytest.raises(Aborted, match="the embedded file '/made/new' cannot be made"):
                guest._emscripten_fs_load_embedded_files(embedded(guest, {"/made/new": b"x"}))
        else:
            guest._emscripten_fs_load_embedded_files(embedded(guest, {"/made/file": b"x"}))
            assert (tmp_path / "made" / "file").read_bytes() == b"x"


def test_times(files: Files) -> None:
    files.memory.write(512, struct.pack("<qi4xqi4x", 1000, 5, 2000, 7))
    assert files.utimensat(HERE, "/file", 512, 0) == 0
    assert files.stat64("/file", 1024 - 96) == 0
    stat = files.stat(1024 - 96)
    assert (stat["atime"], stat["mtime"]) == (1000, 2000)
    files.memory.write(512, struct.pack("<qi4xqi4x", 0, 0x3FFFFFFE, 3000, 0))
    assert files.utimensat(files.open("/file", 2), 0, 512, 0) == 0
    assert files.stat64("/file", 1024 - 96) == 0
    stat = files.stat(1024 - 96)
    assert (stat["atime"], stat["mtime"]) == (1000, 3000)
