"""Which parameters and results are handed over as signed numbers, and that nobody outside gets to see it."""

from __future__ import annotations

import pytest
import wasmtime

from tests.support.wat import load
from wasm2py.binary import decode
from wasm2py.codegen.conventions import signed_places
from wasm2py.codegen.form_costs import RETURNED
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.options import Options

#: the least of three by calls, so that parameters and results are compared as signed numbers
LEAST = """
  (func $least (param $a i32) (param $b i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $a) (local.get $b)) (then (local.get $a)) (else (local.get $b))))
  (func $compare (param $a i32) (param $b i32) (param $c i32) (result i32)
    (i32.le_s (call $least (local.get $a) (local.get $b)) (call $least (local.get $c) (local.get $b))))
"""
OPTIONS = [Options(), Options(disabled_passes=("inline-calls",)), Options(disabled_passes=("signed-params",))]
EDGES = (0, 1, -1, 2**31 - 1, -(2**31))


def places(text: str) -> dict[int, set[int]]:
    module = decode(wasmtime.wat2wasm(f"(module {text})"))
    return {function: set(found) for function, found in signed_places(IndexSpaces(module)).items()}


def test_compared_parameters_and_results() -> None:
    """$c is handed on to a parameter that is compared."""
    assert places(LEAST) == {0: {0, 1, RETURNED}, 1: {0, 1, 2}}


@pytest.mark.parametrize(
    "way_in",
    [
        '(export "least" (func $least))',
        "(table funcref (elem $least))",
        "(elem declare func $least) (func (result funcref) (ref.func $least))",
        "(global funcref (ref.func $least))",
    ],
)
def test_functions_that_others_can_reach_agree_on_nothing(way_in: str) -> None:
    assert 0 not in places(LEAST + way_in)


def test_tail_calls_hand_on_what_everybody_expects() -> None:
    text = (
        LEAST
        + """
      (func $last (param i32) (result i32) (return_call $least (local.get 0) (i32.const 3)))
      (func (result i32) (i32.lt_s (call $last (i32.const 1)) (call $last (i32.const 2))))"""
    )
    found = places(text)
    assert RETURNED not in found[0]
    assert RETURNED not in found.get(2, set())


def test_addresses_and_results_compared_with_constants_stay_unsigned() -> None:
    text = """(memory 1)
      (func $f (param $p i32) (result i32) (i32.load (local.get $p)))
      (func $g (result i32) (i32.lt_s (call $f (i32.const 8)) (i32.const 0)))"""
    assert places(text) == {}


def test_results_of_blocks_are_not_results_of_their_function() -> None:
    """Such a value may even be of another type."""
    text = """
      (func $block (param f64) (result i32)
        (drop (block (result f64) (local.get 0)))
        (i32.const 3))
      (func $nested (param i32) (result i32) (block (result i32) (block (result i32) (local.get 0))))
      (func $compare (result i32)
        (i32.lt_s (call $block (f64.const 1)) (call $nested (i32.const 4))))
      (func (export "compare") (result i32) (call $compare))"""
    assert places(text) == {0: {RETURNED}, 1: {0, RETURNED}}
    for options in OPTIONS:
        assert load(f"(module {text})", options).Module().exports.compare() == 1


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_results(options: Options) -> None:
    text = f"""(module {LEAST}
      (tag $t)
      (func (export "compare") (param i32 i32 i32) (result i32)
        (call $compare (local.get 0) (local.get 1) (local.get 2)))
      (func (export "least") (param i32 i32) (result i32) (call $least (local.get 0) (local.get 1)))
      (func (export "unsigned") (param i32 i32) (result i64)
        (i64.extend_i32_u (call $least (local.get 0) (local.get 1))))
      (func (export "caught") (param i32 i32) (result i32)
        (block $h (return (try_table (result i32) (catch $t $h) (call $least (local.get 0) (local.get 1)))))
        (i32.const 7)))"""
    exports = load(text, options).Module().exports
    for a in EDGES:
        for b in EDGES:
            assert exports.least(a, b) == exports.caught(a, b) == min(a, b)
            assert exports.unsigned(a, b) == min(a, b) % 2**32
            for c in EDGES:
                assert exports.compare(a, b, c) == (min(a, b) <= min(c, b))


#: Takeuchi's function, where each result is a parameter of the next call
TAK = """(module
  (func $tak (param $x i32) (param $y i32) (param $z i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $y) (local.get $x))
      (then (call $tak
        (call $tak (i32.sub (local.get $x) (i32.const 1)) (local.get $y) (local.get $z))
        (call $tak (i32.sub (local.get $y) (i32.const 1)) (local.get $z) (local.get $x))
        (call $tak (i32.sub (local.get $z) (i32.const 1)) (local.get $x) (local.get $y))))
      (else (local.get $z))))
  (func (export "tak") (param i32 i32 i32) (result i32)
    (call $tak (local.get 0) (local.get 1) (local.get 2))))"""


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_tak(options: Options) -> None:
    tak = load(TAK, options).Module().exports.tak

    def expected(x: int, y: int, z: int) -> int:
        return expected(expected(x - 1, y, z), expected(y - 1, z, x), expected(z - 1, x, y)) if y < x else z

    for x, y, z in ((9, 5, 2), (3, -1, -4), (-3, -7, 2), (-7, -3, 2), (1, 2, -5)):
        assert tak(x, y, z) == expected(x, y, z)
