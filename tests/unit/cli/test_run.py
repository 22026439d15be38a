"""``wasm2py run``: end to end, through the real compiler and the cache."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Command
from wasm2py.commands.values import format_result, parse_argument

Wasm = Callable[..., Path]
IMPORTS = '(module (import "env" "log" (func (param i32))) (import "env" "x" (func)) (func (export "f")))'


@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["add", "--", "1", "2"], "3\n"),
        (["add", "--", "-1", "0"], "-1\n"),
        (["add", "--", "4294967295", "0x10"], "15\n"),
        (["pair", "--", "-9223372036854775808"], "-9223372036854775808\n0.5\n"),
        (["nothing"], ""),
        (["nothing", "--"], ""),
    ],
)
def test_results(wasm2py: Command, wasm: Wasm, words: list[str], out: str) -> None:
    assert wasm2py("run", wasm(), "--invoke", *words) == (0, out, "")


def test_the_cache_is_used(wasm2py: Command, wasm: Wasm, cache_directory: Path) -> None:
    for _ in range(2):
        assert wasm2py("run", wasm(), "--invoke", "nothing").code == 0
    assert len(list(cache_directory.iterdir())) == 2


def test_no_cache(wasm2py: Command, wasm: Wasm, cache_directory: Path) -> None:
    assert wasm2py("run", wasm(), "--no-cache", "--invoke", "add", "--", "1", "2").out == "3\n"
    assert not cache_directory.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "--invoke NAME"),
        (["--invoke", "memory"], "no exported function"),
        (["--invoke", "sub"], '"add", "pair"'),
        (["--invoke", "add"], "takes 2 (i32, i32)"),
        (["--invoke", "add", "--", "1", "2", "3"], "takes 2 (i32, i32)"),
        (["--invoke", "add", "--", "1", "x"], "argument 2"),
        (["--invoke", "add", "--", "1", "4294967296"], "argument 2"),
        (["--invoke", "add", "--", "1", "1.5"], "argument 2"),
        (["--invoke", "nothing", "--preload", "env"], "NAME=LIB.wasm"),
        (["--invoke", "nothing", "--preload", "env=absent.wasm"], "absent.wasm: No such file"),
    ],
)
def test_bad_usage(wasm2py: Command, wasm: Wasm, words: list[str], message: str) -> None:
    ran = wasm2py("run", wasm(), *words)
    assert ran.code == 2
    assert message in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(("name", "message"), [("fail", "unreachable"), ("deep", "call stack exhausted")])
def test_traps(wasm2py: Command, wasm: Wasm, name: str, message: str) -> None:
    ran = wasm2py("run", wasm(), "--invoke", name)
    assert ran.code == 1
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_missing_imports_are_all_named(wasm2py: Command, wasm: Wasm) -> None:
    ran = wasm2py("run", wasm(IMPORTS), "--invoke", "f")
    assert ran.code == 1
    assert '"env" "log"' in ran.err
    assert '"env" "x"' in ran.err
    assert ran.err.count("\n") == 1


def test_preload(wasm2py: Command, wasm: Wasm) -> None:
    wasm('(module (func (export "log") (param i32)) (func (export "x")))', name="lib.wasm")
    assert wasm2py("run", wasm(IMPORTS), "--preload", "env=lib.wasm", "--invoke", "f") == (0, "", "")


def test_an_import_of_a_wrong_type(wasm2py: Command, wasm: Wasm) -> None:
    wasm('(module (func (export "log") (param f64)) (func (export "x")))', name="lib.wasm")
    ran = wasm2py("run", wasm(IMPORTS), "--preload", "env=lib.wasm", "--invoke", "f")
    assert ran.code == 1
    assert "log" in ran.err
    assert ran.err.count("\n") == 1


def test_start_function_that_traps(wasm2py: Command, wasm: Wasm) -> None:
    ran = wasm2py("run", wasm('(module (func $s unreachable) (start $s) (func (export "f")))'), "--invoke", "f")
    assert ran.code == 1
    assert "unreachable" in ran.err


@pytest.mark.parametrize(
    ("word", "type", "value"),
    [
        ("-0", "f64", -0.0),
        ("inf", "f32", float("inf")),
        ("0x1.8p1", "f64", 3.0),
        ("1e3", "f32", 1000.0),
        ("0b101", "i32", 5),
        ("-2147483648", "i32", -(2**31)),
        ("18446744073709551615", "i64", 2**64 - 1),
        ("007", "i32", 7),
        ("null", "externref", None),
    ],
)
def test_arguments(word: str, type: str, value: object) -> None:
    assert repr(parse_argument(word, type)) == repr(value)


@pytest.mark.parametrize(
    ("word", "type"),
    [("", "i32"), ("1" * 5000, "i64"), ("0x1p99999", "f64"), ("x", "funcref"), ("1", "v128"), ("-2147483649", "i32")],
)
def test_bad_arguments(word: str, type: str) -> None:
    with pytest.raises(ValueError, match=type):
        parse_argument(word, type)


def test_results_as_text() -> None:
    assert [format_result(value) for value in (None, -1, -0.0, "a\n")] == ["null", "-1", "-0.0", r"'a\n'"]
