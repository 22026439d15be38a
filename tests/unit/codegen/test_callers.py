"""What is known of parameters by all calls, and where nothing may be."""

from __future__ import annotations

from functools import partial

import pytest
import wasmtime

import wasm2py
from wasm2py.analysis import value_ranges
from wasm2py.analysis.facts import BITS
from wasm2py.analysis.interval import FULL, Interval
from wasm2py.binary import decode
from wasm2py.codegen import module as of_module
from wasm2py.codegen.callers import Callers
from wasm2py.ir import build
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.options import Options

ANY = FULL[32]
#: $f is given 3 and 10
TWO_CALLS = """
  (func $f (param $p i32))
  (func (call $f (i32.const 3)))
  (func (call $f (i32.const 10)))
"""


def intervals(text: str, function: int = 0) -> list[Interval]:
    """Those of the integer parameters of one of the functions."""
    module = decode(wasmtime.wat2wasm(f"(module {text})"))
    spaces = IndexSpaces(module)
    callers = Callers(module, spaces)
    assert sorted(callers.order) == list(range(len(module.functions)))
    for position in callers.order:
        made = build(spaces, spaces.imported_functions + position, module.functions[position], "f")
        ranges = callers.ranges(made, partial(value_ranges, made, Dominance(made), spaces.memory_limits()))
        if position == function:
            found = [ranges.of(param) for param in made.params if param.type in BITS]
    return found


def test_what_all_calls_pass() -> None:
    assert intervals(TWO_CALLS) == [(3, 10, 7)]


@pytest.mark.parametrize(
    "way_in",
    [
        '(export "f" (func $f))',
        "(table funcref (elem $f))",
        "(elem declare func $f) (func (result funcref) (ref.func $f))",
        "(global funcref (ref.func $f))",
    ],
)
def test_functions_that_others_can_reach_are_given_anything(way_in: str) -> None:
    assert intervals(TWO_CALLS + way_in) == [ANY]


def test_calls_by_the_start_function() -> None:
    assert intervals(TWO_CALLS + "(func $begin (call $f (i32.const 24))) (start $begin)") == [(3, 24, 7)]


def test_a_function_that_nothing_calls() -> None:
    assert intervals("(func $f (param i32 i64))") == [ANY, FULL[64]]


def test_numbers_of_other_types_are_left_out() -> None:
    text = """(func $f (param i64 f64 i32))
      (func (param i32) (call $f (i64.const -1) (f64.const 1) (i32.and (local.get 0) (i32.const 15))))"""
    assert intervals(text) == [(-1, -1, 0), (0, 15, 1)]


def test_handed_on_behind_imports_and_by_tail_calls() -> None:
    text = """(import "m" "f" (func $imported (param i32)))
      (func $f (param i32) (call $imported (local.get 0)))
      (func $g (param i32) (return_call $f (i32.add (local.get 0) (i32.const 1))))
      (func (call $imported (i32.const -5)) (call $g (i32.const 4)))"""
    assert intervals(text, 0) == [(5, 5, 0)]
    assert intervals(text, 1) == [(4, 4, 0)]


RECURSIVE = """
  (func $f (param $k i32) (param $n i32)
    (if (i32.lt_s (local.get $k) (local.get $n))
      (then (call $f (i32.add (local.get $k) (i32.const 1)) (local.get $n)))))
  (func (export "run") (param $n i32)
    (call $f (i32.const 0) (i32.and (local.get $n) (i32.const 15))))
"""


def test_what_a_function_passes_to_itself_is_included() -> None:
    assert intervals(RECURSIVE) == [(0, 15, 1), (0, 15, 1)]


def test_a_function_that_passes_more_and_more_to_itself_is_given_anything() -> None:
    text = RECURSIVE.replace("(i32.lt_s (local.get $k) (local.get $n))", "(local.get $n)")
    assert intervals(text) == [ANY, (0, 15, 1)]


def test_what_depends_on_a_parameter_that_may_be_anything_may_be_anything_too() -> None:
    text = """(func $f (param $k i32) (param $n i32)
        (call $f (i32.add (local.get $k) (i32.const 3)) (i32.sub (local.get $k) (i32.const 1))))
      (func (call $f (i32.const 0) (i32.const 0)))"""
    assert intervals(text) == [ANY, ANY]


def test_steps_by_which_a_function_calls_itself_keep_the_low_bits() -> None:
    text = RECURSIVE.replace("(i32.const 1)", "(i32.const 4)")
    assert intervals(text)[0] == (0, 16, 4)


def test_circles_and_what_they_lead_to_are_given_anything() -> None:
    text = """(func $f (param i32) (call $g (i32.const 1)))
      (func $g (param i32) (call $f (i32.const 2)) (call $h (i32.const 3)))
      (func $h (param i32))
      (func (call $f (i32.const 4)))
      (func $i (param i32))
      (func (call $i (i32.const 5)))"""
    assert [intervals(text, index)[0] for index in (0, 1, 2, 4)] == [ANY, ANY, ANY, (5, 5, 0)]


#: an address that does not wrap around, as far as its function is called here
LOADS = """(module (memory 1)
  (func $f (param $p i32) (param $i i32) (result i32)
    (i32.load (i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 2)))))
  (func (export "run") (param $i i32) (result i32)
    (call $f (i32.const 64) (i32.and (local.get $i) (i32.const 31)))))"""
APART = Options(disabled_passes=("inline-calls",))


def masks(options: Options) -> bool:
    text = wasm2py.compile(bytes(wasmtime.wat2wasm(LOADS)), options=options)
    return "% 4294967296" in text


def test_the_switch() -> None:
    assert not masks(APART)
    assert masks(Options(disabled_passes=("inline-calls", "parameter-ranges")))
    assert masks(APART.but(optimize=1))


def test_modules_that_several_processes_may_translate_do_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_module, "WORTH_IT", 0)
    assert masks(APART)


def test_assertions_look_at_parameters() -> None:
    text = wasm2py.compile(bytes(wasmtime.wat2wasm(LOADS)), options=APART.but(assert_ranges=True))
    assert "assert 64 <= p <= 64" in text or "assert 64 <= l0 <= 64" in text
