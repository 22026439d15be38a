"""Atomic operations by the host, waiting and notifying; what threads do to each other is in tests/threads."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from wasm2py_runtime import ExpectedSharedMemory, Memory, OutOfBoundsError, UnalignedAtomic
from wasm2py_runtime.atomics import holding
from wasm2py_runtime.waiters import Waiters

AT = 16


@pytest.fixture(params=["overlapping", "plain"])
def memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    monkeypatch.setenv("WASM2PY_MEMORY", request.param)
    yield Memory(1, 2, shared=True)


UPDATES = [
    ("add", (0x80,), 0x7F),
    ("sub", (0x100,), 0xFF),
    ("sub", (0x1FF,), 0x00),
    ("and", (0xF0F,), 0x0F),
    ("or", (0x700,), 0xFF),
    ("xor", (0xFF0,), 0x0F),
    ("xchg", (0x123,), 0x23),
    ("cmpxchg", (0xFF, 0x123), 0x23),
    ("cmpxchg", (0x1FF, 0x55), 0x55),  # the low bits are compared
    ("cmpxchg", (0xFE, 0x55), 0xFF),
]


@pytest.mark.parametrize(("operation", "operands", "expected"), UPDATES)
def test_updates_of_a_byte(memory: Memory, operation: str, operands: tuple[int, ...], expected: int) -> None:
    memory.write(AT - 1, b"\x11\xff\x22")
    assert memory.atomic("u8", operation, AT, *operands) == 0xFF
    assert memory.read(AT - 1, 3) == bytes([0x11, expected, 0x22])


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
def test_widths(memory: Memory, bits: int) -> None:
    kind = f"u{bits}"
    memory.atomic(kind, "store", AT, -1 & (1 << 64) - 1)
    assert memory.atomic(kind, "load", AT) == (1 << bits) - 1
    assert memory.atomic(kind, "add", AT, 2) == (1 << bits) - 1
    assert memory.load(kind, AT) == 1
    assert memory.load("u64", AT + bits // 8) == 0


@pytest.mark.parametrize("operation", ["load", "store", "add", "cmpxchg", "wait", "notify"])
def test_alignment_and_bounds(memory: Memory, operation: str) -> None:
    operands = {"load": (), "cmpxchg": (1, 2), "wait": (0, 0)}.get(operation, (0,))
    with pytest.raises(UnalignedAtomic, match="unaligned atomic"):
        memory.atomic("u32", operation, 2, *operands)
    for address in (65536, -4, 65534):
        with pytest.raises(OutOfBoundsError):
            memory.atomic("u32", operation, address, *operands)


def test_misuse(memory: Memory) -> None:
    with pytest.raises(ValueError, match="no kind of atomic integer 'f32'"):
        memory.atomic("f32", "load", 0)
    with pytest.raises(ValueError, match="no atomic operation 'nand'"):
        memory.atomic("u32", "nand", 0, 1)


def test_only_shared_memories_wait() -> None:
    memory = Memory(1)
    with pytest.raises(ExpectedSharedMemory, match="expected shared memory"):
        memory.atomic("u32", "wait", 0, 0, 0)
    assert memory.atomic("u32", "notify", 0, 1) == 0
    assert memory.atomic("u32", "add", 0, 5) == 0


def test_outcomes_of_waiting(memory: Memory) -> None:
    assert memory.atomic("u32", "wait", AT, 1, -1) == 1, "another value"
    assert memory.atomic("u64", "wait", AT, 0, 0) == 2, "no time at all"
    assert memory.atomic("u64", "wait", AT, 0, 1_000_000) == 2
    assert memory.atomic("u32", "notify", AT, 10) == 0, "who gave up is not woken"


def sleepers(memory: Memory, addresses: list[int], woken: list[int]) -> list[threading.Thread]:
    """Threads that are surely asleep, one after the other; each adds its number to ``woken``, or its bad result."""
    threads = []
    waiters: Waiters = memory.atomics._waiters
    for number, address in enumerate(addresses):

        def sleep(number: int = number, address: int = address) -> None:
            result = memory.atomic("u32", "wait", address, 0, 60_000_000_000)
            woken.append(number if result == 0 else -1)

        threads.append(threading.Thread(target=sleep, daemon=True))
        threads[-1].start()
        while sum(map(len, waiters._queues.values())) <= number:
            time.sleep(0.001)
    return threads


def test_notify_wakes_the_first_and_no_more(memory: Memory) -> None:
    woken: list[int] = []
    threads = sleepers(memory, [AT, AT, 32, AT], woken)
    assert memory.atomic("u32", "notify", AT, 0) == 0
    assert memory.atomic("u32", "notify", AT, 2) == 2
    for thread in threads[:2]:
        thread.join(30)
    assert sorted(woken) == [0, 1]
    memory.atomic("u32", "add", AT, 1)  # nobody who sleeps is in the way of that
    assert memory.atomic("u32", "notify", AT, 0xFFFFFFFF) == 1
    assert memory.atomic("u32", "notify", 32, 0xFFFFFFFF) == 1
    for thread in threads:
        thread.join(30)
    assert sorted(woken) == [0, 1, 2, 3]
    assert not memory.atomics._waiters._queues, "nothing is kept of addresses where nobody waits"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs POSIX signals")
def test_ctrl_c_ends_waiting() -> None:
    memory = Memory(1, 1, shared=True)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(KeyboardInterrupt):
            memory.atomic("u32", "wait", 0, 0, 60_000_000_000)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert memory.atomic("u32", "notify", 0, 1) == 0, "it does not wait any more"


def test_longer_than_python_can_wait() -> None:
    """292 years, and for ever: both end by being notified."""
    for timeout in ((1 << 63) - 1, -1, -(1 << 63)):
        memory = Memory(1, 1, shared=True)
        results: list[int] = []
        thread = threading.Thread(
            target=lambda: results.append(memory.atomic("u32", "wait", 0, 0, timeout)),  # noqa: B023
            daemon=True,
        )
        thread.start()
        while not memory.atomic("u32", "notify", 0, 1):
            time.sleep(0.001)
        thread.join(30)
        assert results == [0]


def test_a_memory_may_ask_for_a_lock() -> None:
    """What is held is what it gives."""

    class Guarded(Memory):
        __slots__ = ("guard",)

        def interlock(self) -> Any:
            self.guard = threading.Semaphore(1)
            return holding(self.guard)

    memory = Guarded(1, 1, shared=True)
    assert memory.atomic("u32", "add", 0, 3) == 0
    memory.guard.acquire()
    thread = threading.Thread(target=memory.atomic, args=("u32", "add", 0, 4), daemon=True)
    thread.start()
    thread.join(0.05)
    assert thread.is_alive()
    assert memory.load("u32", 0) == 3
    memory.guard.release()
    thread.join(30)
    assert memory.load("u32", 0) == 7
