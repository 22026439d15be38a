"""Signed division and remainder for every pair of signs, whatever is known of the operands."""

from __future__ import annotations

import pytest

from tests.support.wat import load
from wasm2py.options import Options
from wasm2py_runtime import Trap

OPTIONS = [
    Options(),
    Options(optimize=0),
    Options(target="pypy"),
    *(Options(disabled_passes=(name,)) for name in ("value-ranges", "written-division")),
]
#: how an operand is written: a parameter, in memory, a byte (never negative), compared as an unsigned number before
OPERANDS = {
    "param": "(local.get {i})",
    "load": "({t}.load offset={offset} (i32.const 0))",
    "byte": "({t}.load8_u offset={offset} (i32.const 0))",
    "sum": "({t}.add (local.get {i}) ({t}.load8_u offset=64 (i32.const 0)))",
}


def expected(op: str, a: int, b: int, bits: int) -> object:
    if b == 0:
        return "integer divide by zero"
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    if op == "rem_s":
        return a - b * quotient
    return quotient if quotient < 1 << bits - 1 else "integer overflow"


def module(type: str, left: str, right: str) -> str:
    stores = " ".join(f"({type}.store offset={8 * i} (i32.const 0) (local.get {i}))" for i in (0, 1))
    a, b = (OPERANDS[kind].format(t=type, i=i, offset=8 * i) for i, kind in enumerate((left, right)))
    functions = [
        f'(func (export "{op}") (param {type} {type}) (result {type}) {stores} ({type}.{op} {a} {b}))'
        for op in ("div_s", "rem_s")
    ]
    return f"(module (memory 1) {' '.join(functions)})"


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("type", ["i32", "i64"])
@pytest.mark.parametrize("right", OPERANDS)
@pytest.mark.parametrize("left", OPERANDS)
def test_division(left: str, right: str, type: str, options: Options) -> None:
    bits = int(type[1:])
    exports = load(module(type, left, right), options).Module().exports
    least = -1 << bits - 1
    for a in (least, least + 1, -9, -1, 0, 1, 10, 255, -least - 1):
        for b in (least, -3, -1, 0, 1, 4, -least - 1):
            x, y = a & 255 if left == "byte" else a, b & 255 if right == "byte" else b
            for op in ("div_s", "rem_s"):
                try:
                    result: object = getattr(exports, op)(a, b)
                except Trap as trap:
                    result = str(trap)
                assert result == expected(op, x, y, bits), (op, x, y)


def test_operands_are_evaluated_from_left_to_right() -> None:
    """The second one too if the first is negative; and what traps first is the first one."""
    text = """(module (memory 1)
      (func (export "f") (param i32 i32) (result i32) (i32.div_s (i32.load (local.get 0)) (i32.load (local.get 1))))
      (func (export "g") (param i32) (result i32)
        (i32.div_s (i32.div_s (i32.const 1) (local.get 0)) (i32.load (i32.const -1)))))"""
    exports = load(text).Module().exports
    with pytest.raises(Trap, match="out of bounds"):
        exports.f(0, 65533)
    with pytest.raises(Trap, match="divide by zero"):
        exports.g(0)
    with pytest.raises(Trap, match="out of bounds"):
        exports.g(1)
