"""Large modules as packages: what is written, what is replaced, and that it imports and runs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import wasm2py as compiler
from tests.unit.cli.conftest import Command
from wasm2py.codegen import output
from wasm2py.commands import compile

Wasm = Callable[..., Path]

COUNT = 40
#: Functions that call the next one; the last divides. And a table of them all.
CHAIN = f"""
(module
  (import "env" "log" (func $log (param i32)))
  (memory (export "memory") 1)
  (global $calls (export "calls") (mut i32) (i32.const 0))
  (table (export "table") {COUNT} funcref)
  (elem (i32.const 0) {" ".join(f"$f{n}" for n in range(COUNT))})
  {
    "".join(
        f'''(func $f{n} (export "f{n}") (param i32) (result i32)
          (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
          (call $log (i32.const {n}))
          (i32.add (call $f{n + 1} (local.get 0)) (i32.const 1)))'''
        for n in range(COUNT - 1)
    )
}
  (func $f{COUNT - 1} (param i32) (result i32) (i32.div_u (i32.const 100) (local.get 0)))
  (func (export "infinite") (result f64) (f64.const inf)))
"""


@pytest.fixture
def package(
    wasm2py: Command, wasm: Wasm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Any]]:
    """Writes the chain as a package of many parts; gives a function that imports it."""
    monkeypatch.setattr(output, "PART", 2000)
    monkeypatch.syspath_prepend(tmp_path)
    assert wasm2py("compile", wasm(CHAIN), "-o", "chain_app/") == (0, "", "")
    yield lambda: importlib.import_module("chain_app")
    for name in [name for name in sys.modules if name.partition(".")[0] == "chain_app"]:
        del sys.modules[name]


def parts() -> list[str]:
    return sorted(name for name in sys.modules if name.startswith("chain_app._part"))


def test_a_package_is_imported_as_its_functions_are_called(package: Callable[[], Any]) -> None:
    made = sorted(path.name for path in Path("chain_app").iterdir())
    assert len(made) > 4
    seen: list[int] = []
    app = package().Module(env_log=seen.append)
    assert parts() == []
    assert app.exports.infinite() == float("inf")
    assert len(parts()) == 1
    assert app.exports.f0(5) == 20 + COUNT - 1
    assert seen == list(range(COUNT - 1))
    assert len(parts()) == len(made) - 1
    assert app.calls.value == COUNT - 1
    assert app.table[3] is app.exports.f3


def test_traps_and_tracebacks_of_a_package(package: Callable[[], Any]) -> None:
    app = package().Module(env_log=lambda n: None)
    for _ in range(2):
        with (
            pytest.raises(ZeroDivisionError.__mro__[1]) if False else pytest.raises(Exception, match="divide") as caught
        ):
            app.exports.f0(0)
        traceback = caught.value.__traceback__
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        assert traceback is not None
        file = Path(traceback.tb_frame.f_code.co_filename)
        assert file.parent.name == "chain_app"
        assert "//" in file.read_text().splitlines()[traceback.tb_lineno - 1]


def test_the_same_files_each_time(package: Callable[[], Any], wasm2py: Command, wasm: Wasm) -> None:
    before = {path.name: path.read_bytes() for path in Path("chain_app").iterdir()}
    Path("chain_app", "__pycache__").mkdir()
    assert wasm2py("compile", wasm(CHAIN), "-o", "chain_app/").code == 0
    assert {path.name: path.read_bytes() for path in Path("chain_app").iterdir()} == before
    assert compiler.compile_package(wasm(CHAIN)) == {name: data.decode() for name, data in before.items()}


def test_the_functions_are_those_of_the_single_file(wasm: Wasm) -> None:
    files = compiler.compile_package(wasm(CHAIN))
    text = compiler.compile(wasm(CHAIN))
    functions = files["_part0.py"].partition("namespace of the package.'\n")[2]
    assert functions
    assert functions in text


def test_a_module_without_functions(wasm2py: Command, wasm: Wasm, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    assert wasm2py("compile", wasm('(module (memory (export "m") 1))'), "-o", "no_functions/").code == 0
    module = importlib.import_module("no_functions")
    assert module.Module().m.size == 1
    assert [path.name for path in Path("no_functions").iterdir() if path.suffix] == ["__init__.py"]


def test_only_a_package_of_ours_is_replaced(wasm2py: Command, wasm: Wasm) -> None:
    path = wasm()
    Path("mine").mkdir()
    assert wasm2py("compile", path, "-o", "mine/").code == 0, "an empty directory"
    for name, text in (("__init__.py", "mine"), ("_part0.py", "mine"), ("notes.txt", "# Made by wasm2py")):
        file = Path("mine", name)
        before = file.read_text() if file.exists() else None
        file.write_text(text)
        ran = wasm2py("compile", path, "-o", "mine/")
        assert ran.code == 2
        assert name in ran.err
        assert file.read_text() == text
        if before is None:
            file.unlink()
        else:
            file.write_text(before)
    assert wasm2py("compile", path, "-o", "mine/").code == 0


@pytest.mark.parametrize("target", ["app.wasm/", "absent/out/", "./", "/"])
def test_places_for_no_package(wasm2py: Command, wasm: Wasm, target: str) -> None:
    path = wasm()
    before = path.read_bytes()
    ran = wasm2py("compile", path, "-o", target)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert path.read_bytes() == before


def test_a_directory_needs_the_slash(wasm2py: Command, wasm: Wasm) -> None:
    Path("out").mkdir()
    ran = wasm2py("compile", wasm(), "-o", "out")
    assert ran.code == 2
    assert "-o out/" in ran.err


def test_a_large_file_comes_with_advice(wasm2py: Command, wasm: Wasm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile, "LARGE", 100)
    ran = wasm2py("compile", wasm(), "-o", "big.py")
    assert ran.code == 0
    assert ran.err.startswith("wasm2py: warning: big.py")
    assert "-o big/" in ran.err
    assert Path("big.py").exists()
    assert wasm2py("compile", "app.wasm", "-o", "big/") == (0, "", "")
