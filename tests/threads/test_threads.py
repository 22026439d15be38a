"""Eight threads at one memory lose no update and do not lock each other up, whatever interprets them.

Nor do four processes at a ProcessMemory.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import wasmtime

import wasm2py
from tests.kernels.interpreters import WANTED, interpreter
from wasm2py.options import Options
from wasm2py_runtime import Memory, MemoryOutOfBounds

HERE = Path(__file__).parent
RUNTIME = HERE.parents[1] / "runtime"
#: seconds that each exercise is repeated for; once if 0
SECONDS = os.environ.get("WASM2PY_HAMMER_SECONDS", "0")


def hammer(python: str, folder: Path, options: Options, *method: str, **environment: str) -> None:
    module = folder / "hammer_module.py"
    module.write_text(wasm2py.compile(wasmtime.wat2wasm((HERE / "hammer.wat").read_text()), options=options))
    done = subprocess.run(
        [python, str(HERE / "hammer.py"), str(module), SECONDS, *method],
        env={**os.environ, "PYTHONPATH": str(RUNTIME), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        timeout=600 + 10 * float(SECONDS),  # hammer.py knows a deadlock sooner than that
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr
    print(done.stdout)


@pytest.mark.parametrize("level", [0, 2])
def test_here(tmp_path: Path, level: int) -> None:
    hammer(sys.executable, tmp_path, Options(optimize=level))  # type: ignore[arg-type]


def test_plain_views(tmp_path: Path) -> None:
    """Views that are Python objects: here updates need a lock."""
    hammer(sys.executable, tmp_path, Options(), WASM2PY_MEMORY="plain")


@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("method", [(), ("fork",)], ids=["threads", "processes"])
def test_elsewhere(wanted: str, method: tuple[str, ...], tmp_path: Path) -> None:
    python = interpreter(wanted)
    if python is None:
        pytest.skip(f"no {wanted} in WASM2PY_PYTHONS or PATH")
    hammer(python, tmp_path, Options(target="pypy" if wanted == "pypy3" else "cpython"), *method)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes(method: str, tmp_path: Path) -> None:
    hammer(sys.executable, tmp_path, Options(), method)


def test_processes_with_plain_views(tmp_path: Path) -> None:
    hammer(sys.executable, tmp_path, Options(), "fork", WASM2PY_MEMORY="plain")


def test_grown_by_another_thread() -> None:
    """The views of every instance follow, and the size with them."""
    memory = Memory(1, 3, shared=True)
    text = """(module (import "env" "memory" (memory 1 3 shared))
        (func (export "grow") (result i32) (memory.grow (i32.const 1)))
        (func (export "add") (param i32) (result i32) (i32.atomic.rmw.add (local.get 0) (i32.const 7)))
        (func (export "size") (result i32) (memory.size)))"""
    generated = wasm2py.load(wasmtime.wat2wasm(text), cache=False)
    one, other = (generated.Module(env_memory=memory).exports for _ in range(2))
    with pytest.raises(MemoryOutOfBounds, match="out of bounds memory access"):
        other.add(65536)
    assert one.grow() == 1
    assert (other.size(), other.add(65536), one.add(65536)) == (2, 0, 7)
