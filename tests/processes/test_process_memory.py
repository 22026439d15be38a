"""A ProcessMemory is the same memory for all processes: contents, size, atomic instructions, waiting, death."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest

from tests.processes.support import METHODS, PATIENCE, ended, left_behind, running, shared_segments
from tests.support.wat import load
from wasm2py_runtime import Memory, MemoryOutOfBounds, Stopped
from wasm2py_runtime.processes import ProcessMemory, bounds, posix
from wasm2py_runtime.processes.segment import BOUNDS

PAGE = 65536
SECOND = 1_000_000_000


@pytest.fixture(params=["overlapping", "plain"])
def memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ProcessMemory:
    if request.param == "plain":
        monkeypatch.setenv("WASM2PY_MEMORY", "plain")
    return ProcessMemory(1, 16)


# Contents and size --------------------------------------------------------------------------------------------------


def _grow_and_write(memory: ProcessMemory) -> None:
    assert memory.grow(2) == 1
    memory.typed_view("u32")[3 * PAGE - 4] = 0xDEADBEEF


@pytest.mark.parametrize("method", METHODS)
def test_growth_is_seen_by_all(method: str, memory: ProcessMemory) -> None:
    word, stepped = memory.typed_view("u32"), memory.typed_view("u16", 6, 8)
    with pytest.raises((IndexError, MemoryOutOfBounds)):
        word[PAGE]
    ended(method, _grow_and_write, memory)
    assert (memory.size, len(memory), len(memory.buffer)) == (3, 3 * PAGE, 3 * PAGE)
    assert (word[3 * PAGE - 4], stepped[3 * PAGE // 8 - 1]) == (0xDEADBEEF, 0xDEAD)
    for view, beyond in ((word, 3 * PAGE - 3), (stepped, 3 * PAGE // 8)):
        with pytest.raises((IndexError, MemoryOutOfBounds)):
            view[beyond]


MODULE = """(module (import "env" "memory" (memory 1 16 shared))
    (func (export "size") (result i32) (memory.size))
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "await") (param i32) (result i32)
      (loop $again (br_if $again (i32.lt_u (memory.size) (local.get 0))))
      (i32.load (i32.sub (i32.mul (local.get 0) (i32.const 65536)) (i32.const 4)))))"""


def test_growth_is_seen_by_running_code() -> None:
    """No call of the host, no atomic instruction: a function that runs gets past a bound that another process moves."""
    memory = ProcessMemory(1, 16)
    exports = load(MODULE).Module(env_memory=memory).exports
    with pytest.raises(MemoryOutOfBounds):
        exports.load(PAGE)
    with running("fork", _grow_and_write, memory):
        assert exports["await"](3) in (0, 0xDEADBEEF - (1 << 32))
    assert (exports.size(), exports.grow(13), exports.grow(1), memory.size) == (3, 3, -1, 16)


def test_growth_fails_at_the_maximum() -> None:
    memory = ProcessMemory(1, 2)
    assert (memory.grow(2), memory.size, memory.grow(1), memory.grow(0), memory.grow(1)) == (-1, 1, 1, 2, -1)
    with pytest.raises(ValueError, match="cannot grow"):
        memory.grow(-1)


def test_limits() -> None:
    assert str(ProcessMemory(1, 3).type) == str(Memory(1, 3, shared=True).type)
    with pytest.raises(ValueError):
        ProcessMemory(3, 1)
    with pytest.raises(ValueError, match="too large"):
        ProcessMemory(65536, 65536)
    assert ProcessMemory(0, 65536).grow(65535) == 0, "nothing is touched"
    small = ProcessMemory(100, 300, page_size=1)
    assert (len(small), small.grow(200), len(small), small.grow(1)) == (100, 100, 300, -1)


LIMITED = """
import resource
from wasm2py_runtime.processes import ProcessMemory
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
memory = ProcessMemory(1, 65536)
print(memory.size, memory.capacity >= 2048, memory.capacity < 16384, memory.grow(memory.capacity), memory.grow(1))
try:
    ProcessMemory(20000, 65536)
except MemoryError as error:
    print(error)
"""


def test_little_address_space() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    size, refused = done.stdout.splitlines()
    assert size == "1 True True -1 1", done.stderr
    assert refused.startswith("no room for a WebAssembly memory of 1310720000 bytes: ")


def test_every_attribute_of_a_memory_is_set() -> None:
    memory: Any = ProcessMemory(1, 1)
    for name in Memory.__slots__:
        assert name.startswith("__") or hasattr(memory, name), name


def test_more_views_than_bounds() -> None:
    memory = ProcessMemory(1, 2)
    views = [memory.typed_view("u8", offset) for offset in range(BOUNDS + 10)]
    byte = memory.typed_view("i8")
    memory[BOUNDS + 9] = 200
    assert views[BOUNDS + 9][0] == 200
    memory.grow(1)
    views[BOUNDS + 9][PAGE] = 7
    assert byte[PAGE + BOUNDS + 9] == 7
    with pytest.raises((IndexError, MemoryOutOfBounds)):
        views[BOUNDS + 9][2 * PAGE]


# Passing ------------------------------------------------------------------------------------------------------------


def _send_back(memory: ProcessMemory, queue: Any) -> None:
    queue.put(memory)
    memory.atomic("u32", "wait", 0, 0, 30 * SECOND)  # what multiprocessing sends is there as long as the sender


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_comes_back_as_itself(method: str) -> None:
    memory = ProcessMemory(1, 2)
    queue = multiprocessing.get_context(method).Queue()
    with running(method, _send_back, memory, queue):
        assert queue.get(timeout=PATIENCE) is memory


def _next(memory: ProcessMemory) -> int:
    return int(memory.atomic("u32", "add", 0, 1))


@pytest.mark.parametrize("method", METHODS)
def test_executor(method: str) -> None:
    memory = ProcessMemory(1, 1)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
        assert sorted(pool.map(_next, [memory] * 50, timeout=PATIENCE)) == list(range(50))


def test_other_pickles_are_refused() -> None:
    with pytest.raises(TypeError, match="multiprocessing"):
        pickle.dumps(ProcessMemory(1, 1))
    with pytest.raises(TypeError, match="ProcessMemory"):
        pickle.dumps(Memory(1, 1, shared=True))


# Waiting ------------------------------------------------------------------------------------------------------------


def _wait(memory: ProcessMemory, kind: str, expected: int) -> None:
    memory.atomic("u32", "add", 8, 1)
    memory.atomic("u32", "add", 16, memory.atomic(kind, "wait", 0, expected, 30 * SECOND) == 0)


def _notify(memory: ProcessMemory, count: int, wanted: int) -> int:
    """Notify until so many have been woken, which may yet have to come."""
    woken, end = 0, time.monotonic() + PATIENCE
    while woken < wanted and time.monotonic() < end:
        woken += memory.atomic("u32", "notify", 0, count)
    return woken


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", ["u32", "u64"])
def test_notify_wakes_another_process(method: str, kind: str) -> None:
    memory = ProcessMemory(1, 1)
    memory.store(kind, 0, 5)
    with running(method, _wait, memory, kind, 5) as process:
        assert _notify(memory, 1, 1) == 1
        process.join(PATIENCE)
        assert memory.load("u32", 16) == 1


def test_wait_compares_and_times_out() -> None:
    memory = ProcessMemory(1, 1)
    memory.store("u64", 0, 1 << 40)
    assert memory.atomic("u64", "wait", 0, 0, -1) == 1
    assert memory.atomic("u32", "wait", 0, 1, -1) == 1
    begin = time.monotonic()
    assert memory.atomic("u64", "wait", 0, 1 << 40, SECOND // 20) == 2
    assert time.monotonic() - begin >= 0.05
    assert memory.atomic("u32", "notify", 0, 1) == 0, "nobody is left"


def test_notify_wakes_no_more_than_it_says() -> None:
    memory = ProcessMemory(1, 1)
    with running("fork", _wait, memory, "u32", 0), running("fork", _wait, memory, "u32", 0):
        assert _notify(memory, 1, 1) == 1
        assert _notify(memory, 7, 1) == 1
        assert memory.atomic("u32", "notify", 0, 7) == 0


@pytest.mark.parametrize("make", [lambda: Memory(1, 1, shared=True), lambda: ProcessMemory(1, 1)])
def test_ctrl_c_ends_waiting(make: Any) -> None:
    memory = make()
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        memory.atomic("u32", "wait", 0, 0, 30 * SECOND)
    assert memory.atomic("u32", "notify", 0, 1) == 0


def _wait_until_stopped(memory: ProcessMemory) -> None:
    memory.atomic("u32", "add", 8, 1)
    with pytest.raises(Stopped, match="no more"):
        memory.atomic("u32", "wait", 0, 0, -1)


@pytest.mark.parametrize("method", METHODS)
def test_stop(method: str) -> None:
    memory = ProcessMemory(1, 1)
    with running(method, _wait_until_stopped, memory) as process:
        while not memory.atomic("u32", "load", 8):
            pass
        memory.stop("no more")
        process.join(PATIENCE)
        assert process.exitcode == 0


# Death --------------------------------------------------------------------------------------------------------------


def _die_holding(memory: ProcessMemory, name: str) -> None:
    segment = memory._segment
    posix.acquire(segment.stripes[0] if name == "stripe" else getattr(segment, name))
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("name", ["stripe", "queue_mutex", "growth_mutex"])
def test_mutexes_of_the_dead_are_free(name: str) -> None:
    memory = ProcessMemory(1, 4)
    with running("fork", _die_holding, memory, name) as process:
        process.join(PATIENCE)
        assert process.exitcode == -signal.SIGKILL
        begin = time.monotonic()
        for _ in range(2):
            memory.atomic("u32", "add", 0, 1)
            memory.atomic("u32", "notify", 0, 1)
            memory.grow(1)
        assert (memory.load("u32", 0), memory.size) == (2, 3)
        assert time.monotonic() - begin < 2


def _die_growing(memory: ProcessMemory) -> None:
    posix.acquire(memory._segment.growth_mutex)
    memory._segment.bounds[0] = 2 * PAGE  # and the size does not follow
    os.kill(os.getpid(), signal.SIGKILL)


def test_growth_of_the_dead_is_undone() -> None:
    memory = ProcessMemory(1, 2)
    view = memory.typed_view("u8")
    with running("fork", _die_growing, memory) as process:
        process.join(PATIENCE)
    assert (len(view), memory.size) == (2 * PAGE, 1)
    assert (memory.grow(2), len(view)) == (-1, PAGE)
    assert (memory.grow(1), len(view)) == (1, 2 * PAGE)


def test_the_dead_are_not_woken() -> None:
    memory = ProcessMemory(1, 1)
    with running("fork", _wait, memory, "u32", 0) as dead:
        while memory._segment.slots[0] == 0:
            time.sleep(0.001)
        dead.kill()
        dead.join(PATIENCE)
    with running("fork", _wait, memory, "u32", 0) as living:
        assert _notify(memory, 1, 1) == 1
        living.join(PATIENCE)
    assert memory.load("u32", 16) == 1


def _use_for_ever(memory: ProcessMemory) -> None:
    while True:
        memory.atomic("u32", "add", 0, 1)
        memory.atomic("u32", "wait", 64, 0, 200_000)
        memory.atomic("u32", "notify", 64, 1)
        memory.grow(0)


def test_processes_killed_at_any_moment_hold_up_nobody() -> None:
    memory = ProcessMemory(1, 4)
    for _ in range(30):
        with running("fork", _use_for_ever, memory), running("fork", _use_for_ever, memory) as process:
            time.sleep(0.005 * random.random())
            process.kill()
            process.join(PATIENCE)
            for _ in range(20):
                memory.atomic("u32", "add", 4, 1)
                memory.atomic("u32", "notify", 64, 1)
                memory.grow(0)
    assert memory.load("u32", 4) == 600


PROGRAM = """
import os, signal, sys
from wasm2py_runtime.processes import ProcessMemory
memory = ProcessMemory(1, 100)
memory.write(0, b"x" * 65536)
print("made", flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nothing_is_left_of_a_killed_process() -> None:
    """The operating system's list has no entry for a segment, neither while it is there nor afterwards."""
    before = shared_segments()
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"made\n"
        assert not left_behind(before)
        process.communicate(b"\n", timeout=PATIENCE)
    assert process.returncode == -signal.SIGKILL
    assert not left_behind(before)


def test_dropped_memories_free_their_descriptors() -> None:
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        ProcessMemory(1, 4).typed_view("u32")
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == before


# The parts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 11, 12, 65536])
@pytest.mark.parametrize(("width", "offset", "step"), [(1, 0, 1), (4, 0, 1), (4, 3, 1), (2, 6, 3), (8, 2, 24)])
def test_bounds(size: int, width: int, offset: int, step: int) -> None:
    expected = sum(offset + index * step + width <= size for index in range(size + 1))
    assert bounds.bound(size, width, offset, step) == expected
