"""What a phi of a loop is guessed to be, before the loop is walked."""

import pytest
import wasmtime

from tests.support.wat import functions
from wasm2py.analysis.facts import BITS
from wasm2py.analysis.interval import FULL, Interval
from wasm2py.analysis.sources import brought
from wasm2py.ir import Value
from wasm2py.options import Options
from wasm2py.passes import run_passes

#: a variable that begins as 0, and what a round may make of it
LOOP = """(module (memory 1) (func (param $more i32) (result i32) (local $v i32)
  (loop $again
    (local.set $more (i32.load (i32.add (local.get $more) (local.get $v))))
    {round}
    (br_if $again (local.get $more)))
  (local.get $v)))"""


def found(round: str) -> Interval | None:
    (function,) = functions(wasmtime.wat2wasm(LOOP.format(round=round)))
    run_passes(function, Options())
    header = next(block for block in function.blocks if block.phis)
    phi = next(phi for phi in header.phis if any(is_zero(arg) for arg in phi.args))
    return brought(phi, [arg for arg in phi.args if not is_zero(arg)], {})


def is_zero(value: Value) -> bool:
    return value.is_const and value.immediate == 0


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("(i32.const 300)", (300, 300, 0)),
        ("(i32.load8_s (local.get $more))", (-128, 127, 1)),
        ("(i32.load (local.get $more))", FULL[32]),
        ("(i32.and (i32.load (local.get $more)) (i32.const 24))", (0, 24, 8)),
        ("(i32.add (local.get $v) (i32.load (local.get $more)))", None),
        ("(i32.mul (local.get $v) (i32.const 3))", None),
        ("(i32.or (i32.shl (local.get $v) (i32.const 1)) (i32.const 1))", None),
        ("(i32.shr_u (local.get $v) (i32.const 1))", None),
        ("(i32.and (i32.add (local.get $v) (i32.const 1)) (i32.const 63))", (0, 63, 1)),
    ],
)
def test_one_way(value: str, expected: Interval | None) -> None:
    assert found(f"(local.set $v {value})") == expected


def test_several_ways() -> None:
    assert found("""
      (if (local.get $more) (then (local.set $v (i32.const 300))) (else
        (if (i32.load (local.get $more)) (then (local.set $v (i32.load8_u (local.get $more)))))))""") == (0, 300, 1)


def test_known_before_the_loop() -> None:
    (function,) = functions(wasmtime.wat2wasm(LOOP.format(round="(local.set $v (i32.load8_u (local.get $more)))")))
    phi = next(block for block in function.blocks if block.phis).phis[0]
    param = function.params[0]
    assert phi.type in BITS
    assert brought(phi, [param], {param.id: (4, 8, 4)}) == (4, 8, 4)
