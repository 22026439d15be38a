"""Square roots without a test, of what cannot be below zero."""

from __future__ import annotations

import math

import pytest
from wasmtime import wat2wasm

from tests.support.wat import load
from wasm2py import compile
from wasm2py.options import Options

OPTIONS = [Options(), Options(disabled_passes=("float-signs",)), Options(target="pypy"), Options(optimize=0)]
#: what a root is taken of, and how many tests are needed
ARGUMENTS = {
    "(f64.mul (local.get 0) (local.get 0))": 0,
    "(f64.add (f64.mul (local.get 0) (local.get 0)) (f64.mul (local.get 1) (local.get 1)))": 0,
    "(f64.mul (f64.abs (local.get 0)) (f64.sqrt (local.get 1)))": 1,
    "(f64.mul (local.get 0) (local.get 1))": 1,
    "(f64.sub (f64.mul (local.get 0) (local.get 0)) (f64.mul (local.get 1) (local.get 1)))": 1,
    "(f64.add (f64.mul (local.get 0) (local.get 0)) (local.get 1))": 1,
    "(f64.abs (local.get 0))": 1,
    "(local.get 0)": 1,
}
NUMBERS = (0.0, -0.0, 1.5, -2.0, 1e200, -1e200, math.inf, -math.inf, math.nan, 5e-324)


def module(argument: str) -> str:
    return f'(module (func (export "f") (param f64 f64) (result f64) (f64.sqrt {argument})))'


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_root(argument: str) -> None:
    expected = load(module(argument), Options(optimize=0)).Module().exports.f
    for options in OPTIONS:
        f = load(module(argument), options).Module().exports.f
        for a in NUMBERS:
            for b in NUMBERS:
                assert repr(f(a, b)) == repr(expected(a, b)), (a, b)


@pytest.mark.parametrize(("argument", "tests"), ARGUMENTS.items())
def test_what_is_tested(argument: str, tests: int) -> None:
    assert compile(wat2wasm(module(argument))).count("f64_sqrt(") == tests
