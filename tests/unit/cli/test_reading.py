"""Reading modules, those in the text format among them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Command
from wasm2py.reading import MissingExtra, TextFormatError, read_module

EMPTY = b"\0asm\x01\0\0\0"


def test_bytes_and_paths(tmp_path: Path) -> None:
    (tmp_path / "a.wasm").write_bytes(EMPTY)
    assert read_module(EMPTY).name == "module.wasm"
    assert read_module(memoryview(EMPTY), "b").name == "b"
    assert read_module(str(tmp_path / "a.wasm")).name == "a.wasm"
    assert read_module(tmp_path / "a.wasm").data == EMPTY


def test_text_format(tmp_path: Path) -> None:
    (tmp_path / "a.wat").write_text("(module)")
    assert read_module(tmp_path / "a.wat").data == EMPTY


def test_errors_in_the_text_are_one_line(tmp_path: Path, wasm2py: Command) -> None:
    (tmp_path / "a.wat").write_text("(module\n  (fnc))")
    with pytest.raises(TextFormatError):
        read_module(tmp_path / "a.wat")
    ran = wasm2py("validate", "a.wat")
    assert ran.code == 1
    assert ran.err.count("\n") == 1


def test_without_wasmtime_the_extra_is_named(tmp_path: Path, wasm2py: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    (tmp_path / "a.wat").write_text("(module)")
    with pytest.raises(MissingExtra, match="wat"):
        read_module(tmp_path / "a.wat")
    ran = wasm2py("compile", "a.wat")
    assert ran.code == 2
    assert "pip install 'wasm2py[wat]'" in ran.err
