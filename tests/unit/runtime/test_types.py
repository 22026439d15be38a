"""Types: equality, text, limits, and which fits which (spec §3.3.9, §3.3.10)."""

from __future__ import annotations

import copy
import gc
import pickle

import pytest

from wasm2py_runtime import FuncType, GlobalType, MemoryType, TableType, TagType
from wasm2py_runtime.matching import matches

UNARY = FuncType(("i32",), ("i32",))
TYPES = [
    UNARY,
    FuncType(),
    MemoryType(1),
    MemoryType(1, 2),
    MemoryType(1, 2, shared=True),
    MemoryType(1, None, index_type="i64"),
    TableType("funcref", 1),
    TableType("externref", 1),
    GlobalType("i32"),
    GlobalType("i32", True),
    TagType(UNARY),
]


def test_types_compare_by_value() -> None:
    for i, a in enumerate(TYPES):
        for j, b in enumerate(TYPES):
            assert (a == b) == (i == j)
        assert hash(copy.deepcopy(a)) == hash(a)
        assert pickle.loads(pickle.dumps(a)) == a
        assert eval(repr(a)) == a


def test_equal_function_types_are_one_object() -> None:
    assert FuncType(["i32"], iter(("i32",))) is UNARY
    gc.collect()
    assert FuncType(("i32",), ("i32",)) is UNARY


def test_types_cannot_be_changed() -> None:
    for type, name in ((UNARY, "params"), (MemoryType(1), "minimum"), (GlobalType("i32"), "mutable")):
        with pytest.raises(AttributeError, match=name):
            setattr(type, name, 5)


def test_a_lone_string_is_not_a_list_of_types() -> None:
    with pytest.raises(TypeError, match="sequence"):
        FuncType("i32")


def test_text() -> None:
    assert str(FuncType(("i32", "f64"), ())) == "func (i32, f64) -> ()"
    assert str(MemoryType(1, 2, True, "i64", 1)) == "memory 1..2 shared i64 page size 1"
    assert str(TableType("funcref", 3)) == "table 3.. funcref"
    assert str(GlobalType("i64", True)) == "global mut i64"
    assert repr(TableType("funcref", 3, 4)) == "TableType(element='funcref', minimum=3, maximum=4, index_type='i32')"


def test_objects_of_different_kinds_never_match() -> None:
    for i, given in enumerate(TYPES):
        for j, expected in enumerate(TYPES):
            if type(given) is not type(expected) or isinstance(given, (FuncType, GlobalType)):
                assert matches(given, expected) == (i == j)


@pytest.mark.parametrize(
    "given, expected, fits",
    [
        ((1, None), (1, None), True),
        ((2, None), (1, None), True),
        ((0, None), (1, None), False),
        ((1, None), (1, 5), False),
        ((1, 5), (1, 5), True),
        ((1, 4), (1, 5), True),
        ((1, 6), (1, 5), False),
        ((1, 6), (1, None), True),
    ],
)
def test_limits(given: tuple, expected: tuple, fits: bool) -> None:
    assert matches(MemoryType(*given), MemoryType(*expected)) is fits
    assert matches(TableType("funcref", *given), TableType("funcref", *expected)) is fits


def test_all_else_must_be_equal() -> None:
    assert not matches(MemoryType(1, 2, shared=True), MemoryType(1, 2))
    assert not matches(MemoryType(1, page_size=1), MemoryType(1))
    assert not matches(MemoryType(1, index_type="i64"), MemoryType(1))
    assert not matches(TableType("externref", 1), TableType("funcref", 1))
    assert not matches(GlobalType("i32", True), GlobalType("i32", False))
    assert not matches(GlobalType("i32"), GlobalType("i64"))
