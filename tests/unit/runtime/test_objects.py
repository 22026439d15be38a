"""Structures and arrays as hosts see them."""

from __future__ import annotations

import copy
import pickle

import pytest

from tests.support.wat import load
from wasm2py_runtime import ArrayType, FieldType, StructType

POINT = StructType([FieldType("i32", True), FieldType("i8", True), FieldType("f64"), FieldType("externref", True)])
NUMBERS = ArrayType(FieldType("i64", True))


def test_fields_are_read_and_written_by_index() -> None:
    point = POINT(-1, 200, 1.5, "label")
    assert list(point) == [-1, -56, 1.5, "label"]
    point[0], point[1], point[-1] = 0xFFFFFFFE, -1, None
    assert (point[0], point[1], point[3], len(point)) == (-2, -1, None, 4)
    assert repr(point) == "<wasm struct (4294967294, 255, 1.5, None)>"


def test_what_does_not_fit_is_refused() -> None:
    point = POINT(1, 2, 3.0, None)
    with pytest.raises(TypeError, match="immutable"):
        point[2] = 4.0
    with pytest.raises(TypeError, match="field 0 must be an int"):
        point[0] = "x"
    with pytest.raises(OverflowError):
        point[0] = 1 << 32
    for index in (4, -5):
        with pytest.raises(IndexError):
            point[index]
    with pytest.raises(TypeError, match="4 fields"):
        POINT(1, 2)


def test_arrays() -> None:
    numbers = NUMBERS([1, -2, 3])
    numbers[-1] = -3
    assert list(numbers) == [1, -2, -3]
    assert numbers.type is NUMBERS
    assert list(NUMBERS([])) == [] and bool(NUMBERS([]))


def test_references_to_other_objects() -> None:
    node = StructType([FieldType("(ref any)", True), FieldType("i31ref", True)])
    inner = POINT(1, 2, 3.0, None)
    outer = node(inner, -5)
    assert outer[0] is inner and outer[1] == -5
    outer[0] = "any host value"
    assert outer[0] == "any host value"
    with pytest.raises(TypeError, match=r"\(ref any\)"):
        outer[0] = None
    with pytest.raises(TypeError, match="i31ref"):
        outer[1] = 1 << 30


def test_objects_are_copied_and_pickled() -> None:
    point = POINT(1, 2, 3.0, [1, 2])
    shallow, deep, pickled = copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))
    assert type(shallow) is type(deep) is type(pickled) is type(point)
    assert list(shallow) == list(deep) == list(pickled) == list(point)
    assert shallow[3] is point[3] and deep[3] is not point[3]


def test_an_object_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError):
        POINT(1, 2, 3.0, None).colour = 5


MODULE = """(module
  (type $p (sub (struct (field (mut i32)))))
  (type $q (sub final $p (struct (field (mut i32)) (field i32))))
  (type $f (func (param (ref $p)) (result anyref)))
  (import "" "call" (func $call (param (ref null $p)) (result (ref null $p))))
  (func (export "make") (param i32) (result (ref $p)) (struct.new $q (local.get 0) (i32.const 7)))
  (func (export "get") (param (ref null $p)) (result i32) (struct.get $p 0 (local.get 0)))
  (func (export "second") (param (ref $q)) (result i32) (struct.get $q 1 (local.get 0)))
  (func (export "any") (param externref) (result anyref) (any.convert_extern (local.get 0)))
  (func (export "back") (param anyref) (result externref) (extern.convert_any (local.get 0)))
  (func (export "is_i31") (param anyref) (result i32) (ref.test i31ref (local.get 0)))
  (func (export "is_eq") (param anyref) (result i32) (ref.test (ref eq) (local.get 0)))
  (func (export "is_struct") (param anyref) (result i32) (ref.test (ref struct) (local.get 0)))
  (func (export "through") (param (ref null $p)) (result (ref null $p)) (call $call (local.get 0)))
  (func (export "callback") (param (ref $f)) (param (ref $p)) (result anyref)
    (call_ref $f (local.get 1) (local.get 0)))
  (global (export "g") (mut (ref null $p)) (ref.null $p))
  (table (export "t") 3 (ref null $p)))"""


def instance(call=lambda value: value):
    return load(MODULE).Module(_call=call)


def test_objects_cross_the_boundary_as_they_are() -> None:
    made = instance()
    point = made.exports.make(-5)
    assert list(point) == [-5, 7]
    assert made.exports.get(point) == -5 and made.exports.second(point) == 7
    point[0] = 6
    assert made.exports.get(point) == 6 and made.exports.through(point) is point
    made.exports.g.value = point
    made.exports.t[1] = point
    assert made.exports.g.value is point and list(made.exports.t) == [None, point, None]


def test_what_is_of_another_type_is_refused() -> None:
    made = instance(lambda value: 5)
    other = POINT(1, 2, 3.0, None)
    for value in (other, 5, "text", object()):
        with pytest.raises(TypeError, match="argument 1 must be a"):
            made.exports.get(value)
        with pytest.raises(TypeError):
            made.exports.g.value = value
        with pytest.raises(TypeError):
            made.exports.t[0] = value
    with pytest.raises(TypeError, match="must be a"):
        made.exports.second(None)
    above = made.exports.make(1).type.supertypes[0](3)
    assert made.exports.get(above) == 3
    with pytest.raises(TypeError):
        made.exports.second(above)
    with pytest.raises(TypeError, match="result"):
        made.exports.through(None)


@pytest.mark.parametrize("value", [0, -1, (1 << 30) - 1, -1 << 30])
def test_a_small_int_is_an_i31(value: int) -> None:
    made = instance().exports
    assert made.any(value) == value and made.back(value) == value
    assert made.is_i31(value) == made.is_eq(value) == 1


@pytest.mark.parametrize("value", [1 << 30, (-1 << 30) - 1, True, 1.5, "text", object(), [], POINT])
def test_any_other_host_value_is_only_that(value: object) -> None:
    made = instance().exports
    assert made.any(value) is value and made.back(value) is value
    assert (made.is_i31(value), made.is_eq(value), made.is_struct(value)) == (0, 0, 0)


def test_an_object_that_claims_another_class_is_no_structure() -> None:
    made = instance().exports
    real = made.make(1)

    class Liar:
        __class__ = property(lambda self: type(real))  # type: ignore[assignment]

    liar = Liar()
    assert isinstance(liar, type(real))
    assert made.is_struct(liar) == 0 and made.any(liar) is liar
    with pytest.raises(TypeError):
        made.get(liar)


def test_functions_as_references() -> None:
    made = instance()
    point = made.exports.make(2)
    with pytest.raises(TypeError, match="argument 1"):
        made.exports.callback(made.exports.get, point)
    with pytest.raises(TypeError, match="argument 1"):
        made.exports.callback(None, point)
    from wasm2py_runtime import host_function

    function = host_function(made.exports.callback.type.params[0].type, lambda ref: ref[0] + 40)
    assert made.exports.callback(function, point) == 42
