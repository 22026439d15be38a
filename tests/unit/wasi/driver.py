"""Calls the functions of WASI as a guest would: with addresses in a memory, where results are found afterwards."""

from __future__ import annotations

import struct
from typing import Any

from wasm2py_runtime import Memory
from wasm2py_runtime.wasi import Wasi, WasiConfig
from wasm2py_runtime.wasi.errno import Errno
from wasm2py_runtime.wasi.flags import LookupFlags, OFlags, Rights

#: Where results go, and where paths, vectors and data are put.
RESULT, PATH, OTHER_PATH, VECTORS, DATA = 16, 1024, 8192, 16384, 32768
ALL_RIGHTS = Rights.FILE | Rights.DIRECTORY
READ, WRITE = Rights.FILE & ~Rights.FD_WRITE, Rights.FILE
FOLLOW = LookupFlags.SYMLINK_FOLLOW


class Guest:
    """A guest without code. ``guest.call(name, …)`` gives the Errno; the other methods assert that there is none."""

    def __init__(self, config: WasiConfig, pages: int = 4, module: str = "wasi_snapshot_preview1") -> None:
        self.memory = Memory(pages)
        self.wasi = Wasi(config)
        self.wasi.memory = self.memory
        self.functions = self.wasi.imports(module)

    def call(self, name: str, *arguments: int) -> Errno:
        return Errno(self.functions[name](*arguments))

    def must(self, name: str, *arguments: int) -> None:
        assert self.call(name, *arguments) == Errno.SUCCESS

    def u32(self, address: int = RESULT) -> int:
        return int(self.memory.load("u32", address))

    def u64(self, address: int = RESULT) -> int:
        return int(self.memory.load("u64", address))

    def put(self, address: int, data: str | bytes) -> tuple[int, int]:
        """Write a path or data. Its address and length."""
        encoded = data.encode() if isinstance(data, str) else data
        self.memory.write(address, encoded)
        return address, len(encoded)

    # Files ----------------------------------------------------------------------------------------------------------

    def try_open(
        self,
        path: Any,
        oflags: int = 0,
        rights: int = READ,
        *,
        fd: int = 3,
        lookup: int = 0,
        inheriting: int = ALL_RIGHTS,
        flags: int = 0,
    ) -> Errno:
        place = self.put(PATH, path)
        return self.call("path_open", fd, lookup, *place, oflags, rights, inheriting, flags, RESULT)

    def open(self, path: Any, oflags: int = 0, rights: int = READ, **options: int) -> int:
        assert self.try_open(path, oflags, rights, **options) == Errno.SUCCESS
        return self.u32()

    def open_directory(self, path: Any, **options: int) -> int:
        return self.open(path, OFlags.DIRECTORY, Rights.DIRECTORY, **options)

    def path(self, name: str, path: Any, *rest: int, fd: int = 3) -> Errno:
        """A function that takes a descriptor and a path first: ``path_unlink_file`` and the like."""
        return self.call(name, fd, *self.put(PATH, path), *rest)

    def vectors(self, *lengths: int) -> tuple[int, int]:
        """An array of buffers, one after the other from DATA on."""
        at = DATA
        for number, length in enumerate(lengths):
            self.memory.write(VECTORS + 8 * number, struct.pack("<II", at, length))
            at += length
        return VECTORS, len(lengths)

    def write(self, fd: int, data: bytes) -> int:
        self.put(DATA, data)
        self.must("fd_write", fd, *self.vectors(len(data)), RESULT)
        return self.u32()

    def read(self, fd: int, length: int = 100) -> bytes:
        self.must("fd_read", fd, *self.vectors(length), RESULT)
        return self.memory.read(DATA, self.u32())

    def stat(self, path: Any, lookup: int = 0, fd: int = 3) -> tuple[int, ...]:
        """dev, ino, filetype, nlink, size, atim, mtim, ctim"""
        self.must("path_filestat_get", fd, lookup, *self.put(PATH, path), RESULT)
        return struct.unpack("<QQB7xQQQQQ", self.memory.read(RESULT, 64))

    def list(self, fd: int, size: int = 4096) -> list[str]:
        """The names in a directory, read with a buffer of some size."""
        names: list[str] = []
        cookie = 0
        while True:
            self.must("fd_readdir", fd, DATA, size, cookie, RESULT)
            entries = dirents(self.memory.read(DATA, self.u32()))
            names += [name for _, _, name in entries]
            if self.u32() < size:
                return names
            assert entries, "a buffer too small for a name"
            cookie = entries[-1][0]


def dirents(data: bytes) -> list[tuple[int, int, str]]:
    """The whole entries in a buffer of ``fd_readdir``: cookie, type, name."""
    found = []
    while len(data) >= 24:
        cookie, _, length, kind = struct.unpack("<QQIB3x", data[:24])
        if len(data) < 24 + length:
            break
        found.append((cookie, kind, data[24 : 24 + length].decode("utf-8", "surrogateescape")))
        data = data[24 + length :]
    return found


def guest_of(directories: Any, **options: Any) -> Guest:
    return Guest(WasiConfig(["test"], directories=directories, stdout=None, stderr=None, **options))
