"""Switches whose index counts from somewhere, with constants near the ends of all ranges, against wasmtime."""

from __future__ import annotations

import os
import random

import pytest
import wasmtime

from tests.differential.engines import OnWasm2py, OnWasmtime
from wasm2py.options import Options

PROGRAMS = int(os.environ.get("WASM2PY_SWITCH_PROGRAMS", "40"))
OPTIONS = [Options(), Options(assert_ranges=True), Options(optimize=1), Options(target="pypy")]
FIRST = (1, 2, 5, 34, 97, 300, (1 << 31) - 3, 1 << 31, (1 << 32) - 2, (1 << 32) - 40)
COMPARED = (
    "(local.get $x)",
    "(i32.load8_u (i32.and (local.get $x) (i32.const 255)))",
    "(i32.load8_s (i32.and (local.get $x) (i32.const 255)))",
    "(i32.shr_s (local.get $x) (i32.const 3))",
    "(i32.add (local.get $x) (local.get $x))",
)


def module(chosen: random.Random, first: int) -> str:
    """Each of four blocks says in the result that it was passed."""
    targets = " ".join(f"$b{chosen.randrange(4)}" for _ in range(chosen.randint(2, 10)))
    index = f"(i32.{chosen.choice(('add', 'sub'))} {chosen.choice(COMPARED)} (i32.const {first}))"
    body = f"(br_table {targets} {index})"
    for block in range(4):
        mark = f"(local.set $s (i32.add (i32.mul (local.get $s) (i32.const 7)) (i32.const {block + 1})))"
        body = f"(block $b{block} {body}) {mark}"
    if chosen.random() < 0.5:
        body = (
            f"(loop $again {body} (local.set $x (i32.add (local.get $x) (i32.const 1))) "
            "(br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 6))))"
        )
    data = "".join(f"\\{byte:02x}" for byte in chosen.randbytes(256))
    return (
        f'(module (memory 1) (data (i32.const 0) "{data}") (func (export "f") (param $x i32) (result i32) '
        f"(local $s i32) (local $i i32) {body} (local.get $s)))"
    )


def arguments(chosen: random.Random, first: int) -> list[int]:
    half = 1 << 31
    found = [chosen.randrange(-half, half) for _ in range(5)] + [0, 1, -1, -34, 34, 97, half - 1, -half]
    near = [first * sign + ahead for sign in (1, -1) for ahead in range(-3, 10)]
    return found + [(number + half) % (2 * half) - half for number in near]


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_switches(seed: int) -> None:
    chosen = random.Random(seed)
    first = chosen.choice(FIRST)
    binary = wasmtime.wat2wasm(module(chosen, first))
    given = arguments(chosen, first)
    reference = OnWasmtime(binary)
    expected = [reference.attempt("f", each) for each in given]
    for options in OPTIONS:
        ours = OnWasm2py(binary, options)
        assert [ours.attempt("f", each) for each in given] == expected, options
