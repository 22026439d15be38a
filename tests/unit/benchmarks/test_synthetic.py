"""The modules that benchmarks make are valid and are what they say."""

from __future__ import annotations

import pytest

import wasm2py
from benchmarks import synthetic
from wasm2py.binary import decode


@pytest.mark.parametrize(
    "wasm",
    [
        synthetic.one_function(1800),
        synthetic.many_functions(300),
        synthetic.repeated_functions(synthetic.many_functions(30), 10),
        synthetic.memory_module(256, 1000),
    ],
    ids=["one", "many", "repeated", "memory"],
)
def test_modules_are_valid(wasm: bytes) -> None:
    wasm2py.check(wasm)


def test_sizes() -> None:
    assert abs(len(decode(synthetic.one_function(1800)).functions[0].body) - 1800) < 10
    assert len(decode(synthetic.many_functions(300)).functions) == 300
    assert len(decode(synthetic.repeated_functions(synthetic.many_functions(30), 10)).functions) == 300


def test_calls_module() -> None:
    module = wasm2py.load(synthetic.calls_module(), cache=False)
    called = []
    exports = module.Module(host_decrement=lambda value: called.append(value) or value - 1).exports
    assert (exports.add(2, 3), exports.there(7), exports.loop(3)) == (5, 6, 0)
    assert called == [7, 3, 2, 1]
