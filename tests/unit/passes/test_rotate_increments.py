"""Increments move to the end of the loop where nothing wants the value before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime

from tests.support.wat import functions, load
from wasm2py.ir import format_function, verify
from wasm2py.options import Options
from wasm2py.passes.rotate_increments import rotate_increments
from wasm2py_runtime import Trap

STEP = "(local.set $i (i32.add (local.get $i) (i32.const 4)))"
LOAD = "(br_if $l (i32.load (local.get $i)))"
LESS = "(br_if $l (i32.lt_u (local.get $i) (local.get $n)))"


def module(body: str) -> str:
    return f"""(module (memory 1) (data (i32.const 0) "\\01\\00\\00\\00\\02\\00\\00\\00\\03\\00\\00\\00\\00")
      (func (export "f") (param $i i32) (param $n i32) (result i32) (loop $l {body}) (local.get $i)))"""


def is_rotated(body: str) -> bool:
    (function,) = functions(wasmtime.wat2wasm(module(body)))
    before = format_function(function)
    rotate_increments(function)
    verify(function)
    return format_function(function) != before


@pytest.mark.parametrize(
    ("body", "done"),
    [
        (f"{STEP} {LOAD}", True),
        # two ways back, both with the sum
        (f"{STEP} {LOAD} (br_if $l (local.get $n))", True),
        # used before it is incremented
        (f"(drop (i32.load (local.get $i))) {STEP} {LOAD}", False),
        # a way back without it
        (f"(br_if $l (i32.load (i32.add (local.get $i) (i32.const 4)))) {STEP} {LOAD}", False),
    ],
)  # fmt: skip
def test_where(body: str, done: bool) -> None:
    assert is_rotated(body) == done


BODIES = [
    f"{STEP} {LOAD}",
    f"{STEP} (br_if $l (i32.eqz (i32.load (local.get $i)))) {LESS}",
    f"(loop $k {STEP} (br_if $k (i32.load (local.get $i)))) {LESS}",
    "(local.set $i (i32.add (local.get $i) (local.get $n))) "
    "(br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))",
]


def outcome(run: Callable[[int, int], int], i: int, n: int) -> object:
    try:
        return run(i, n)
    except Trap as trap:
        return str(trap)


@pytest.mark.parametrize("body", BODIES)
def test_results_stay(body: str) -> None:
    text = module(body)
    plain = load(text, Options(optimize=0)).Module().exports.f
    for options in (Options(), Options(optimize=2, assert_ranges=True)):
        run = load(text, options).Module().exports.f
        for i, n in ((0, 1), (-4, 20), (-8, 3), (0, 100), (4, 9)):
            assert outcome(run, i, n) == outcome(plain, i, n)
