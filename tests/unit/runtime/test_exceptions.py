"""Tags and exceptions as hosts see them."""

from __future__ import annotations

import gc
import traceback
import weakref
from contextlib import suppress
from typing import Any

import pytest

from tests.support.wat import load
from wasm2py_runtime import LinkError, Tag, TagType, WasmException

_MODULE = """(module
  (import "e" "t" (tag $t (param i32 externref))) (import "e" "g" (func $g))
  (export "t" (tag $t)) (tag (export "own") (param f64))
  (global (export "kept") (mut exnref) (ref.null exn))
  (table (export "table") 2 exnref)
  (func (export "throw") (param i32 externref) (throw $t (local.get 0) (local.get 1)))
  (func (export "catch") (result exnref)
    (block $h (result exnref) (try_table (catch_all_ref $h) (call $g)) (ref.null exn)))
  (func (export "pass_on") (block $h (result exnref) (try_table (catch_all_ref $h) (call $g)) (return)) (throw_ref))
  (func (export "identity") (param exnref) (result exnref) (local.get 0))
  (func (export "is_null") (param exnref) (result i32) (ref.is_null (local.get 0))))"""
TAG = Tag(["i32", "externref"])


class Big:
    """Something to tell whether it is still there."""


def instance(g: Any = lambda: None) -> Any:
    return load(_MODULE).Module(e_t=TAG, e_g=g)


def raising(error: Exception) -> Any:
    def g() -> None:
        raise error

    return g


def test_an_exception_carries_the_values_as_the_host_sees_them() -> None:
    with pytest.raises(WasmException) as caught:
        instance().exports["throw"](0xFFFFFFFF, "text")
    assert caught.value.tag is TAG
    assert caught.value.values == (-1, "text")
    assert str(caught.value) == "WebAssembly exception (i32 -1, externref)"


def test_wasm_catches_what_a_host_function_raises_and_it_stays_the_same_object() -> None:
    error = WasmException(TAG, (5, None))
    exports = instance(raising(error)).exports
    assert exports["catch"]() is error
    assert exports.identity(error) is error
    with pytest.raises(WasmException) as caught:
        exports.pass_on()
    assert caught.value is error


def test_exceptions_of_the_host_pass_through_unchanged() -> None:
    error = KeyError("the host's")
    with pytest.raises(KeyError) as caught:
        instance(raising(error)).exports["catch"]()
    assert caught.value is error


@pytest.mark.parametrize(
    ("values", "problem"),
    [((1,), "2 values, not 1"), (("x", None), "argument 1 must be an int"), ("ab", "must be a tuple, not str")],
)
def test_wrong_values_are_refused(values: Any, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        WasmException(TAG, values)


def test_the_tag_must_be_one() -> None:
    with pytest.raises(TypeError, match="must be a Tag"):
        WasmException(TagType, ())  # type: ignore[arg-type]


def test_each_instance_has_tags_of_its_own_and_exports_what_it_imports() -> None:
    first, second = instance(), instance()
    assert first.exports.own is not second.exports.own
    assert first.exports.own.params == ("f64",)
    assert first.exports.t is second.exports.t is TAG


@pytest.mark.parametrize("given", [Tag(), Tag(["i32"]), None, 5])
def test_an_imported_tag_must_have_the_type(given: Any) -> None:
    with pytest.raises(LinkError, match=r"expected tag \(i32, externref\)"):
        load(_MODULE).Module(e_t=given, e_g=print)


def test_references_to_exceptions_cross_the_boundary() -> None:
    made, error = instance(), WasmException(TAG, (1, None))
    assert made.exports.is_null(None) == 1
    assert made.exports.is_null(error) == 0
    made.exports.kept.value = error
    made.exports.table[1] = error
    assert made.exports.kept.value is made.exports.table[1] is error
    assert made.exports.table[0] is None
    with pytest.raises(TypeError, match="exnref"):
        made.exports.identity(KeyError())


@pytest.mark.parametrize("export", ["catch", "pass_on"])
def test_exceptions_are_no_circles(export: str) -> None:
    made: list[weakref.ref[Big]] = []

    def g() -> None:
        big = Big()
        made.append(weakref.ref(big))
        raise WasmException(TAG, (1, big))

    exports = instance(g).exports
    gc.disable()
    try:
        with suppress(WasmException):
            exports[export]()
        assert made[0]() is None
    finally:
        gc.enable()


def test_the_traceback_names_the_functions() -> None:
    try:
        instance().exports["throw"](1, None)
    except WasmException as error:
        names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        assert names[1] == "throw"
        assert error.__context__ is None
