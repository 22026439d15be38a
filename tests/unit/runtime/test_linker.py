"""The linker: modules wired by name, everything that is missing named at once."""

from __future__ import annotations

import types
from typing import Any

import pytest

from tests.support import wat
from wasm2py_runtime import Global, LimitError, Linker, LinkError, Memory, UnknownImport, UnreachableTrap

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
        "env.memory: incompatible import type, expected memory 1..4, given memory 9..: "
        "it has no maximum and one of at most 4 pages is needed; "
        'what fits is (import "env" "memory" (memory 9))',
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


USER = """(module
  (import "env" "memory" (memory 1 5))
  (import "env" "log" (func $log (param i32)))
  (import "lib" "twice" (func $twice (param i32) (result i32)))
  (func (export "run") (param i32) (result i32) (call $twice (local.get 0)))
  (func (export "log") (param i32) (call $log (local.get 0))))"""
LIB = '(module (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))'
ENV = '(module (import "lib" "twice" (func (param i32) (result i32))) (memory (export "memory") 1 3))'


def test_missing_imports_have_their_signature() -> None:
    assert [str(wanted) for wanted in Linker().missing(wat.load(USER))] == [
        "env.memory: memory 1..5",
        "env.log: func (i32) -> ()",
        "lib.twice: func (i32) -> (i32)",
    ]


def test_problems_are_all_that_is_missing_or_wrong() -> None:
    linker = Linker()
    linker.define("env", "memory", Memory(1, 9))
    linker.define("env", "log", print)
    assert linker.problems(wat.load(USER)) == [
        "env.memory: incompatible import type, expected memory 1..5, given memory 1..9: "
        "its maximum of 9 pages is above 5; "
        'what fits is (import "env" "memory" (memory 1 9))',
        "lib.twice: unknown import, expected func (i32) -> (i32)",
    ]


def test_modules_in_any_order() -> None:
    linker = Linker()
    linker.define("env", "log", print)
    made = linker.instantiate_all({"app": wat.load(USER), "env": wat.load(ENV), "lib": wat.load(LIB)})
    assert list(made) == ["app", "env", "lib"]
    assert made["app"].exports.run(21) == 42
    assert linker._definitions["env", "memory"] is made["env"].memory


def test_everything_is_looked_for_before_anything_is_made() -> None:
    linker = Linker()
    with pytest.raises(LinkError) as caught:
        linker.instantiate_all({"app": wat.load(USER), "env": wat.load(ENV)})
    assert caught.value.problems == (
        "app imports env.log: func (i32) -> (): unknown import",
        "app imports lib.twice: func (i32) -> (i32): unknown import",
        "env imports lib.twice: func (i32) -> (i32): unknown import",
    )
    assert not linker._definitions


def test_a_circle_is_named() -> None:
    first = wat.load('(module (import "b" "g" (func)) (func (export "f")))')
    second = wat.load('(module (import "c" "h" (func)) (func (export "g")))')
    third = wat.load('(module (import "b" "g" (func)) (func (export "h")))')
    with pytest.raises(LinkError, match="b -> c -> b is a circle") as caught:
        Linker().instantiate_all({"a": first, "b": second, "c": third})
    assert caught.value.problems == ("b imports c.h: func () -> ()", "c imports b.g: func () -> ()")


def test_if_one_fails_nothing_is_defined() -> None:
    linker = Linker()
    broken = wat.load('(module (import "lib" "twice" (func (param i32) (result i32))) (func unreachable) (start 1))')
    with pytest.raises(UnreachableTrap):
        linker.instantiate_all({"broken": broken, "lib": wat.load(LIB)})
    assert not linker._definitions


def test_aliases() -> None:
    linker = Linker()
    linker.define("env", "log", print)
    linker.alias("env", "log", "lib", "twice")
    assert linker._definitions["lib", "twice"] is print
    with pytest.raises(LookupError, match=r"nothing is defined as env\.nothing"):
        linker.alias("env", "nothing", "lib")
    linker.alias_module("library", "lib2")
    linker.instantiate(wat.load(LIB), name="library")
    user = wat.load(USER.replace('"lib"', '"lib2"'))
    linker.define("env", "memory", Memory(1, 2))
    assert linker.instantiate(user).exports.run(4) == 8


def test_missing_functions_may_be_allowed() -> None:
    linker = Linker(auto_memory=True)
    module = wat.load(USER)
    linker.allow_missing("env")
    assert [wanted.name for wanted in linker.missing(module)] == ["twice"]
    linker.allow_missing()
    linker.deny_missing("lib", "t*")
    with pytest.raises(LinkError, match=r"lib\.twice"):
        linker.instantiate(module)
    linker.allow_missing("lib", "twice")
    app = linker.instantiate(module)
    with pytest.raises(UnknownImport, match=r"unknown import was called: env\.log, func \(i32\) -> \(\)"):
        app.exports.log(1)


def test_a_memory_that_nobody_defines() -> None:
    linker = Linker(auto_memory=True, memory_pages=4)
    linker.allow_missing()
    assert linker.missing(wat.load(USER)) == []
    linker.instantiate(wat.load(USER))
    made = linker._definitions["env", "memory"]
    assert (made.size, made.maximum) == (1, 4)
    other: Any = linker.instantiate(wat.load('(module (import "env" "memory" (memory 1)) (export "m" (memory 0)))'))
    assert other.m is made


def test_shared_memories() -> None:
    """Those that are shared, and only they; what is defined stays."""
    text = """(module (import "env" "a" (memory 1 8 shared)) (import "env" "b" (memory 1 8))
        (import "env" "c" (memory 2 8 shared)))"""
    module, linker, given = wat.load(text), Linker(memory_pages=4), Memory(2, 4, shared=True)
    linker.define("env", "c", given)
    memories = linker.shared_memories(module)
    assert list(memories) == [("env", "a"), ("env", "c")]
    assert memories["env", "c"] is given
    made = memories["env", "a"]
    assert (type(made), made.size, made.maximum, made.shared) == (Memory, 1, 4, True)
    assert linker.shared_memories(module)["env", "a"] is made
    assert [wanted.name for wanted in linker.missing(module)] == ["b"]


def test_a_memory_of_a_given_class() -> None:
    class Special(Memory):
        __slots__ = ()

    module = wat.load('(module (import "env" "a" (memory 1 8 shared)))')
    (made,) = Linker().shared_memories(module, Special).values()
    assert type(made) is Special
    with pytest.raises(LimitError, match="minimum of 1 pages over limit of 0 pages"):
        Linker(memory_pages=0).shared_memories(module, Special)
