"""Lets threads loose on the module of hammer.wat and says what went wrong. Needs the runtime only, Python 3.9 or PyPy.

``python hammer.py MODULE.py SECONDS`` repeats each exercise for so long (0: once); ``tests.threads`` makes the module.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
import time

from wasm2py_runtime import Memory

THREADS = 8
STEPS = 500


def load(path):
    spec = importlib.util.spec_from_file_location("hammer_module", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def together(module, *jobs):
    """A memory, and what the jobs gave: each a thread with an instance of its own, all begun at once."""
    memory = Memory(1, 1, shared=True)
    memory.store("u32", 36, 1)  # the token of "bits"
    results = [None] * len(jobs)
    barrier = threading.Barrier(len(jobs))

    def run(index, name, *arguments):
        exports = module.Module(env_memory=memory).exports
        barrier.wait()
        results[index] = exports[name](*arguments)

    threads = [threading.Thread(target=run, args=(i, *job), daemon=True) for i, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "deadlock"
    return memory, results


def count(module):
    memory, _ = together(module, *[("count", STEPS)] * THREADS)
    total = THREADS * STEPS
    assert memory.load("u32", 0) == total, "i32 add"
    assert memory.load("i32", 4) == -total, "i32 sub"
    assert memory.load("u64", 8) == total * 0x100000001, "i64 add"
    assert memory.load("u16", 16) == total % 65536, "i32 add 16"
    assert memory.load("u8", 18) == total % 256, "i64 add 8"
    assert memory.load("u32", 20) == 0, "xor"  # an even number of threads
    assert memory.load("u32", 24) == 3 * total, "i64 add 32"


def bits(module):
    memory, results = together(module, *[("bits", STEPS, 1 << index) for index in range(THREADS)])
    assert not any(results), "or, and"
    assert memory.load("u32", 32) == 0, "or, and"
    assert memory.load("u32", 36) == 1, "the token"


def compare_and_swap(module):
    memory, _ = together(module, *[("compare_and_swap", STEPS)] * THREADS)
    assert memory.load("u64", 48) == THREADS * STEPS, "cmpxchg"


def mutex(module):
    memory, _ = together(module, *[("mutex", STEPS)] * THREADS)
    assert memory.load("u32", 68) == THREADS * STEPS, "mutex"
    assert memory.load("u64", 72) == THREADS * STEPS * 5, "mutex"


def ring(module):
    jobs = [("produce", STEPS), ("consume", STEPS)] * (THREADS // 2)
    _, results = together(module, *jobs)
    assert sum(results[1::2]) == THREADS // 2 * STEPS * (STEPS + 1) // 2, "ring buffer"


def messages(module):
    _, results = together(module, ("send", STEPS), ("receive", STEPS))
    assert results[1] == STEPS * (STEPS + 1) // 2, "message passing"


def spinning(module):
    together(module, ("spin",), ("stop_spinning",))


EXERCISES = (count, bits, compare_and_swap, mutex, ring, messages, spinning)


def main(path, seconds):
    sys.setswitchinterval(1e-6)
    module = load(path)
    for exercise in EXERCISES:
        end, rounds = time.monotonic() + seconds, 0
        while not rounds or time.monotonic() < end:
            exercise(module)
            rounds += 1
        print(f"{exercise.__name__}: {rounds} rounds")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
