"""The command line as a whole: usage, exit codes, compile, inspect, validate, cache."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kernels.interpreters import interpreter
from tests.support.shared import REPOSITORY
from tests.unit.cli.conftest import Command
from wasm2py import api
from wasm2py.codegen.output import Pieces
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.options import Options

Wasm = Callable[..., Path]
TEXT = "# Made by wasm2py (a stand-in)\nX = 1\n"


class Translated:
    """Stands for what the code generator gives."""

    def pieces(self) -> Pieces:
        return Pieces(TEXT, (), "")

    def package(self) -> dict[str, str]:
        return {"__init__.py": TEXT, "_part0.py": TEXT}


@pytest.fixture
def translated(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """The options of each translation; codegen is a stand-in."""
    seen: list[Options] = []

    def translate(file: object, options: Options, progress: Callable[[int, int], None], *rest: object) -> Translated:
        seen.append(options)
        progress(1, 2)
        return Translated()

    monkeypatch.setattr(api, "_translate", translate)
    return seen


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["frobnicate"],
        ["compile"],
        ["compile", "app.wasm", "--frobnicate"],
        ["compile", "app.wasm", "-O3"],
        ["compile", "app.wasm", "--target", "jython"],
        ["compile", "app.wasm", "--features", "+warp"],
        ["compile", "app.wasm", "--outp", "x.py"],
        ["cache"],
        ["cache", "frobnicate"],
    ],
    ids=" ".join,
)
def test_bad_usage_is_one_line(wasm2py: Command, wasm: Wasm, words: list[str]) -> None:
    wasm()
    ran = wasm2py(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("wasm2py: error: ")
    assert ran.err.count("\n") == 1


def test_compile_names_the_output_after_the_input(wasm2py: Command, wasm: Wasm, translated: list[Options]) -> None:
    assert wasm2py("compile", wasm(name="my-app.wasm")) == (0, "", "")
    assert Path("my_app.py").read_text() == TEXT
    assert translated == [Options()]


def test_compile_replaces_only_what_it_made_unless_told(
    wasm2py: Command, wasm: Wasm, translated: list[Options]
) -> None:
    path = wasm()
    Path("app.py").write_text("precious")
    ran = wasm2py("compile", path)
    assert ran.code == 2
    assert "-o app.py" in ran.err
    assert Path("app.py").read_text() == "precious"
    assert wasm2py("compile", path, "-o", "app.py").code == 0
    assert wasm2py("compile", path).code == 0
    assert Path("app.py").read_text() == TEXT


def test_compile_to_stdout(wasm2py: Command, wasm: Wasm, translated: list[Options]) -> None:
    assert wasm2py("compile", wasm(), "-o", "-") == (0, TEXT, "")


def test_compile_from_stdin(
    wasm2py: Command, wasm: Wasm, translated: list[Options], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(wasm().read_bytes())))
    assert wasm2py("compile", "-", "-o", "out.py").code == 0
    assert Path("out.py").read_text() == TEXT


def test_compile_options(wasm2py: Command, wasm: Wasm, translated: list[Options]) -> None:
    flags = ["-O1", "--target=pypy", "--features=-simd,+wide-arithmetic", "--disable", "gc", "--enable", "gc,simd"]
    assert (
        wasm2py("compile", wasm(), "-o", "x.py", *flags, "--disable", "threads", "--disable-pass", "dead-values").code
        == 0
    )
    features = DEFAULT_FEATURES | {"wide-arithmetic"}
    assert translated == [Options(1, "pypy", features - {"threads"}, ("dead-values",))]


def test_compile_will_not_write_over_its_input(wasm2py: Command, wasm: Wasm, translated: list[Options]) -> None:
    path = wasm()
    before = path.read_bytes()
    ran = wasm2py("compile", path, "-o", path)
    assert ran.code == 2
    assert path.read_bytes() == before


def test_an_interrupt_ends_with_130_and_no_file(
    wasm2py: Command, wasm: Wasm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*arguments: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "_translate", interrupted)
    path = wasm()
    assert wasm2py("compile", path, "-o", "out.py") == (130, "", "")
    assert [entry.name for entry in tmp_path.iterdir()] == ["app.wasm"]


def test_a_bug_of_ours_is_one_line_and_says_so(wasm2py: Command, wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> str:
        raise KeyError("x")

    monkeypatch.setattr(api, "_translate", broken)
    ran = wasm2py("compile", wasm())
    assert ran.code == 70
    assert "bug in wasm2py" in ran.err
    assert ran.err.count("\n") == 1
    with pytest.raises(KeyError):
        wasm2py("compile", "app.wasm", "--debug")


def test_validate(wasm2py: Command, wasm: Wasm) -> None:
    assert wasm2py("validate", wasm()).out.endswith("app.wasm: valid\n")
    ran = wasm2py("validate", "app.wasm", "--disable", "multi-value")
    assert ran.code == 1
    assert ran.err.startswith("wasm2py: error: app.wasm: ")


def test_inspect(wasm2py: Command, wasm: Wasm) -> None:
    ran = wasm2py("inspect", wasm())
    assert ran.code == 0
    assert "5 functions" in ran.out
    assert '"add" func [i32 i32] -> [i32]' in ran.out
    assert '"memory" memory 1..4 pages' in ran.out
    assert "features: mvp, multi-value" in ran.out


def test_inspect_json(wasm2py: Command, wasm: Wasm) -> None:
    described = json.loads(wasm2py("inspect", wasm(), "--json").out)
    assert described["exports"][0] == {"module": "", "name": "memory", "kind": "memory", "type": "1..4 pages"}
    assert described["counts"]["functions"] == 5
    assert described["invalid"] is None


def test_inspect_of_an_invalid_module(wasm2py: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.wasm").write_bytes(b"\0asm\1\0\0\0" + b"\x07\x05\x01\x01a\x00\x09")  # exports function 9
    ran = wasm2py("inspect", "bad.wasm")
    assert ran.code == 0
    assert "INVALID: unknown function" in ran.out
    assert '"a" func ?' in ran.out


def test_control_characters_do_not_reach_the_terminal(wasm2py: Command, wasm: Wasm) -> None:
    wasm(r'(module (import "\1b[31m" "\0a\00" (func)) (func (export "\e2\80\aeevil")))')
    for words in (["inspect", "app.wasm"], ["run", "app.wasm", "--invoke", "\x1b"]):
        ran = wasm2py(*words)
        assert (ran.out + ran.err).replace("\n", "").isprintable()


def test_cache_commands(wasm2py: Command, wasm: Wasm, translated: list[Options], cache_directory: Path) -> None:
    assert wasm2py("cache", "dir").out == f"{cache_directory}\n"
    assert wasm2py("cache", "list") == (0, "", "")
    api.load(wasm(), progress=lambda done, total: None)
    assert "Made by wasm2py" in wasm2py("cache", "list").out
    assert wasm2py("cache", "clear").out.startswith("deleted 1 entry, ")
    assert wasm2py("cache", "list").out == ""


def test_a_reader_that_goes_away_is_no_error(wasm: Wasm) -> None:
    """As in ``wasm2py inspect big.wasm | head -1``."""
    exports = "".join(f'(func (export "a long name of a function {n}"))' for n in range(5000))
    command = [sys.executable, "-m", "wasm2py", "inspect", str(wasm(f"(module {exports})"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_version_and_help(wasm2py: Command, capsys: pytest.CaptureFixture[str]) -> None:
    for word in ("--version", "--help"):
        with pytest.raises(SystemExit) as ended:
            wasm2py(word)
        assert ended.value.code == 0
        assert "wasm2py" in capsys.readouterr().out


@pytest.mark.parametrize("version", ["3.9", "3.10"])
def test_a_python_that_is_too_old_is_told(version: str) -> None:
    """In one line, whatever the command is; and an ImportError for programs."""
    python = interpreter(f"python{version}")
    if python is None:
        pytest.skip(f"no python{version} in WASM2PY_PYTHONS, PATH or pyenv")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "runtime")])}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([python, *arguments], env=environment, capture_output=True, text=True, check=False)

    done = run("-m", "wasm2py", "compile", "app.wasm")
    text = f"wasm2py needs Python 3.11 or later, and this is Python {version}; "
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"wasm2py: error: {text}")
    assert f"ImportError: {text}" in run("-c", "from wasm2py import load").stderr
    assert run("-c", "import wasm2py, wasm2py_runtime").returncode == 0
