"""Which casts cannot fail: by the type of the operand, after another cast, behind a test."""

from __future__ import annotations

import pytest
import wasmtime

from tests.support.wat import functions, load
from wasm2py.ir import verify
from wasm2py.passes.drop_casts import drop_casts
from wasm2py_runtime import CastFailure

TYPES = """(type $a (sub (struct (field (mut i32)))))
  (type $b (sub $a (struct (field (mut i32)) (field i32))))
  (type $c (sub final $b (struct (field (mut i32)) (field i32))))
  (type $other (sub $a (struct (field (mut i32)) (field i64))))"""

CASES = {
    "its own type": ("(drop (ref.cast (ref null $a) (local.get $b)))", 0),
    "its own type, but null": ("(drop (ref.cast (ref $a) (local.get $b)))", 1),
    "the same again": ("(drop (ref.cast (ref $b) (local.get $x))) (drop (ref.cast (ref $b) (local.get $x)))", 1),
    "above": ("(drop (ref.cast (ref $c) (local.get $x))) (drop (ref.cast (ref null $a) (local.get $x)))", 1),
    "an abstract type": ("(drop (ref.cast (ref $c) (local.get $x))) (drop (ref.cast (ref eq) (local.get $x)))", 1),
    "below": ("(drop (ref.cast (ref $a) (local.get $x))) (drop (ref.cast (ref $b) (local.get $x)))", 2),
    "beside": ("(drop (ref.cast (ref $b) (local.get $x))) (drop (ref.cast (ref $other) (local.get $x)))", 2),
    "nothing of null": ("(drop (ref.cast (ref null $b) (local.get $x))) (drop (ref.cast (ref $b) (local.get $x)))", 2),
    "both facts": (
        "(drop (ref.cast (ref null $b) (local.get $x))) (drop (ref.as_non_null (local.get $x)))"
        "(drop (ref.cast (ref $a) (local.get $x)))",
        2,
    ),
    "a test": ("(if (ref.test (ref $b) (local.get $x)) (then (drop (ref.cast (ref $b) (local.get $x)))))", 0),
    "a test that failed": (
        "(if (ref.test (ref $b) (local.get $x)) (then) (else (drop (ref.cast (ref $b) (local.get $x)))))",
        1,
    ),
    "not null": ("(if (ref.is_null (local.get $b)) (then) (else (drop (ref.as_non_null (local.get $b)))))", 0),
    "null": ("(if (ref.is_null (local.get $b)) (then (drop (ref.as_non_null (local.get $b)))))", 1),
    "behind both ways": (
        "(if (ref.test (ref $b) (local.get $x)) (then (nop))) (drop (ref.cast (ref $b) (local.get $x)))",
        1,
    ),
    "in one arm only": (
        "(if (i32.const 1) (then (drop (ref.cast (ref $b) (local.get $x)))))(drop (ref.cast (ref $b) (local.get $x)))",
        2,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_casts_that_are_left(name: str) -> None:
    body, left = CASES[name]
    [function] = functions(
        wasmtime.wat2wasm(f"(module {TYPES} (func (param $x anyref) (param $b (ref null $b)) {body}))")
    )
    drop_casts(function)
    verify(function)
    casts = [v for block in function.blocks for v in block.body if "cast" in v.op.name or "non_null" in v.op.name]
    assert len(casts) == left


def test_a_cast_that_can_fail_still_does() -> None:
    text = f"""(module {TYPES}
      (func (export "make") (result anyref) (struct.new_default $other))
      (func (export "twice") (param $x anyref) (result i32)
        (drop (ref.cast (ref $a) (local.get $x)))
        (struct.get $b 1 (ref.cast (ref $b) (local.get $x)))))"""
    exports = load(text).Module().exports
    with pytest.raises(CastFailure):
        exports.twice(exports.make())
