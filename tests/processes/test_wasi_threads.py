"""wasi-threads on threads of Python and on processes: start, end, traps, exit, death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import wasm2py
from tests.processes.support import METHODS, PATIENCE, left_behind, shared_segments
from tests.support.wat import load
from wasm2py_runtime import Linker, Memory, UnreachableTrap, forking
from wasm2py_runtime.processes import ProcessMemory
from wasm2py_runtime.wasi import INHERIT, ProcExit, Program, ThreadDied, ThreadError, Threads, Wasi, WasiConfig

HERE = Path(__file__).parent

PROGRAM = """(module
  (import "env" "memory" (memory 1 4 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "env" "host" (func $host (param i32)))

  ;; what a thread does says its argument: 0 counts, 1 traps, 2 exits, 3 spins, 4 waits, 5 calls the host,
  ;; 100 and more starts a thread with 1 less, and then counts
  (func (export "wasi_thread_start") (param $thread i32) (param $job i32)
    (i32.atomic.store (i32.const 4) (local.get $thread))
    (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 8) (i32.const -1)))
    (if (i32.eq (local.get $job) (i32.const 1)) (then (unreachable)))
    (if (i32.eq (local.get $job) (i32.const 2)) (then (call $exit (i32.const 42))))
    (if (i32.eq (local.get $job) (i32.const 3)) (then (loop $for_ever (br $for_ever))))
    (if (i32.eq (local.get $job) (i32.const 4))
      (then (drop (memory.atomic.wait32 (i32.const 12) (i32.const 0) (i64.const -1)))))
    (if (i32.eq (local.get $job) (i32.const 5)) (then (call $host (local.get $thread))))
    (if (i32.gt_u (local.get $job) (i32.const 100))
      (then (drop (call $spawn (i32.sub (local.get $job) (i32.const 1))))))
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 0) (i32.const -1))))

  (func $spawn_one (export "spawn") (param $job i32) (result i32) (call $spawn (local.get $job)))
  ;; until the word at an address is so large
  (func $await (export "await") (param $address i32) (param $value i32) (result i32) (local $seen i32)
    (loop $again
      (local.set $seen (i32.atomic.load (local.get $address)))
      (if (i32.lt_u (local.get $seen) (local.get $value))
        (then (drop (memory.atomic.wait32 (local.get $address) (local.get $seen) (i64.const -1))) (br $again))))
    (local.get $seen))
  (func (export "spawn_and_wait") (param $job i32) (result i32)
    (drop (call $spawn (local.get $job)))
    (call $await (i32.const 0) (i32.const 1)))
  (func (export "spawn_and_spin") (param $job i32)
    (drop (call $spawn (local.get $job)))
    (loop $for_ever (br $for_ever)))
  (func (export "spawn_and_leave") (param $job i32)
    (drop (call $spawn (local.get $job)))
    (drop (call $await (i32.const 8) (i32.const 1))))
  (func (export "many") (param $n i32) (result i32) (local $i i32)
    (loop $again
      (drop (call $spawn (i32.const 0)))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (call $await (i32.const 0) (local.get $n)))
  (func (export "_start") (drop (call $spawn (i32.const 2))) (drop (call $await (i32.const 0) (i32.const 1)))))"""

WAYS = ("threads", *METHODS)


@cache
def program_module() -> Any:
    return load(PROGRAM)


def refuse(thread: int) -> None:
    raise KeyError(f"host {thread}")


class Unpicklable(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("no")


def refuse_oddly(thread: int) -> None:
    raise Unpicklable("odd")


def prepare(host: Any = refuse) -> Program:
    linker = Linker()
    linker.define("env", "host", host)
    return Program(program_module(), linker, Wasi())


def threads_of(way: str, **options: Any) -> Threads:
    program = prepare()
    if way == "threads":
        return Threads(*program, **options)
    return Threads(*program, processes=True, context=way, prepare=prepare, **options)


def exports_of(threads: Threads) -> Any:
    return threads.instantiate().exports


@pytest.fixture(params=WAYS)
def threads(request: pytest.FixtureRequest) -> Threads:
    return threads_of(request.param)


def test_threads_share_the_memory(threads: Threads) -> None:
    assert threads.call(exports_of(threads).many, 3) == 3
    (memory,) = threads.memories.values()
    assert 1 <= memory.load("u32", 4) <= 3, "identifiers"


def test_threads_start_threads(threads: Threads) -> None:
    exports = exports_of(threads)
    threads.call(lambda: (exports.spawn(102), exports["await"](0, 3)))


def test_join(threads: Threads) -> None:
    assert exports_of(threads).spawn(102) == 1
    threads.join()
    (memory,) = threads.memories.values()
    assert memory.load("u32", 0) == 3


def test_no_process_is_left_over() -> None:
    """Not even a zombie."""
    threads = threads_of("fork")
    exports = exports_of(threads)
    for job in (4, 0, 0):
        exports.spawn(job)
    pids = [worker.process.pid for worker in list(threads._crew._workers)]
    threads.call(lambda: exports["await"](0, 2))
    assert pids
    assert not [pid for pid in pids if os.path.exists(f"/proc/{pid}")]


@pytest.mark.parametrize("name", ["spawn_and_wait", "spawn_and_spin"])
def test_a_trap_ends_the_program(threads: Threads, name: str) -> None:
    with pytest.raises(UnreachableTrap) as caught:
        threads.call(exports_of(threads)[name], 1)
    if sys.version_info >= (3, 11):
        assert caught.value.__notes__ == ["in thread 1 of the program"]
    assert threads.spawn(0) == -1, "nothing begins after the end"


@pytest.mark.parametrize("name", ["spawn_and_wait", "spawn_and_spin"])
def test_exit_ends_the_program(threads: Threads, name: str) -> None:
    with pytest.raises(ProcExit) as caught:
        threads.call(exports_of(threads)[name], 2)
    assert (caught.value.code, str(caught.value)) == (42, "exit code 42")


def test_the_first_thread_is_woken_from_sleep(threads: Threads) -> None:
    """Whatever it waits for: here, a function of the host."""
    exports = exports_of(threads)
    with pytest.raises(UnreachableTrap):
        threads.call(lambda: (exports.spawn(1), time.sleep(2 * PATIENCE)))


@pytest.mark.parametrize("processes", [False, True])
def test_the_first_thread_is_another_thread(processes: bool) -> None:
    """An exception interrupts it, while it computes or waits."""
    for name in ("spawn_and_wait", "spawn_and_spin"):
        threads = threads_of("fork" if processes else "threads")
        with ThreadPoolExecutor(1) as pool, pytest.raises(UnreachableTrap):
            pool.submit(threads.call, exports_of(threads)[name], 1).result(PATIENCE)


def test_exit_code(threads: Threads) -> None:
    assert threads.run() == 42


def test_an_exception_of_the_host_ends_the_program(threads: Threads) -> None:
    with pytest.raises(KeyError, match="host 1"):
        threads.call(exports_of(threads).spawn_and_wait, 5)


def test_an_exception_that_cannot_be_passed() -> None:
    threads = Threads(*prepare(refuse_oddly), processes=True)
    with pytest.raises(ThreadError, match="odd"):
        threads.call(exports_of(threads).spawn_and_wait, 5)


@pytest.mark.parametrize("job", [3, 4])
def test_the_end_of_the_first_thread_ends_the_others(threads: Threads, job: int) -> None:
    threads.call(exports_of(threads).spawn_and_leave, job)
    assert threads._crew.running() == 0


@pytest.mark.parametrize("way", ["threads", "fork"])
def test_limit(way: str) -> None:
    threads = threads_of(way, limit=2)
    exports = exports_of(threads)
    assert threads.call(lambda: [exports.spawn(4) for _ in range(3)]) == [1, 2, -1]


@pytest.mark.parametrize("name", ["spawn_and_wait", "spawn_and_spin"])
@pytest.mark.parametrize("job", [3, 4])
def test_a_killed_process_is_reported(name: str, job: int) -> None:
    """Within two seconds; and nothing of the memory is left."""
    before = shared_segments()
    threads = threads_of("fork")
    exports = exports_of(threads)
    killed: list[float] = []
    _kill_when_running(threads, killed)
    with pytest.raises(ThreadDied, match="was killed by SIGKILL"):
        threads.call(exports[name], job)
    assert time.monotonic() - killed[0] < 2
    assert not left_behind(before)


def _kill_when_running(threads: Threads, killed: list[float]) -> None:
    import threading

    (memory,) = threads.memories.values()

    def kill() -> None:
        while not memory.load("u32", 8):
            time.sleep(0.01)
        killed.append(time.monotonic())
        threads._crew._workers[0].process.kill()

    threading.Thread(target=kill, daemon=True).start()


def test_processes_do_not_outlive_a_killed_parent() -> None:
    """They would spin for ever."""
    script = (
        "import sys, threading, time\n"
        "from tests.processes.test_wasi_threads import threads_of, exports_of\n"
        "threads = threads_of('fork')\n"
        "exports = exports_of(threads)\n"
        "[exports.spawn(3) for _ in range(2)]\n"
        "print(*[worker.process.pid for worker in threads._crew._workers], flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    workers = [int(word) for word in parent.stdout.readline().split()]
    parent.kill()
    parent.wait(PATIENCE)
    parent.stdout.close()
    end = time.monotonic() + PATIENCE
    try:
        while any(_runs(pid) for pid in workers):
            assert time.monotonic() < end
            time.sleep(0.01)
    finally:
        for pid in filter(_runs, workers):
            os.kill(pid, signal.SIGKILL)
    assert len(workers) == 2


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("processes", [False, True])
def test_threads_of_zig(processes: bool, capfd: pytest.CaptureFixture[str]) -> None:
    """What a compiler's library does: a stack and thread-local variables for each thread, a mutex (threads.zig)."""
    config = WasiConfig(["threads"], stdout=INHERIT)
    threads = Threads(wasm2py.load(HERE / "threads.wasm"), wasi=Wasi(config), processes=processes)
    assert threads.run() == 0
    assert capfd.readouterr().out == f"{4 * 200 + 200 * (1 + 2 + 3 + 4)}\n"


def test_a_lock_that_another_thread_holds_is_free_in_a_forked_process() -> None:
    locks = [forking.lock(), forking.reentrant_lock()]
    for lock in locks:
        lock.acquire()
    child = os.fork()
    if child == 0:
        os._exit(sum(lock.acquire(False) for lock in locks))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert not locks[0].acquire(False), "here it is still held"


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="imports no shared memory"):
        Threads(load("(module (memory 1 1 shared))"))
    _, linker, wasi = prepare()
    linker.define("env", "memory", Memory(1, 4, shared=True))
    with pytest.raises(ValueError, match=r"can share a ProcessMemory; env\.memory is <Memory"):
        Threads(program_module(), linker, wasi, processes=True)
    with pytest.raises(ValueError, match="needs a function `prepare`"):
        Threads(*prepare(), processes=True, context="spawn")


def test_a_given_memory_is_used() -> None:
    module, linker, wasi = prepare()
    memory = ProcessMemory(1, 4)
    linker.define("env", "memory", memory)
    threads = Threads(module, linker, wasi, processes=True)
    threads.call(exports_of(threads).many, 2)
    assert memory.load("u32", 0) == 2
