"""``wasm2py run`` with WASI programs, and what is generated for them: as processes of their own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Command
from tests.wasi.build import PROGRAMS
from wasm2py.cli import main

Process = Callable[..., "subprocess.CompletedProcess[bytes]"]
IDLE = """(module (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (loop (drop (call $yield)) (br 0))))"""
WITH_LIBRARY = """(module (import "env" "code" (func $code (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (call $code))))"""


@pytest.fixture
def process(tmp_path: Path) -> Process:
    """Runs a Python with these arguments in ``tmp_path``."""
    path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "WASM2PY_CACHE_DIR": str(tmp_path / "cache"), "INHERITED": "yes"}

    def run(*words: object, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, *map(str, words)]
        return subprocess.run(
            command, input=input, cwd=tmp_path, env=environment, capture_output=True, check=False, timeout=100
        )

    return run


def program(name: str) -> Path:
    return PROGRAMS / f"{name}.wasm"


def test_a_program_with_everything(process: Process, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    words = ("--dir", "data::/", "--env", "HOME=/home/me", "--env", "INHERITED", "--", "first", "last")
    ran = process("-m", "wasm2py", "run", program("stdio"), *words, input=b"one two\nthree\n")
    assert ran.returncode == 7
    assert ran.stderr == b"done\n"
    assert ran.stdout.startswith(b"3 arguments, the last is last; HOME is /home/me\n2 lines, 3 words, 14 bytes\n")
    assert (tmp_path / "data" / "tree" / "renamed").exists()


def test_arguments_and_environment(process: Process) -> None:
    words = ("--env", "A=b=c", "--env", "INHERITED", "--env", "NOT_SET_ANYWHERE", "--", "--dir", "", "ä")
    ran = process("-m", "wasm2py", "run", program("arguments"), *words)
    found = re.findall("(argument|variable): (.*)", ran.stdout.decode())
    assert [value for kind, value in found if kind == "argument"] == ["arguments.wasm", "--dir", "", "ä"]
    assert [value for kind, value in found if kind == "variable"] == ["A=b=c", "INHERITED=yes"]


@pytest.mark.parametrize("code", [0, 1, 42, 255])
def test_exit_codes(process: Process, code: int) -> None:
    for how in ("return", "exit", "proc_exit"):
        assert process("-m", "wasm2py", "run", program("exit"), "--", how, code).returncode == code


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ("trap", "unreachable"),
        ("divide", "integer divide by zero"),
        ("outside", "out of bounds memory access"),
        ("recurse", "call stack exhausted"),
    ],
)
def test_a_trap_is_reported(process: Process, how: str, what: str) -> None:
    ran = process("-m", "wasm2py", "run", program("exit"), "--", how)
    assert (ran.returncode, ran.stdout) == (134, b"begun\n")
    first, *callers = ran.stderr.decode().splitlines()
    assert first == f"exit.wasm: trap: {what}"
    assert all(re.fullmatch(r"    (in \w+|and so on)", line) for line in callers)
    assert 2 <= len(callers) <= 21
    assert "Traceback" in process("-m", "wasm2py", "--debug", "run", program("exit"), "--", how).stderr.decode()


def test_read_only_directories_and_zip_files(process: Process, tmp_path: Path) -> None:
    for name in ("root", "other", "other/d"):
        (tmp_path / name).mkdir()
    (tmp_path / "other" / "f").write_bytes(b"in the other directory")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("d/", b"")
        archive.writestr("f", b"in the other directory")
    expected = (PROGRAMS.parent / "outcomes" / "readonly.txt").read_bytes().partition(b"\n==")[0]
    for other in ("other::/other:ro", "other.zip::/other"):
        ran = process("-m", "wasm2py", "run", program("readonly"), "--dir", "root::/", "--dir", other)
        assert (ran.returncode, ran.stdout.rstrip()) == (0, expected)


def test_stdin_from_a_file(process: Process, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(b"1 2 3\n")
    words = ("--dir", ".::/", "--stdin", "input")
    ran = process("-m", "wasm2py", "run", program("stdio"), *words, input=b"not this\n")
    assert b"1 lines, 3 words, 6 bytes" in ran.stdout


def test_a_flood_is_stopped(process: Process) -> None:
    ran = process("-m", "wasm2py", "run", program("flood"), "--max-written-bytes", "1M", "--", 100000)
    assert (ran.returncode, len(ran.stdout)) == (134, 1 << 20)
    assert ran.stderr.startswith(b"flood.wasm: stopped: ")


def test_a_reader_that_goes_away(process: Process, tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m wasm2py run "{program("flood")}" -- 1000 | head -c 5'
    ran = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=False, timeout=100)
    assert (ran.stdout, ran.stderr) == (b"abcde", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes them")
def test_no_standard_streams(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m wasm2py run "{program("exit")}" -- return 4 <&- >&-'
    ran = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=False, timeout=100)
    assert (ran.returncode, ran.stderr) == (4, b"")


def test_reactors(process: Process) -> None:
    ran = process("-m", "wasm2py", "run", program("reactor"), "--invoke", "add", "--", 3, 4)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"reactor: initialised\ncall: 1\n7\n", b"")
    assert process("-m", "wasm2py", "run", program("reactor"), "--invoke", "leave", "--", 9).returncode == 9
    ran = process("-m", "wasm2py", "run", program("reactor"), "--invoke", "fail")
    assert ran.returncode == 1
    assert b'trap in "fail": unreachable' in ran.stderr


def test_libraries_beside_wasi(wasm2py: Command, wasm: Callable[..., Path]) -> None:
    wasm('(module (func (export "code") (result i32) (i32.const 33)))', name="lib.wasm")
    assert wasm2py("run", wasm(WITH_LIBRARY), "--preload", "env=lib.wasm").code == 33
    ran = wasm2py("run", wasm(WITH_LIBRARY))
    assert ran.code == 1
    assert '"env" "code"' in ran.err


def test_a_function_that_wasi_does_not_have(wasm2py: Command, wasm: Callable[..., Path]) -> None:
    ran = wasm2py("run", wasm('(module (import "wasi_snapshot_preview1" "fd_wrote" (func)) (func (export "_start")))'))
    assert ran.code == 1
    assert "wasi_snapshot_preview1.fd_wrote" in ran.err
    assert ran.err.count("\n") == 1


def test_functions_that_may_be_missing(wasm2py: Command, wasm: Callable[..., Path]) -> None:
    text = """(module (import "wasi_snapshot_preview1" "sock_open" (func $open)) (import "env" "f" (func $f))
        (memory (export "memory") 1) (func (export "_start")) (func (export "try") (call $open)))"""
    assert wasm2py("run", wasm(text), "--allow-missing").code == 0
    ran = wasm2py("run", wasm(text), "--allow-missing", "--invoke", "try")
    assert ran.code == 1
    assert "sock_open" in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--dir", ""], "--dir takes HOST[::GUEST][:ro]"),
        (["--dir", "x::"], "--dir takes HOST[::GUEST][:ro]"),
        (["--dir", "absent"], "absent: No such file"),
        (["--dir", ".", "--dir", "bad.zip::."], "not a zip file"),
        (["--dir", ".", "--dir", "..::.:ro"], "two directories for ."),
        (["--env", "=x"], "--env takes NAME=VALUE or NAME"),
        (["--env", "A=\0"], "--env takes NAME=VALUE or NAME"),
        (["--stdin", "absent"], "absent: No such file"),
        (["--stdin", ""], "No such file"),
        (["--listen", "8080"], "--listen takes ADDRESS:PORT"),
        (["--listen", "127.0.0.1:99999"], "--listen takes ADDRESS:PORT"),
        (["--max-open-files", "1"], "max_open_files: 1 are too few"),
        (["--max-written-bytes", "many"], "a number, also with K, M or G behind it"),
        (["--dir", "bad.zip"], "not a zip file"),
    ],
)
def test_bad_usage(wasm2py: Command, tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK")
    ran = wasm2py("run", program("exit"), *words)
    assert ran.code == 2
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_no_program(wasm2py: Command) -> None:
    ran = wasm2py("run", program("reactor"))
    assert ran.code == 2
    assert "_start" in ran.err


def test_a_listening_socket(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    words = ["--dir", "a::/", "--dir", "b::/other", "--listen", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "wasm2py", "run", str(program("server")), *words]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as server:
        reply = _reply(port)
        out, _ = server.communicate(timeout=100)
    assert reply == b"you said hello there; bye"
    assert out.decode().splitlines() == (PROGRAMS.parent / "outcomes" / "server.txt").read_text().splitlines()


def _reply(port: int) -> bytes:
    for _ in range(1000):
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
        except ConnectionRefusedError:
            threading.Event().wait(0.05)
            continue
        with connection, connection.makefile("rb") as reader:
            connection.sendall(b"hello there")
            return reader.read()
    raise AssertionError("nobody listens")


@pytest.mark.skipif(sys.platform == "win32", reason="an interrupt is sent as on POSIX")
@pytest.mark.parametrize("way", ["run", "script"])
def test_an_interrupt(wasm: Callable[..., Path], tmp_path: Path, way: str) -> None:
    path = wasm(IDLE)
    assert main(["compile", str(path), "-o", str(tmp_path / "idle.py")]) == 0
    command = ["-m", "wasm2py", "run", str(path)] if way == "run" else [str(tmp_path / "idle.py")]
    with subprocess.Popen([sys.executable, *command], cwd=tmp_path, stderr=subprocess.PIPE) as running:
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(3)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=100)
    assert (running.returncode, err) == (130, b"")


# Generated modules ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["exit_mod.py", "exit_mod/"])
def test_a_generated_module_is_a_program(process: Process, tmp_path: Path, form: str) -> None:
    for _ in range(2):  # a package is replaced
        assert main(["compile", str(program("exit")), "-o", f"{tmp_path}/{form}"]) == 0
    command = [tmp_path / form] if form.endswith(".py") else ["-m", "exit_mod"]
    ran = process(*command, "return", 5)
    assert (ran.returncode, ran.stdout, ran.stderr) == (5, b"begun\n", b"")
    assert process(*command, "proc_exit", 300).returncode == 300 & 0xFF
    ran = process(*command, "trap")
    assert ran.returncode == 134
    assert b"trap: unreachable\n    in " in ran.stderr
    assert b"Traceback" not in ran.stderr
    again = process("-c", "import exit_mod; print(exit_mod.main(['x', 'exit', '9'], stdout=None))")
    assert again.stdout == b"9\n"


def test_a_reactor_has_no_main(tmp_path: Path) -> None:
    assert main(["compile", str(program("reactor")), "-o", str(tmp_path / "reactor.py")]) == 0
    assert "main" not in (tmp_path / "reactor.py").read_text().replace("__main__", "")


def test_names_do_not_collide(wasm2py: Command, wasm: Callable[..., Path], tmp_path: Path, process: Process) -> None:
    """Functions, globals and imports that are called ``main`` too."""
    wasm(
        """(module (import "wasi_snapshot_preview1" "proc_exit" (func $main (param i32)))
        (memory (export "memory") 1) (global $main (export "main") (mut i32) (i32.const 3))
        (func $main_1 (export "_start") (call $main (i32.add (global.get $main) (i32.const 4)))))"""
    )
    assert wasm2py("compile", "app.wasm", "-o", "app_mod.py").code == 0
    assert process("app_mod.py").returncode == 7
