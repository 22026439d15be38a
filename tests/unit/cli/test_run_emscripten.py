"""``wasm2py run`` of modules that Emscripten made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.engine import load
from tests.unit.cli.conftest import Command

Wasm = Callable[..., Path]
MODULE = """(module
  (import "env" "emscripten_console_log" (func $log (param i32)))
  (import "env" "emscripten_notify_memory_growth" (func $notify (param i32)))
  (import "env" "exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello\\00")
  (func (export "_start") (call $notify (i32.const 0)) (call $log (i32.const 16)) (call $exit (i32.const 3)))
  (func (export "twice") (param i32) (result i32) (call $log (i32.const 16))
    (i32.mul (local.get 0) (i32.const 2))))"""


def test_a_program(wasm2py: Command, wasm: Wasm) -> None:
    ran = wasm2py("run", wasm(MODULE))
    assert (ran.code, ran.out, ran.err) == (3, "hello\n", "")


def test_its_main(wasm2py: Command, wasm: Wasm) -> None:
    """What is generated for it has a ``main``, as that of any program."""
    out = bytearray()
    assert load(wasm(MODULE).read_bytes()).main(["app"], stdout=out) == 3
    assert out == b"hello\n"


def test_a_function(wasm2py: Command, wasm: Wasm) -> None:
    ran = wasm2py("run", wasm(MODULE.replace("_start", "other")), "--invoke", "twice", "--", "21")
    assert (ran.code, ran.out) == (0, "hello\n42\n")


def test_another_env(wasm2py: Command, wasm: Wasm) -> None:
    module = '(module (import "env" "abort" (func (param i32 i32 i32 i32))) (func (export "f")))'
    ran = wasm2py("run", wasm(module), "--invoke", "f")
    assert ran.code == 1
    assert "imports that nothing provides" in ran.err
    assert '"env" "abort"' in ran.err
