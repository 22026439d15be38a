"""Modules linked with a host and run: commands, reactors, start functions, both previews."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.support.wat import load
from wasm2py_runtime import Linker, LinkError, Memory, UnreachableTrap
from wasm2py_runtime.wasi import ProcExit, Wasi, WasiConfig, WriteLimitExceeded
from wasm2py_runtime.wasi.errno import Errno

WRITE = '(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))'
EXIT = '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))'
TEXT = r'(data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")'
SAY = "(drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))"
MEMORY = '(memory (export "memory") 1)'


def run(body: str, linker: Linker | None = None) -> tuple[int, bytes]:
    out = bytearray()
    return Wasi(WasiConfig(stdout=out)).run(load(f"(module {body})"), linker), bytes(out)


def test_a_command_that_returns() -> None:
    assert run(f'{WRITE} {MEMORY} {TEXT} (func (export "_start") {SAY})') == (0, b"hello\n")


def test_a_command_that_exits() -> None:
    assert run(f'{EXIT} {MEMORY} (func (export "_start") (call $exit (i32.const 7)) unreachable)')[0] == 7


def test_exit_is_not_caught() -> None:
    body = f"""{EXIT} {MEMORY} (func (export "_start")
        (block (try_table (catch_all 0) (call $exit (i32.const 3)))) (call $exit (i32.const 4)))"""
    assert run(body)[0] == 3


def test_traps_and_exceptions_of_the_host_pass() -> None:
    with pytest.raises(UnreachableTrap):
        run(f'{MEMORY} (func (export "_start") unreachable)')
    linker = Linker()
    linker.define("env", "fail", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(f'(import "env" "fail" (func $fail)) {MEMORY} (func (export "_start") (call $fail))', linker)


def test_what_is_no_command() -> None:
    with pytest.raises(TypeError, match="no function _start"):
        run(MEMORY)
    with pytest.raises(TypeError, match="not a module"):
        Wasi(WasiConfig()).run("x.wasm")


def test_a_host_is_for_one_run() -> None:
    module = load(f'(module {MEMORY} (func (export "_start")))')
    wasi = Wasi(WasiConfig())
    assert wasi.run(module) == 0
    with pytest.raises(RuntimeError, match="make a new Wasi"):
        wasi.run(module)


def test_a_start_function_may_call_the_host() -> None:
    assert run(f'{WRITE} {MEMORY} {TEXT} (func $s {SAY}) (start $s) (func (export "_start"))') == (0, b"hello\n")


def test_an_imported_memory() -> None:
    linker = Linker()
    linker.define("env", "memory", Memory(1))
    body = f'{WRITE} (import "env" "memory" (memory 1)) {TEXT} (func (export "_start") {SAY})'
    assert run(body, linker) == (0, b"hello\n")


def test_a_reactor_is_initialised_once() -> None:
    out = bytearray()
    module = load(f'(module {WRITE} {MEMORY} {TEXT} (func (export "_initialize") {SAY}) (func (export "f") {SAY}))')
    with Wasi(WasiConfig(stdout=out)) as wasi:
        reactor = wasi.instantiate(module)
        assert isinstance(reactor, module.Module)
        assert out == b"hello\n"
        reactor.exports.f()
    assert out == b"hello\n" * 2


def test_exit_of_a_reactor_reaches_the_host() -> None:
    module = load(f'(module {EXIT} {MEMORY} (func (export "f") (call $exit (i32.const 9))))')
    with Wasi() as wasi, pytest.raises(ProcExit) as caught:
        wasi.instantiate(module).exports.f()
    assert caught.value.code == 9


def test_unknown_functions_do_not_link() -> None:
    with pytest.raises(LinkError, match=r"wasi_unstable\.sock_accept: unknown import"):
        run('(import "wasi_unstable" "sock_accept" (func (param i32 i32) (result i32)))')
    with pytest.raises(LinkError, match=r"fd_frob: unknown import"):
        run('(import "wasi_snapshot_preview1" "fd_frob" (func))')


def test_every_function_is_there_with_its_type() -> None:
    functions = Wasi().imports()
    assert len(functions) == 46
    assert len(Wasi().imports("wasi_unstable")) == 45
    with pytest.raises(KeyError):
        Wasi().imports("wasi_snapshot_preview2")


def test_preview_0() -> None:
    assert run(f'{WRITE.replace("snapshot_preview1", "unstable")} {MEMORY} {TEXT} (func (export "_start") {SAY})') == (
        0,
        b"hello\n",
    )


def test_several_at_once() -> None:
    module: Any = load(f'(module {WRITE} {EXIT} {MEMORY} {TEXT} (func (export "_start") {SAY * 50}))')
    outs = [bytearray() for _ in range(4)]
    threads = [threading.Thread(target=Wasi(WasiConfig(stdout=out)).run, args=(module,)) for out in outs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outs == [b"hello\n" * 50] * 4


@pytest.mark.parametrize("outcome", ["stop", "ENOSPC"])
def test_a_guest_that_writes_a_gigabyte_is_stopped_at_the_limit(outcome: str) -> None:
    """16,384 times 64 KiB. One that gets an error ends by itself, with its number as exit code."""
    module = load(
        f"""(module {WRITE} {EXIT} (memory (export "memory") 2)
        (data (i32.const 0) "\\00\\00\\00\\00\\00\\00\\01\\00")
        (func (export "_start") (local $left i32) (local $error i32)
            (local.set $left (i32.const 16384))
            (loop $again
                (local.set $error (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                (if (local.get $error) (then (call $exit (local.get $error))))
                (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))"""
    )
    out = bytearray()
    wasi = Wasi(WasiConfig(stdout=out, max_written_bytes=1_000_000, at_write_limit=outcome))
    if outcome == "stop":
        with pytest.raises(WriteLimitExceeded, match="1000000 bytes"):
            wasi.run(module)
    else:
        assert wasi.run(module) == Errno.ENOSPC
    assert len(out) == 1_000_000
