"""What the tests of the command line share: modules, a cache of their own, and a way to run a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import wasmtime

from wasm2py.cache import _warn_once
from wasm2py.cli import main

ADD = """
(module
  (memory (export "memory") 1 4)
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "pair") (param i64) (result i64 f64) (local.get 0) (f64.const 0.5))
  (func (export "nothing"))
  (func (export "fail") unreachable)
  (func $deep (export "deep") (result i32) (i32.add (call $deep) (i32.const 1))))
"""


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


Command = Callable[..., Ran]


@pytest.fixture
def wasm(tmp_path: Path) -> Callable[..., Path]:
    """Writes a module, given as text, to a file."""

    def write(text: str = ADD, name: str = "app.wasm") -> Path:
        path = tmp_path / name
        path.write_bytes(wasmtime.wat2wasm(text))
        return path

    return write


@pytest.fixture(autouse=True)
def cache_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the user's own cache is used or changed."""
    directory = tmp_path / "cache"
    monkeypatch.setenv("WASM2PY_CACHE_DIR", str(directory))
    _warn_once.cache_clear()
    return directory


@pytest.fixture
def wasm2py(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs a command line in ``tmp_path``."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Ran:
        code = main([str(word) for word in words])
        return Ran(code, *capsys.readouterr())

    return run
