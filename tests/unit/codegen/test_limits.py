"""Functions that would break CPython's limits (20 loops, 100 indents, 200 parentheses) if written as they nest."""

from __future__ import annotations

import pytest

from tests.support.wat import load
from wasm2py.options import SWITCHES, Options

OPTIONS = [Options(), Options(optimize=0), *[Options(disabled_passes=(name,)) for name in SWITCHES]]


def run(text: str, *args: int, options: Options = OPTIONS[0]) -> object:
    return load(f'(module (func (export "f") {text}))', options).Module().exports.f(*args)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_25_nested_loops(options: Options) -> None:
    """Each loop runs twice; the innermost counts."""
    depth = 25
    locals_ = " ".join("(local i32)" for _ in range(depth))
    head = "".join(f"(local.set {k + 1} (i32.const {1 if k < 8 else 0})) (loop $l{k} " for k in range(depth))
    body = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))"
    tail = "".join(
        f"(br_if $l{k} (i32.ne (local.tee {k + 1} (i32.sub (local.get {k + 1}) (i32.const 1))) (i32.const -1))))"
        for k in reversed(range(depth))
    )
    assert run(f"(param i32) (result i32) {locals_} {head} {body} {tail} (local.get 0)", 0, options=options) == 2**8


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_150_nested_ifs(options: Options) -> None:
    text = "(local.get 0)"
    for k in range(150):
        condition, otherwise = f"(i32.gt_u (local.get 0) (i32.const {149 - k}))", f"(i32.const {1149 - k})"
        text = f"(if (result i32) {condition} (then {text}) (else {otherwise}))"
    assert run(f"(param i32) (result i32) {text}", 100, options=options) == 1100
    assert run(f"(param i32) (result i32) {text}", 150, options=options) == 150


@pytest.mark.parametrize("options", OPTIONS[:2], ids=str)
@pytest.mark.parametrize("depth", [50, 3000])
def test_nested_blocks_left_at_every_depth(depth: int, options: Options) -> None:
    """A br_table into every block; behind each one is added its number, falling through to the next."""
    labels = " ".join(str(k) for k in range(depth))
    text = "(block " * depth + f"(br_table {labels} (local.get 0))"
    text += "".join(f") (local.set 1 (i32.add (local.get 1) (i32.const {k})))" for k in range(depth))
    module = load(f'(module (func (export "f") (param i32) (result i32) (local i32) {text} (local.get 1)))', options)
    f = module.Module().exports.f
    for start in (0, 1, depth // 2, depth - 1, depth + 5, -1):
        first = start if 0 <= start < depth else depth - 1
        assert f(start) == sum(range(first, depth))


def test_br_table_of_5490_targets() -> None:
    cases = 5490
    labels = " ".join(str(k) for k in range(cases))
    text = "(block " * cases + f"(br_table {labels} (local.get 0))"
    text += "".join(f") (return (i32.const {7 * k}))" for k in range(cases))
    f = load(f'(module (func (export "f") (param i32) (result i32) {text}))').Module().exports.f
    assert [f(k) for k in (0, 1, 2744, 2745, 5489, 5490, -1)] == [
        0,
        7,
        7 * 2744,
        7 * 2745,
        7 * 5489,
        7 * 5489,
        7 * 5489,
    ]


def test_a_ladder_of_5000_ifs() -> None:
    text = "".join(
        f"(if (i32.eq (local.get 0) (i32.const {k})) (then (return (i32.const {k + 1}))))" for k in range(5000)
    )
    assert run(f"(param i32) (result i32) {text} (i32.const -1)", 4321) == 4322


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_a_sum_of_3000_operands(options: Options) -> None:
    text = "(local.get 0)" + "(i32.add (local.get 0))" * 3000
    assert run(f"(param i32) (result i32) {text}", 3, options=options) == 3 * 3001


def test_operands_nested_3000_deep() -> None:
    text = "(local.get 0) " * 3001 + "i32.sub " * 3000
    assert run(f"(param i32) (result i32) {text}", 3) == 3


def test_1000_locals_and_100000_instructions() -> None:
    locals_ = "(local i32) " * 1000
    body = "".join(
        f"(local.set {1 + k % 1000} (i32.add (local.get {1 + (k * 7) % 1000}) (i32.const {k}))) " for k in range(25_000)
    )
    values = [0] * 1000
    for k in range(25_000):
        values[k % 1000] = values[(k * 7) % 1000] + k & 0xFFFFFFFF
    text = f"(param i32) (result i32) {locals_} {body} (local.get 1000)"
    assert run(text, 0) == (values[999] + 2**31) % 2**32 - 2**31


def test_20000_functions() -> None:
    functions = "".join(
        f"(func $f{k} (param i32) (result i32) (i32.add (local.get 0) (i32.const {k})))" for k in range(20_000)
    )
    text = f'(module {functions} (func (export "f") (param i32) (result i32) (call $f19999 (call $f7 (local.get 0)))))'
    assert load(text).Module().exports.f(1) == 20_007
