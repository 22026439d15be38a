"""Sums keep to their bits whether they are thought to be small or not, and however large they get."""

from __future__ import annotations

import pytest

from tests.support.wat import load
from wasm2py.options import Options

OPTIONS = [Options(), Options(optimize=0), Options(target="pypy"), Options(disabled_passes=("likely-sums",))]
NUMBERS = (0, 1, 5, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
#: how the last of three numbers goes into the sum: as it is, or as hashes do
LAST = {
    "plain": "({t}.{op} (local.get 0) (local.get 1)) (local.get 2)",
    "twice": "({t}.{op} (local.get 0) (local.get 1)) ({t}.mul (local.get 2) ({t}.const 2))",
}


def module(type: str, op: str, last: str) -> str:
    terms = LAST[last].format(t=type, op=op)
    return f"""(module (memory (export "memory") 1)
      (func (export "returned") (param {type} {type} {type}) (result {type}) ({type}.{op} {terms}))
      (func (export "stored") (param {type} {type} {type}) (result {type})
        ({type}.store (i32.const 8) ({type}.{op} {terms})) ({type}.load (i32.const 8)))
      (func (export "compared") (param {type} {type} {type}) (result i32)
        ({type}.lt_u ({type}.{op} {terms}) ({type}.const 3))))"""


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("last", LAST)
@pytest.mark.parametrize("op", ("add", "sub"))
@pytest.mark.parametrize("type", ("i32", "i64"))
def test_sums(type: str, op: str, last: str, options: Options) -> None:
    bits = int(type[1:])
    sign = 1 if op == "add" else -1
    exports = load(module(type, op, last), options).Module().exports
    numbers = [number << bits - 32 for number in NUMBERS]
    for a, b, c in [(a, b, c) for a in numbers for b in numbers for c in numbers]:
        sum = (a + sign * b + sign * (2 * c if last == "twice" else c)) % (1 << bits)
        signed = sum - (1 << bits) if sum >> bits - 1 else sum
        assert (exports.returned(a, b, c), exports.stored(a, b, c)) == (signed, signed)
        assert exports.compared(a, b, c) == (sum < 3)
