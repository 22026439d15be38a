"""Which instructions are done once."""

from __future__ import annotations

import pytest
import wasmtime

from tests.support.wat import functions
from wasm2py.ir import verify
from wasm2py.passes.number_values import number_values

X, Y = "(local.get 0)", "(local.get 1)"
THEN = "(if (local.get 0) (then {})) {}"


def left(body: str) -> list[str]:
    """The instructions that are left, but constants and stores."""
    (function,) = functions(wasmtime.wat2wasm(f"(module (memory 1) (func (param i32 i32 f64) {body}))"))
    number_values(function)
    verify(function)
    every = [value.op.name for block in function.blocks for value in block.body]
    return [name for name in every if not name.endswith(("const", "store"))]


def store(value: str) -> str:
    return f"(i32.store (i32.const 0) {value})"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (store(f"(i32.mul {X} {Y})") * 2, ["i32.mul"]),
        (store(f"(i32.mul {X} {Y})") + store(f"(i32.mul {Y} {X})"), ["i32.mul"]),
        (store(f"(i32.sub {X} {Y})") + store(f"(i32.sub {Y} {X})"), ["i32.sub", "i32.sub"]),
        (store(f"(i32.add {X} (i32.const 1))") * 2, ["i32.add"]),
        (store(f"(i32.add {X} (i32.const 1))") + store(f"(i32.add {X} (i32.const 2))"), ["i32.add", "i32.add"]),
        # an operand that was found to be the same
        (store(f"(i32.rotl (i32.mul {X} {Y}) {X})") * 2, ["i32.mul", "i32.rotl"]),
        # below the first, and beside it
        (store(f"(i32.rotl {X} {Y})") + THEN.format(store(f"(i32.rotl {X} {Y})"), ""), ["i32.rotl"]),
        (THEN.format(store(f"(i32.rotl {X} {Y})"), store(f"(i32.rotl {X} {Y})")), ["i32.rotl", "i32.rotl"]),
        # in another block it is computed again
        (store(f"(i32.add {X} (i32.const 1))") + THEN.format(store(f"(i32.add {X} (i32.const 1))"), ""),
         ["i32.add", "i32.add"]),
        # what may trap or reads memory is no business of this pass
        (store(f"(i32.div_u {X} {Y})") * 2, ["i32.div_u", "i32.div_u"]),
        (store(f"(i32.load {X})") * 2, ["i32.load", "i32.load"]),
        ("(f64.store (i32.const 0) (f64.sqrt (local.get 2)))" * 2, ["f64.sqrt"]),
    ],
)  # fmt: skip
def test_what_is_left(body: str, expected: list[str]) -> None:
    assert left(body) == expected
