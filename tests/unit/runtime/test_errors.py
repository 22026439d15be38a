"""Errors cross from one process to another as they are: ``concurrent.futures`` would hang on one that does not."""

from __future__ import annotations

import inspect
import pickle

import pytest

import wasm2py
from wasm2py_runtime import LimitError, LinkError, Tag, Trap, UnknownImport, WasmException, errors
from wasm2py_runtime.wasi import ProcExit

TRAPS = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Trap)]
ERRORS: list[Exception] = [
    *[each() for each in TRAPS if each is not UnknownImport],
    UnknownImport("env", "log", "func (i32) -> ()"),
    LinkError("app", ["env.f: unknown import", "env.g: unknown import"]),
    LimitError("app", ["memory 0: too large"]),
    ProcExit(7),
    wasm2py.DecodeError("unexpected end", 5),
    wasm2py.ValidationError("type mismatch", 5, 1, "f", "i32.add"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_pickled(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error) != ""
    assert vars(again) == vars(error)


def test_an_exception_of_webassembly_keeps_its_values() -> None:
    again = pickle.loads(pickle.dumps(WasmException(Tag(["i32", "f64"]), (1, 2.5))))
    assert again.values == (1, 2.5)
