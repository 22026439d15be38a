"""``poll_oneoff``, sockets, and what preview 0 has otherwise."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.wasi.driver import DATA, PATH, RESULT, WRITE, Guest, guest_of
from wasm2py_runtime.wasi import Wasi, WasiConfig
from wasm2py_runtime.wasi.errno import Errno
from wasm2py_runtime.wasi.flags import ClockId, EventType, FdFlags, FileType, OFlags, Rights

EVENTS = 40_000
MILLISECOND = 1_000_000


def clock(userdata: int, timeout: int, clock_id: int = ClockId.MONOTONIC, flags: int = 0) -> bytes:
    return struct.pack("<QB7xI4xQQH6x", userdata, EventType.CLOCK, clock_id, timeout, 0, flags)


def readable(userdata: int, fd: int) -> bytes:
    return struct.pack("<QB7xI28x", userdata, EventType.FD_READ, fd)


def writable(userdata: int, fd: int) -> bytes:
    return struct.pack("<QB7xI28x", userdata, EventType.FD_WRITE, fd)


def poll(guest: Guest, *subscriptions: bytes) -> list[tuple[int, ...]]:
    """userdata, error, type, bytes, flags of each event"""
    guest.put(DATA, b"".join(subscriptions))
    guest.must("poll_oneoff", DATA, EVENTS, len(subscriptions), RESULT)
    return list(struct.iter_unpack("<QHB5xQH6x", guest.memory.read(EVENTS, 32 * guest.u32())))


# Clocks ---------------------------------------------------------------------------------------------------------------


def test_a_timeout_passes() -> None:
    guest = Guest(WasiConfig())
    before = time.monotonic_ns()
    assert poll(guest, clock(7, 20 * MILLISECOND), clock(8, 10**18)) == [(7, 0, EventType.CLOCK, 0, 0)]
    assert time.monotonic_ns() - before >= 20 * MILLISECOND


def test_a_point_in_time() -> None:
    guest = Guest(WasiConfig())
    for clock_id, now in ((ClockId.REALTIME, time.time_ns()), (ClockId.MONOTONIC, time.monotonic_ns())):
        for then in (0, now, now + 10 * MILLISECOND):
            assert poll(guest, clock(1, then, clock_id, 1)) == [(1, 0, EventType.CLOCK, 0, 0)]


def test_all_that_is_over_is_reported() -> None:
    events = poll(Guest(WasiConfig()), clock(1, 0), clock(2, 2**64 - 1), clock(3, 0))
    assert [event[0] for event in events] == [1, 3]


def test_sleep_can_be_replaced() -> None:
    slept: list[float] = []
    guest = Guest(WasiConfig(sleep=slept.append))
    poll(guest, clock(1, 5_000_000_000))
    assert slept == [5.0]
    poll(guest, clock(1, 2 * 3600 * 10**9))
    assert slept == [5.0, 3600.0, 3600.0]


def test_time_of_a_deterministic_guest_is_moved_by_sleep() -> None:
    guest = Guest(WasiConfig.deterministic(step=0))
    poll(guest, clock(1, 90 * 10**9))
    guest.must("clock_time_get", ClockId.MONOTONIC, 0, RESULT)
    assert guest.u64() == 90 * 10**9


def test_bad_subscriptions() -> None:
    guest = Guest(WasiConfig())
    unknown = struct.pack("<QB39x", 1, 3)
    for subscription in (unknown, clock(1, 0, 1, 2)):
        guest.put(DATA, subscription)
        assert guest.call("poll_oneoff", DATA, EVENTS, 1, RESULT) == Errno.EINVAL
    assert poll(guest, clock(1, 5, ClockId.PROCESS_CPUTIME)) == [(1, Errno.ENOTSUP, EventType.CLOCK, 0, 0)]
    events = poll(guest, readable(2, 77), clock(3, 10**18))
    assert events == [(2, Errno.EBADF, EventType.FD_READ, 0, 0)]


# Descriptors ----------------------------------------------------------------------------------------------------------


def test_files_are_always_ready() -> None:
    guest = guest_of({"/": {"f": b"12345"}})
    fd = guest.open("f", 0, WRITE)
    guest.read(fd, 2)
    assert poll(guest, readable(1, fd), writable(2, fd), clock(3, 10**18)) == [
        (1, 0, EventType.FD_READ, 3, 0),
        (2, 0, EventType.FD_WRITE, 0, 0),
    ]


def test_standard_streams() -> None:
    guest = Guest(WasiConfig(stdin=b"x", stdout=bytearray()))
    assert [event[:3] for event in poll(guest, readable(1, 0), writable(2, 1))] == [(1, 0, 1), (2, 0, 2)]
    assert poll(guest, clock(3, 10**18), writable(4, 2))[0][:2] == (4, 0)


@pytest.mark.skipif(os.name == "nt", reason="pipes cannot be waited for")
def test_pipes() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb", buffering=0) as source, open(writing, "wb", buffering=0) as sink:
        guest = Guest(WasiConfig(stdin=source, stdout=sink))
        assert poll(guest, readable(1, 0), clock(2, MILLISECOND)) == [(2, 0, EventType.CLOCK, 0, 0)]
        assert poll(guest, readable(1, 0), writable(2, 1))[0][0] == 2
        timer = threading.Timer(0.02, lambda: guest.write(1, b"x"))
        timer.start()
        assert poll(guest, readable(1, 0))[0][:3] == (1, 0, EventType.FD_READ)
        timer.join()
        assert guest.read(0) == b"x"
        sink.close()
        assert poll(guest, readable(1, 0)) == [(1, 0, EventType.FD_READ, 1, 1)]  # hung up
        assert guest.read(0) == b""


# Sockets --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def listening() -> Iterator[tuple[Guest, Any]]:
    """A guest with a listening socket as descriptor 3, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        guest = Guest(WasiConfig(listen=[server]))
        yield guest, server.getsockname()
        guest.wasi.close()


def connected(guest: Guest, address: Any) -> tuple[socket.socket, int]:
    """The side of a client, and the descriptor of the guest."""
    client = socket.create_connection(address)
    assert poll(guest, readable(1, 3))[0][:2] == (1, 0)
    guest.must("sock_accept", 3, 0, RESULT)
    return client, guest.u32()


def test_a_conversation(listening: tuple[Guest, Any]) -> None:
    guest, address = listening
    client, fd = connected(guest, address)
    with client:
        client.sendall(b"hello")
        poll(guest, readable(1, fd))
        guest.must("sock_recv", fd, *guest.vectors(2, 8), 1, RESULT, RESULT + 4)  # RECV_PEEK
        guest.must("sock_recv", fd, *guest.vectors(2, 8), 0, RESULT, RESULT + 4)
        assert (guest.u32(), guest.memory.read(DATA, 5), guest.u32(RESULT + 4) & 0xFFFF) == (5, b"hello", 0)
        guest.put(DATA, b"answer")
        guest.must("sock_send", fd, *guest.vectors(3, 3), 0, RESULT)
        assert guest.u32() == 6
        assert client.recv(100) == b"answer"
        assert guest.write(fd, b"more") == 4
        assert client.recv(100) == b"more"
        guest.must("sock_shutdown", fd, 2)
        assert client.recv(100) == b""
        client.close()
        assert guest.read(fd) == b""
        guest.must("fd_close", fd)


def test_errors_of_sockets(listening: tuple[Guest, Any]) -> None:
    guest, address = listening
    guest.must("fd_fdstat_get", 3, RESULT)
    assert guest.memory[RESULT] == FileType.SOCKET_STREAM
    assert guest.call("sock_recv", 3, *guest.vectors(1), 0, RESULT, RESULT) == Errno.ENOTCONN
    assert guest.call("sock_send", 3, *guest.vectors(1), 0, RESULT) == Errno.ENOTCONN
    client, fd = connected(guest, address)
    with client:
        assert guest.call("sock_accept", fd, 0, RESULT) == Errno.EINVAL
        assert guest.call("sock_recv", fd, *guest.vectors(1), 4, RESULT, RESULT) == Errno.EINVAL
        assert guest.call("sock_send", fd, *guest.vectors(1), 1, RESULT) == Errno.EINVAL
        for how in (0, 4, -1):
            assert guest.call("sock_shutdown", fd, how) == Errno.EINVAL
        assert guest.call("fd_seek", fd, 0, 0, RESULT) == Errno.ESPIPE
        guest.must("fd_fdstat_set_flags", fd, FdFlags.NONBLOCK)
        assert guest.call("sock_recv", fd, *guest.vectors(1), 0, RESULT, RESULT) == Errno.EAGAIN
    for name, *rest in (("sock_accept", 0, RESULT), ("sock_shutdown", 1), ("sock_send", *guest.vectors(1), 0, RESULT)):
        assert guest.call(str(name), 77, *map(int, rest)) == Errno.EBADF
        assert guest.call(str(name), 1, *map(int, rest)) == Errno.ENOTSOCK


def test_a_socket_that_does_not_block(listening: tuple[Guest, Any]) -> None:
    guest, _ = listening
    guest.must("fd_fdstat_set_flags", 3, FdFlags.NONBLOCK)
    assert guest.call("sock_accept", 3, 0, RESULT) == Errno.EAGAIN


def test_sockets_follow_directories() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        guest = guest_of({"/": {}}, listen=[server])
        guest.must("fd_prestat_get", 3, RESULT)
        guest.must("fd_fdstat_get", 4, RESULT)
        assert guest.u64(RESULT + 8) & Rights.SOCK_ACCEPT
        guest.wasi.close()
        assert server.fileno() >= 0  # it is the host's
    with pytest.raises(TypeError, match="a socket is needed"):
        Wasi(WasiConfig(listen=["localhost"]))


# Preview 0 ------------------------------------------------------------------------------------------------------------


def test_preview_0_has_other_records() -> None:
    config = WasiConfig(directories={"/": {"f": b"12345"}})
    guest = Guest(config, module="wasi_unstable")
    guest.memory.write(RESULT, b"\xff" * 64)
    guest.must("path_filestat_get", 3, 0, *guest.put(PATH, "f"), RESULT)
    *_, kind, links, size, accessed, modified, changed = struct.unpack("<QQB3xIQQQQ", guest.memory.read(RESULT, 56))
    assert (kind, links, size) == (FileType.REGULAR_FILE, 1, 5)
    assert (accessed, modified, changed) == (0, 0, 0)
    assert guest.memory.read(RESULT + 56, 8) == b"\xff" * 8


def test_preview_0_has_other_numbers_for_whence() -> None:
    guest = Guest(WasiConfig(directories={"/": {}}), module="wasi_unstable")
    fd = guest.open("f", OFlags.CREAT, WRITE)
    guest.write(fd, bytes(10))
    positions = []
    for whence, offset in ((0, -4), (1, -1), (2, 3)):  # from where it is, from the end, from the start
        guest.must("fd_seek", fd, offset, whence, RESULT)
        positions.append(guest.u64())
    assert positions == [6, 9, 3]


def test_preview_0_has_other_subscriptions() -> None:
    slept: list[float] = []
    guest = Guest(WasiConfig(sleep=slept.append), module="wasi_unstable")
    alarm = struct.pack("<QB7xQI4xQQH6x", 1, EventType.CLOCK, 99, ClockId.MONOTONIC, 10**9, 0, 0)
    write = struct.pack("<QB7xI36x", 2, EventType.FD_WRITE, 1)
    assert (len(alarm), len(write)) == (56, 56)
    assert poll(guest, alarm) == [(1, 0, EventType.CLOCK, 0, 0)]
    assert slept == [1.0]
    assert poll(guest, alarm, write) == [(2, 0, EventType.FD_WRITE, 0, 0)]
