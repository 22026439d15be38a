"""``wasm2py run`` with ``--threads`` and ``--threads=processes``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import wasmtime

from tests.processes.support import PATIENCE
from tests.support.shared import REPOSITORY

PRIMES = REPOSITORY / "examples" / "parallel" / "primes.wasm"
KINDS = ("--threads", "--threads=processes")

#: A command whose thread does something, while the first one waits for ever.
COMMAND = """(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func $last_words %s)
  (func (export "wasi_thread_start") (param i32 i32) (call $last_words))
  (func (export "_start")
    (drop (call $spawn (i32.const 0)))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))"""
#: Those words, the exit code, and what is said.
ENDS = {
    "exit": ("(call $exit (i32.const 9))", 9, ""),
    "trap": ("(unreachable)", 134, "trap: unreachable\n    in last_words\n"),
}


def run(folder: Path, *words: object) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "wasm2py", "run", *map(str, words)],
        env={**os.environ, "WASM2PY_CACHE_DIR": str(folder / "cache")},
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_function_with_threads(kind: str, tmp_path: Path) -> None:
    assert run(tmp_path, kind, "--invoke", "count_primes", PRIMES, "--", 1000, 2) == (0, "168\n", "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("end", ENDS)
def test_a_thread_ends_the_program(kind: str, end: str, tmp_path: Path) -> None:
    last_words, code, said = ENDS[end]
    path = tmp_path / "command.wasm"
    path.write_bytes(wasmtime.wat2wasm(COMMAND % last_words))
    returned, out, err = run(tmp_path, kind, path)
    assert (returned, out) == (code, "")
    assert err.startswith(f"command.wasm: {said.splitlines()[0]}" if said else "")


def test_what_is_missing_without_threads(tmp_path: Path) -> None:
    code, _, err = run(tmp_path, "--invoke", "count_primes", PRIMES, "--", 1000, 2)
    assert code == 1
    assert "imports that nothing provides (see --preload, --threads and --allow-missing)" in err
    assert '"env" "memory", "wasi" "thread-spawn"' in err


def test_a_program_without_shared_memory(tmp_path: Path) -> None:
    path = tmp_path / "alone.wasm"
    path.write_bytes(wasmtime.wat2wasm('(module (func (export "f")))'))
    code, _, err = run(tmp_path, "--threads", "--invoke", "f", path)
    assert (code, err.partition("--threads: ")[2]) == (
        2, "the module imports no shared memory, so its threads would have none in common\n",
    )  # fmt: skip
