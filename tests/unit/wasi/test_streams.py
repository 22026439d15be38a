"""Standard streams: everything that they can be made from."""

from __future__ import annotations

import io
import os
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.wasi.driver import DATA, RESULT, Guest
from wasm2py_runtime.wasi import INHERIT, Wasi, WasiConfig
from wasm2py_runtime.wasi.errno import Errno
from wasm2py_runtime.wasi.flags import FdFlags, FileType, Rights


def read_all(source: Any, size: int = 5) -> bytes:
    guest = Guest(WasiConfig(stdin=source))
    found = b""
    while piece := guest.read(0, size):
        found += piece
    return found


def written(sink: Any) -> None:
    guest = Guest(WasiConfig(stdout=sink))
    guest.put(DATA, "one\ntwo ä\n")
    guest.must("fd_write", 1, *guest.vectors(4, 0, 5, 2), RESULT)
    assert guest.u32() == 11
    guest.wasi.close()


def test_sources(tmp_path: Path) -> None:
    text = "some text, äöü\n"
    data = text.encode()
    (tmp_path / "in").write_bytes(data)
    pieces = [data[:3], data[3:4], data[4:]]
    assert read_all(None) == b""
    for source in (data, bytearray(data), memoryview(data), io.BytesIO(data), tmp_path / "in", str(tmp_path / "in")):
        assert read_all(source) == data
    assert read_all(lambda count: pieces.pop(0) if pieces else b"") == data
    assert read_all(io.StringIO(text)) == data
    assert read_all(io.BufferedReader(io.BytesIO(data))) == data  # type: ignore[arg-type]
    with open(tmp_path / "in", encoding="utf-8") as file:
        assert read_all(file) == data


def test_sinks(tmp_path: Path) -> None:
    data = "one\ntwo ä\n".encode()
    collected: list[bytes] = []
    array, binary, text = bytearray(), io.BytesIO(), io.StringIO()
    for sink in (None, array, binary, text, collected.append, tmp_path / "out"):
        written(sink)
    assert bytes(array) == binary.getvalue() == b"".join(collected) == (tmp_path / "out").read_bytes() == data
    assert text.getvalue() == data.decode()  # the ä came in two pieces
    with open(tmp_path / "text", "w", encoding="utf-8") as file:
        file.write("before ")
        written(file)
        file.write(" after")
    assert (tmp_path / "text").read_bytes() == b"before " + data + b" after"


def test_inherited_streams(monkeypatch: pytest.MonkeyPatch, capsysbinary: Any) -> None:
    written(INHERIT)
    guest = Guest(WasiConfig(stderr=INHERIT))
    guest.put(DATA, b"err")
    guest.must("fd_write", 2, *guest.vectors(3), RESULT)
    assert capsysbinary.readouterr() == ("one\ntwo ä\n".encode(), b"err")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"typed")))
    assert read_all(INHERIT) == b"typed"
    for name in ("stdin", "stdout"):
        monkeypatch.setattr(sys, name, None)
    assert read_all(INHERIT) == b""
    written(INHERIT)


def test_what_is_no_stream() -> None:
    with pytest.raises(TypeError, match="cannot read from a int"):
        Wasi(WasiConfig(stdin=5))
    with pytest.raises(TypeError, match="cannot write to a list"):
        Wasi(WasiConfig(stdout=[]))
    with pytest.raises(FileNotFoundError):
        Wasi(WasiConfig(stdin="/no/such/file"))


def test_exceptions_of_callables() -> None:
    def fail(_: Any) -> bytes:
        raise ValueError("the host's own")

    def broken(_: Any) -> None:
        raise BrokenPipeError

    guest = Guest(WasiConfig(stdin=fail, stdout=broken))
    with pytest.raises(ValueError, match="the host's own"):
        guest.call("fd_read", 0, *guest.vectors(1), RESULT)
    assert guest.call("fd_write", 1, *guest.vectors(1), RESULT) == Errno.EPIPE


def test_kinds_of_streams() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    guest = Guest(WasiConfig(stdin=Terminal(), stdout=Terminal(), stderr=bytearray()))
    kinds = []
    for fd in range(3):
        guest.must("fd_fdstat_get", fd, RESULT)
        kind, _, rights, _ = struct.unpack("<BxH4xQQ", guest.memory.read(RESULT, 24))
        kinds.append(kind)
        assert not rights & (Rights.FD_SEEK | Rights.FD_TELL)  # by which C libraries know terminals
    assert kinds == [FileType.CHARACTER_DEVICE, FileType.CHARACTER_DEVICE, FileType.UNKNOWN]
    guest.must("fd_filestat_get", 1, RESULT)
    guest.must("fd_fdstat_set_flags", 1, 4)
    guest.must("fd_sync", 1)


@pytest.mark.skipif(os.name == "nt", reason="pipes cannot be waited for")
@pytest.mark.parametrize("who", ["host", "guest"])
def test_a_pipe_that_is_not_ready(who: str) -> None:
    """Where the guest asks for it, the host's pipe stays as it is."""
    reading, writing = os.pipe()
    os.set_blocking(reading, who == "guest")
    with open(reading, "rb", buffering=0) as source, open(writing, "wb", buffering=0) as sink:
        guest = Guest(WasiConfig(stdin=source, stdout=sink))
        if who == "guest":
            guest.must("fd_fdstat_set_flags", 0, FdFlags.NONBLOCK)
        assert guest.call("fd_read", 0, *guest.vectors(10), RESULT) == Errno.EAGAIN
        guest.write(1, b"now")
        assert guest.read(0) == b"now"
        assert os.get_blocking(reading) == (who == "guest")
