"""Folded instructions give what wasmtime computes, bit for bit."""

from __future__ import annotations

import itertools

import pytest
import wasmtime

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.passes.fold import _FOLDS, fold

INTEGERS = {
    bits: [0, 1, 2, 7, 31, 32, 63, 64, 255, 1 << bits - 1, (1 << bits - 1) - 1, (1 << bits) - 1, (1 << bits) - 7]
    for bits in (32, 64)
}
OPERANDS = {
    "i32": INTEGERS[32],
    "i64": [*INTEGERS[64], 0x80000000, 0xFFFFFFFF],
    # 0, -0, 1.5, -2.5, 0.1, the largest, the least, infinity, both kinds of NaN, beyond the integers
    "f32": [0, 1 << 31, 0x3FC00000, 0xC0200000, 0x3DCCCCCD, 0x7F7FFFFF, 1, 0x7F800000, 0x7FC00000, 0x7FA00001]
    + [0x4F000000],
    "f64": [0, 1 << 63, 0x3FF8 << 48, 0xC004 << 48, 0x3FB999999999999A, 0x7FEFFFFFFFFFFFFF, 1, 0x7FF0 << 48]
    + [0x7FF8 << 48, 0x7FF4000000000001, 0x41E0 << 48, 0x43E0 << 48, 0x3690000000000000],
}  # fmt: skip
BITS = {"i32": "i32", "i64": "i64", "f32": "i32", "f64": "i64"}


def as_bits(name: str) -> str:
    """A function that does the instruction on bit patterns, which pass through wasmtime unchanged."""
    op = BY_NAME[name]
    assert op.params is not None
    assert op.results is not None
    operands = "".join(
        f"(local.get {i})" if type[0] == "i" else f"({type}.reinterpret_{BITS[type]} (local.get {i}))"
        for i, type in enumerate(map(str, op.params))
    )
    (result,) = map(str, op.results)
    body = f"({name} {operands})" if result[0] == "i" else f"({BITS[result]}.reinterpret_{result} ({name} {operands}))"
    params = " ".join(BITS[str(type)] for type in op.params)
    return f'(module (func (export "f") (param {params}) (result {BITS[result]}) {body}))'


@pytest.mark.parametrize("name", sorted(_FOLDS))
def test_as_wasmtime(name: str) -> None:
    op = BY_NAME[name]
    store = wasmtime.Store()
    run = wasmtime.Instance(store, wasmtime.Module(store.engine, as_bits(name)), []).exports(store)["f"]
    assert op.params is not None
    assert op.results is not None
    mask = (1 << int(str(op.results[0])[1:])) - 1
    folded = 0
    for operands in itertools.product(*(OPERANDS[str(type)] for type in op.params)):
        number = fold(op, operands)
        if number is not None:
            folded += 1
            assert number == run(store, *operands) & mask, operands
    assert folded
