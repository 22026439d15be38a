"""``--dump-ir``: the IR before and after each pass."""

from __future__ import annotations

import wasmtime

from wasm2py import compile
from wasm2py.passes import IRDump

TWO = wasmtime.wat2wasm(
    """(module
      (func $first (export "first") (param i32) (result i32) (block (br 0)) (drop (i32.const 7)) (local.get 0))
      (func $second (export "second") (result i32) (i32.const 1)))"""
)


def dump(passes: tuple[str, ...] = (), functions: tuple[str, ...] = ()) -> str:
    texts: list[str] = []
    compile(TWO, name="two.wasm", observe=IRDump(texts.append, passes, functions))
    return "".join(texts)


def test_all_passes_of_all_functions() -> None:
    text = dump()
    assert text.count(";; before the passes:\nfunc") == 2
    assert ";; after merge-blocks:\nfunc 0 'first'" in text
    assert ";; merge-blocks changes nothing in second\n" in text


def test_one_pass_shows_what_it_was_given_and_what_it_made() -> None:
    text = dump(("dead-values",), ("first",))
    before, after = text.split(";; after dead-values:\n")
    assert before.startswith(";; before dead-values:\nfunc 0 'first'")
    assert "i32.const 7" in before
    assert "i32.const 7" not in after


def test_functions_by_index() -> None:
    text = dump(functions=("1",))
    assert "func 1 'second'" in text
    assert "first" not in text
