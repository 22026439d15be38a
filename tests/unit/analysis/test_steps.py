"""What is known of phis that step, and of what is below an ``or``, against all values."""

import itertools

import wasmtime

from tests.support.wat import functions
from wasm2py.analysis.conditions import origins
from wasm2py.analysis.induction import after_rounds
from wasm2py.analysis.interval import Interval
from wasm2py.analysis.ranges import value_ranges
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import PARAM

BITS = 8
MODULUS = 1 << BITS


def numbers(a: Interval) -> range:
    return range(a[0], a[1] + 1, a[2] or 1)


def test_rounds_of_a_step_that_varies() -> None:
    some: list[Interval] = [(0, 0, 0), (3, 3, 0), (-5, -5, 0), (0, 8, 4), (2, 8, 3), (-6, 6, 4), (-9, -3, 2)]
    for step, start, count in itertools.product(some, some, range(6)):
        low, high, stride = after_rounds(step, start, count, BITS)
        known = {each % MODULUS for each in range(low, high + 1, stride or 1)}
        for each, first, rounds in itertools.product(numbers(step), numbers(start), range(count + 1)):
            assert (first + each * rounds) % MODULUS in known


def test_what_an_or_with_a_constant_says_of_its_operand() -> None:
    for constant, low, high in itertools.product((1, 2, 3, 6, 0x80000001), (0, 1, 5, 8), (8, 9, 14)):
        value = Value(0, PARAM, "i32", [])
        result = Value(1, BY_NAME["i32.or"], "i32", [value, Value(2, BY_NAME["i32.const"], "i32", [], constant)])
        base = constant & 0x80000000
        ((operand, (least, most, _)),) = origins(result, (base + low, base + high, 1), lambda _: (0, 2**32 - 1, 1))
        assert operand is value
        for each in (*range(32), *range(0x80000000, 0x80000020)):
            assert not base + low <= each | constant <= base + high or least <= each <= most


def test_a_pointer_that_steps_by_the_width_of_a_row() -> None:
    text = """(module (memory 32) (func (param $n i32) (local $i i32) (local $row i32) (local $width i32)
      (local.set $width (i32.shl (i32.and (local.get $n) (i32.const 127)) (i32.const 3)))
      (local.set $row (i32.const 1048576))
      (loop $again
        (i32.store (local.get $row) (local.get $i))
        (local.set $row (i32.add (local.get $row) (local.get $width)))
        (br_if $again (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))))"""
    (function,) = functions(wasmtime.wat2wasm(text))
    ranges = value_ranges(function, Dominance(function), [1 << 32])
    (store,) = (value for block in function.blocks for value in block.body if value.op.name == "i32.store")
    assert ranges.of(store.args[0]) == (1048576, 1048576 + 99 * 127 * 8, 8)
