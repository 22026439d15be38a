"""``compile --dump-ir``: the IR before and after each pass, on stderr."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.unit.cli.conftest import Command
from wasm2py.options import PASS_SWITCHES

Wasm = Callable[..., Path]


def test_every_pass_of_one_function(wasm2py: Command, wasm: Wasm) -> None:
    wasm()
    ran = wasm2py("compile", "app.wasm", "-o", "-", "--dump-ir", "all", "--dump-function", "add")
    assert ran.code == 0
    assert ran.out.startswith("# Made by")
    assert ran.err.startswith(";; before the passes:\nfunc 0 'add'")
    assert "func 1" not in ran.err
    assert all(name in ran.err for name in PASS_SWITCHES)


def test_an_unknown_pass_is_refused(wasm2py: Command, wasm: Wasm) -> None:
    wasm()
    ran = wasm2py("compile", "app.wasm", "--dump-ir", "frobnicate")
    assert ran.code == 2
    assert "merge-blocks" in ran.err


def test_dump_function_alone_is_refused(wasm2py: Command, wasm: Wasm) -> None:
    wasm()
    ran = wasm2py("compile", "app.wasm", "--dump-function", "add")
    assert ran.code == 2
    assert "--dump-ir" in ran.err
