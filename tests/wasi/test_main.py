"""``main`` of a generated module: calls that are independent of each other, one in another and many at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
import wasmtime

from tests.support.engine import load
from tests.wasi.build import PROGRAMS
from wasm2py_runtime import Linker, LinkError, UnreachableTrap
from wasm2py_runtime.wasi import MemoryTree

#: Calls the host, then ends with what the host gave and how often this instance was here before.
NESTING = """
(module
  (import "host" "next" (func $next (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (i32.store (i32.const 8) (call $next (i32.load (i32.const 0))))
    (call $exit (i32.add (i32.load (i32.const 0)) (i32.load (i32.const 8))))))
"""
THREADS = """
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func (export "wasi_thread_start") (param i32 i32) (call $exit (local.get 1)))
  (func (export "_start")
    (drop (call $spawn (i32.const 9)))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
"""


@pytest.fixture(scope="module")
def stdio() -> ModuleType:
    return load((PROGRAMS / "stdio.wasm").read_bytes())


def run(module: ModuleType, number: int) -> tuple[int, bytes, MemoryTree]:
    out, tree = bytearray(), MemoryTree()
    text = b"a b c\n" * number
    options: dict[str, Any] = {"stdout": out, "stderr": None, "directories": {"/": tree}}
    code = module.main(["stdio", str(number)], env={"HOME": f"/{number}"}, stdin=text, **options)
    return code, bytes(out), tree


def test_calls_at_the_same_time(stdio: ModuleType) -> None:
    """Sixteen programs on eight threads: each has its own arguments, input, output and files."""
    begin = threading.Barrier(8)

    def one(number: int) -> tuple[int, bytes, MemoryTree]:
        if number < 8:
            begin.wait(60)
        return run(stdio, number)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(one, range(16)))
    rest = run(stdio, 3)[1].splitlines()[2:]
    for number, (code, out, tree) in enumerate(results):
        first, second, *others = out.splitlines()
        assert code == 7
        assert first.decode() == f"2 arguments, the last is {number}; HOME is /{number}"
        assert second.decode() == f"{number} lines, {3 * number} words, {6 * number} bytes"
        assert others == rest
        assert tree.read("numbers.txt").endswith(b"the end\n")


def test_a_call_within_a_call() -> None:
    """A host function runs the same program again, with one argument less."""
    module = load(wasmtime.wat2wasm(NESTING))
    depths = []

    def next_one(arguments: int) -> int:
        depths.append(arguments)
        return call(arguments - 1) if arguments else 0

    def call(arguments: int) -> int:
        linker = Linker()
        linker.define("host", "next", next_one)
        return int(module.main(["x"] * arguments, linker))

    assert call(10) == sum(range(11))
    assert depths == list(range(10, -1, -1))


def test_threads() -> None:
    """A thread ends the program, while the first one waits for ever."""
    assert load(wasmtime.wat2wasm(THREADS)).main(["x"]) == 9


def test_traps_and_missing_imports_pass() -> None:
    program = load((PROGRAMS / "exit.wasm").read_bytes())
    with pytest.raises(UnreachableTrap):
        program.main(["exit", "trap"], stdout=None)
    assert program.main(["exit", "exit", "7"], stdout=None) == 7
    with pytest.raises(LinkError, match=r"host\.next"):
        load(wasmtime.wat2wasm(NESTING)).main([])


def test_no_argument_is_the_process(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    program = load((PROGRAMS / "exit.wasm").read_bytes())
    monkeypatch.setattr("sys.argv", ["exit.py", "outside"])
    assert program.main() == 134
    monkeypatch.setattr("sys.argv", ["exit.py", "proc_exit", "258"])
    assert program.main() == 2
    assert capfd.readouterr().err.startswith("exit.py: trap: out of bounds memory access\n    in ")
