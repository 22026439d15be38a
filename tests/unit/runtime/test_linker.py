"""The linker: modules wired by name, everything that is missing named at once."""

from __future__ import annotations

import types
from typing import Any

import pytest

from wasm2py_runtime import Global, Linker, LinkError, Memory

from . import sample


def complete() -> Linker:
    linker = Linker()
    linker.define_module("env", {"log": print, "memory": Memory(1, 4), "counter": Global("i32", 0, True), "base": 1})
    return linker


def test_a_module_or_its_class_is_instantiated() -> None:
    linker = complete()
    assert linker.instantiate(sample).exports.add(1, 2) == 3
    assert linker.instantiate(sample.Module).exports.add(1, 2) == 3
    with pytest.raises(TypeError, match="not a module made by wasm2py"):
        linker.instantiate(types)


def test_an_instance_provides_for_the_next() -> None:
    linker = complete()
    first = linker.instantiate(sample, name="first")
    linker.define("env", "memory", first.memory)
    linker.define_module("other", first)
    second = linker.instantiate(sample)
    assert second.memory is first.memory
    assert linker._definitions["first", "fib"] is first.exports.fib is linker._definitions["other", "fib"]


def test_everything_missing_or_wrong_is_named() -> None:
    linker = Linker()
    linker.define("env", "memory", Memory(9))
    linker.define("env", "base", 5)
    assert [wanted.keyword for wanted in linker.missing(sample)] == ["env_log", "env_counter"]
    with pytest.raises(LinkError) as caught:
        linker.instantiate(sample)
    assert caught.value.problems == (
        "env.log: unknown import, expected func (i32) -> ()",
        "env.memory: incompatible import type, expected memory 1..4, given memory 9..",
        "env.counter: unknown import, expected global mut i32",
    )


def test_a_later_definition_replaces_an_earlier_one() -> None:
    linker, seen = complete(), []
    linker.define("env", "log", seen.append)
    app: Any = linker.instantiate(sample)
    app.exports.call_log(-7)
    assert seen == [-7]


def test_a_failed_instantiation_defines_nothing() -> None:
    linker = complete()
    linker.define("env", "base", 4)
    with pytest.raises(Exception, match="out of bounds"):
        linker.instantiate(sample, name="app")
    assert ("app", "fib") not in linker._definitions
