"""Which loops are sure to meet their limit, by what is known of start and limit together."""

import pytest
import wasmtime

from tests.support.wat import functions
from wasm2py.analysis import Counter, value_ranges
from wasm2py.analysis.conditions import origins
from wasm2py.analysis.interval import Interval
from wasm2py.ir.dominators import Dominance
from wasm2py.options import Options
from wasm2py.passes import run_passes

#: up by a step until the limit is met, behind ``before``
LOOP = """(module (memory 1) (func (param $i i32) (param $n i32) (result i32) (local $s i32) {before}
  (loop $again
    (local.set $s (i32.xor (i32.mul (local.get $s) (i32.const 5)) (local.get $i)))
    (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const {step}))) (local.get $n))))
  (local.get $s)))"""
RETURN_IF = "(if (i32.{op} (local.get $i) (local.get $n)) (then (return (i32.const 0))))"
SMALL = (
    "(local.set $i (i32.and (local.get $i) (i32.const 255))) (local.set $n (i32.and (local.get $n) (i32.const 255)))"
)
END = "(local.set $n (i32.add (local.get $i) (i32.{op} (i32.and (local.get $n) (i32.const 255)) (i32.const {by}))))"
ODD = """(if (i32.and (i32.sub (local.get $n) (local.get $i)) (i32.const 1))
  (then (local.set $i (i32.add (local.get $i) (i32.const 1)))))"""
MASK = "(local.set $i (i32.and (local.get $i) (i32.const 65535)))"


def counted(before: str, step: int = 1) -> list[Counter]:
    (function,) = functions(wasmtime.wat2wasm(LOOP.format(before=before, step=step)))
    run_passes(function, Options())
    found = value_ranges(function, Dominance(function), [65536]).counters
    return [counter for counters in found.values() for counter in counters if counter.exit.op == "ne"]


@pytest.mark.parametrize("op", ["ge_s", "ge_u"])
def test_behind_a_comparison(op: str) -> None:
    assert counted(SMALL + RETURN_IF.format(op=op))
    assert counted(RETURN_IF.format(op=op)), "whatever the two are"


@pytest.mark.parametrize("op", ["gt_s", "ne", "eq", "le_u"])
def test_not_behind_one_that_lets_the_start_be_at_the_limit_or_above(op: str) -> None:
    assert not counted(SMALL + RETURN_IF.format(op=op))


def test_the_limit_is_made_from_the_start() -> None:
    assert counted(MASK + END.format(op="add", by=1))
    assert not counted(MASK + END.format(op="add", by=0)), "it may be the start itself, all rounds away"
    assert not counted(END.format(op="add", by=1)), "it may wrap around"
    assert counted(MASK + END.format(op="add", by=0) + RETURN_IF.format(op="eq"))
    assert counted(MASK + END.format(op="shl", by=2) + RETURN_IF.format(op="eq"), 4)
    assert not counted(MASK + END.format(op="shl", by=2) + RETURN_IF.format(op="eq"), 8)


def test_two_rounds_in_one_behind_an_odd_one() -> None:
    behind = SMALL + RETURN_IF.format(op="ge_u") + ODD
    assert counted(behind + RETURN_IF.format(op="eq"), 2)
    assert not counted(behind, 2), "there may be no more rounds"
    assert not counted(behind + RETURN_IF.format(op="eq"), 4)
    assert not counted(SMALL + RETURN_IF.format(op="ge_u"), 2)


def test_the_counter_stays_below_the_limit() -> None:
    (counter,) = counted(SMALL + RETURN_IF.format(op="ge_s"))
    assert counter.limit == (1, 255, 1)


ROWS = """(module (memory 1) (func (param $n i32) (param $row i32) (local $i i32) (local $p i32)
  (local.set $row (i32.and (local.get $row) (i32.const {mask})))
  (local.set $p (i32.const 16))
  (loop $again
    (i32.store (local.get $p) (local.get $i))
    (local.set $p (i32.add (local.get $p) (local.get $row)))
    (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))))"""


def pointer(mask: int) -> Interval:
    (function,) = functions(wasmtime.wat2wasm(ROWS.format(mask=mask)))
    run_passes(function, Options())
    ranges = value_ranges(function, Dominance(function), [1 << 32])
    (found,) = (phi for block in function.blocks for phi in block.phis if phi.args[0].immediate == 16)
    return ranges.of(found)


def test_a_step_that_varies_is_taken_as_often_as_there_are_rounds() -> None:
    assert pointer(0xFFC) == (16, 16 + 99 * 0xFFC, 4)
    assert pointer(0x7FFFFFFC)[1] >= (1 << 32) - 4, "it may wrap around"


def test_a_shifted_number_is_not_taken_for_the_one_that_is_compared() -> None:
    """That i << 2 is below 4000 as a signed number says nothing of i, which may be 1 << 29."""
    wat = "(module (func (param $i i32) (result i32) (i32.shl (local.get $i) (i32.const 2))))"
    (function,) = functions(wasmtime.wat2wasm(wat))
    shifted = next(value for value in function.blocks[0].body if value.op.name == "i32.shl")
    below = (-1 << 31, 3999, 1)
    assert not origins(shifted, below, lambda value: (-1, (1 << 30) - 3, 1))
    assert origins(shifted, below, lambda value: (-1, 1 << 20, 1)) == [(function.params[0], (-1 << 29, 999, 1))]
