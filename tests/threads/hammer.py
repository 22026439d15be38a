"""Lets threads loose on the module of hammer.wat and says what went wrong. Needs the runtime only, Python 3.9 or PyPy.

``python hammer.py MODULE.py SECONDS`` repeats each exercise for so long (0: once); ``tests.threads`` makes the module.
With ``fork`` or ``spawn`` after that, the threads are processes, started in this way.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import sys
import threading
import time

from wasm2py_runtime import Memory

THREADS = 8
PROCESSES = 4
STEPS = 500
#: each may cost two turns of the scheduler, since who waits for a message spins
MESSAGES = 50
#: seconds in which somebody gets on, however busy the machine is, unless all are stuck
PATIENCE = 60


def load(path):
    spec = importlib.util.spec_from_file_location("hammer_module", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def deadlocked(workers, memory):
    """Those who are at work when the memory has not changed for PATIENCE seconds; none if all come to their end."""
    seen, since = b"", time.monotonic()
    while at_work := [worker for worker in workers if worker.is_alive()]:
        at_work[0].join(1)
        before, seen = seen, memory.read(0, 1024)
        if seen != before:
            since = time.monotonic()
        elif time.monotonic() > since + PATIENCE:
            return at_work
    return []


class Threads:
    """Each job is a thread with an instance of its own."""

    workers = THREADS

    def __init__(self, path):
        self.module = load(path)

    def together(self, *jobs):
        """A memory, and what the jobs gave, which all begin at once."""
        memory = started(Memory(1, 1, shared=True))
        results = [None] * len(jobs)
        barrier = threading.Barrier(len(jobs))

        def run(index, name, *arguments):
            exports = self.module.Module(env_memory=memory).exports
            barrier.wait()
            results[index] = exports[name](*arguments)

        threads = [threading.Thread(target=run, args=(i, *job), daemon=True) for i, job in enumerate(jobs)]
        for thread in threads:
            thread.start()
        assert not deadlocked(threads, memory), "deadlock"
        return memory, results


class Processes:
    """Each job is a process."""

    workers = PROCESSES

    def __init__(self, path, method):
        self.path, self.context = path, multiprocessing.get_context(method)

    def together(self, *jobs):
        from wasm2py_runtime.processes import ProcessMemory

        memory = started(ProcessMemory(1, 1))
        barrier, results = self.context.Barrier(len(jobs)), self.context.SimpleQueue()
        arguments = self.path, memory, barrier, results
        processes = [self.context.Process(target=work, args=(*arguments, i, *job)) for i, job in enumerate(jobs)]
        for process in processes:
            process.start()
        stuck = deadlocked(processes, memory)
        for process in stuck:
            process.kill()
        assert not stuck, "deadlock"
        assert not any(process.exitcode for process in processes), [process.exitcode for process in processes]
        return memory, [result for _, result in sorted(results.get() for _ in jobs)]


def work(path, memory, barrier, results, index, name, *arguments):
    exports = load(path).Module(env_memory=memory).exports
    barrier.wait(PATIENCE)
    results.put((index, exports[name](*arguments)))


def started(memory):
    memory.store("u32", 36, 1)  # the token of "bits"
    return memory


def count(crew):
    memory, _ = crew.together(*[("count", STEPS)] * crew.workers)
    total = crew.workers * STEPS
    assert memory.load("u32", 0) == total, "i32 add"
    assert memory.load("i32", 4) == -total, "i32 sub"
    assert memory.load("u64", 8) == total * 0x100000001, "i64 add"
    assert memory.load("u16", 16) == total % 65536, "i32 add 16"
    assert memory.load("u8", 18) == total % 256, "i64 add 8"
    assert memory.load("u32", 20) == 0, "xor"  # by an even number of workers
    assert memory.load("u32", 24) == 3 * total, "i64 add 32"


def bits(crew):
    memory, results = crew.together(*[("bits", STEPS, 1 << index) for index in range(crew.workers)])
    assert not any(results), "or, and"
    assert memory.load("u32", 32) == 0, "or, and"
    assert memory.load("u32", 36) == 1, "the token"


def compare_and_swap(crew):
    memory, _ = crew.together(*[("compare_and_swap", STEPS)] * crew.workers)
    assert memory.load("u64", 48) == crew.workers * STEPS, "cmpxchg"


def mutex(crew):
    memory, _ = crew.together(*[("mutex", STEPS)] * crew.workers)
    assert memory.load("u32", 68) == crew.workers * STEPS, "mutex"
    assert memory.load("u64", 72) == crew.workers * STEPS * 5, "mutex"


def ring(crew):
    jobs = [("produce", STEPS), ("consume", STEPS)] * (crew.workers // 2)
    _, results = crew.together(*jobs)
    assert sum(results[1::2]) == crew.workers // 2 * STEPS * (STEPS + 1) // 2, "ring buffer"


def messages(crew):
    _, results = crew.together(("send", MESSAGES), ("receive", MESSAGES))
    assert results[1] == MESSAGES * (MESSAGES + 1) // 2, "message passing"


def spinning(crew):
    crew.together(("spin",), ("stop_spinning",))


def meetings(crew):
    _, results = crew.together(*[("meet", STEPS, crew.workers)] * crew.workers)
    assert not any(results), "barrier"


EXERCISES = (count, bits, compare_and_swap, mutex, ring, messages, spinning, meetings)


def main(path, seconds, *method):
    sys.setswitchinterval(1e-6)
    crew = Processes(path, *method) if method else Threads(path)
    for exercise in EXERCISES:
        end, rounds = time.monotonic() + seconds, 0
        while not rounds or time.monotonic() < end:
            exercise(crew)
            rounds += 1
        print(f"{exercise.__name__}: {rounds} rounds")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
