"""Every vector instruction on many vectors, against wasmtime: no lane may differ.

WASM2PY_SIMD_VECTORS sets how many vectors each form of an instruction gets.
"""

from __future__ import annotations

import os
import random
import struct
from functools import cache
from typing import Any

import pytest
import wasmtime

from tests.differential.vectors import RECORDS, RESULT, RESULTS_AT, Form, forms, module, records
from tests.support.engine import load
from wasm2py.options import Options

VECTORS = int(os.environ.get("WASM2PY_SIMD_VECTORS", "60"))
OPTIONS = [Options(), Options(optimize=0), Options(target="pypy")]
#: instructions whose NaN results the specification leaves open, but for being quiet
ARITHMETIC = (
    *("add", "sub", "mul", "div", "sqrt", "ceil", "floor", "trunc", "nearest", "min", "max"),
    *("demote_f64x2_zero", "promote_low_f32x4", "relaxed_madd", "relaxed_nmadd", "relaxed_min", "relaxed_max"),
)


class Reference:
    """The module on wasmtime, with the instructions in place of the relaxed ones that give their results."""

    def __init__(self) -> None:
        self.store = wasmtime.Store()
        binary = wasmtime.wat2wasm(module(expected=True))
        self.exports = wasmtime.Instance(self.store, wasmtime.Module(self.store.engine, binary), []).exports(self.store)

    def run(self, name: str, operands: bytes, count: int) -> bytes:
        memory: Any = self.exports["memory"]
        memory.write(self.store, operands, 0)
        memory.write(self.store, bytes(RESULT * count), RESULTS_AT)
        self.exports[name](self.store, count)
        return bytes(memory.read(self.store, RESULTS_AT, RESULTS_AT + RESULT * count))


class Ours:
    """The module on wasm2py."""

    def __init__(self, options: Options) -> None:
        binary = bytes(wasmtime.wat2wasm(module(expected=False)))
        self.exports = load(binary, options, "vectors").Module().exports

    def run(self, name: str, operands: bytes, count: int) -> bytes:
        memory = self.exports["memory"]
        memory.write(0, operands)
        memory.write(RESULTS_AT, bytes(RESULT * count))
        self.exports[name](count)
        return memory.read(RESULTS_AT, RESULT * count)


reference = cache(Reference)
ours = cache(Ours)


@pytest.mark.parametrize("options", OPTIONS, ids=["O2", "O0", "pypy"])
@pytest.mark.parametrize("form", list(forms(expected=False)), ids=lambda form: form.name)
def test_vectors(form: Form, options: Options) -> None:
    source = random.Random(form.name)
    for done in range(0, VECTORS, RECORDS):
        count = min(RECORDS, VECTORS - done)
        operands = records(source, count)
        expected = reference().run(form.name, operands, count)
        actual = ours(options).run(form.name, operands, count)
        if actual != expected:
            compare(form, operands, actual, expected)


def compare(form: Form, operands: bytes, actual: bytes, expected: bytes) -> None:
    """Vector by vector, so that a failure shows the operands; NaNs may differ where they may."""
    for at in range(0, len(actual), RESULT):
        result, wanted = actual[at : at + RESULT], expected[at : at + RESULT]
        if result != wanted and not same_but_for_nans(form, result, wanted):
            record = operands[3 * at : 3 * at + 48]
            raise AssertionError(f"{form.name}: {record.hex(' ', 16)}: {result.hex()}, expected {wanted.hex()}")


def same_but_for_nans(form: Form, result: bytes, wanted: bytes) -> bool:
    shape, operation = form.opcode.name.split(".")
    if operation not in ARITHMETIC or shape[0] != "f":
        return False
    layout, quiet = ("<4I", 0x7FC00000) if shape == "f32x4" else ("<2Q", 0x7FF8000000000000)
    pairs = zip(struct.unpack(layout, result), struct.unpack(layout, wanted))
    return all(a == b or (a & quiet == quiet and b & quiet == quiet) for a, b in pairs)
