"""Types that modules define: equal ones are one object (spec §3.1.3), and which is below which (spec §3.3)."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref

import pytest

from wasm2py_runtime import ArrayType, FieldType, FuncType, GlobalType, RefType, StructType, TableType
from wasm2py_runtime.matching import heap_matches, matches, value_matches
from wasm2py_runtime.rec_groups import define_types

#: (rec (struct (mut i32) (ref null 1)) (struct (ref null 0)))
PAIR = (
    (True, None, "struct", ("i32", True), ((True, 1), False)),
    (True, None, "struct", ((True, 0), False)),
)
#: a type, one below it, and one below that
CHAIN = (
    ((False, None, "struct", ("i32", False)),),
    ((False, 0, "struct", ("i32", False), ("i64", False)),),
    ((True, 1, "struct", ("i32", False), ("i64", False)),),
)


def test_equal_groups_are_the_same_types_wherever_they_stand() -> None:
    first = define_types(PAIR)
    shifted = tuple((*entry[:3], *[(_shifted(storage), mutable) for storage, mutable in entry[3:]]) for entry in PAIR)
    second = define_types(((True, None, "func", (), ()),), shifted)
    assert first == second[1:]
    assert first[0].fields[1].storage == RefType(True, first[1])


def _shifted(storage):
    return (storage[0], storage[1] + 1) if isinstance(storage, tuple) else storage


def test_the_order_in_a_group_and_what_else_is_in_it_tell_types_apart() -> None:
    alone = define_types(((True, None, "struct", ("i32", True)),))
    beside = define_types(((True, None, "struct", ("i32", True)), (True, None, "struct", ("i64", True))))
    assert alone[0] is not beside[0]
    assert alone[0] is StructType([FieldType("i32", True)])


def test_a_function_type_that_its_signature_says_all_about_is_the_plain_one() -> None:
    entry = (True, None, "func", ("i32",), ())
    plain, beside, _, open_ = define_types((entry,), (entry, entry), ((False, *entry[1:]),))
    assert plain is FuncType(("i32",))
    assert beside is not plain
    assert open_ is not plain


def test_subtypes() -> None:
    top, middle, bottom = define_types(*CHAIN)
    assert bottom.supertypes == (middle, top)
    assert heap_matches(bottom, top) and not heap_matches(top, bottom)
    assert heap_matches(bottom, "struct") and heap_matches(bottom, "eq") and not heap_matches(bottom, "array")
    assert heap_matches("none", bottom) and not heap_matches("nofunc", bottom)
    assert value_matches(RefType(False, bottom), RefType(True, top))
    assert not value_matches(RefType(True, bottom), RefType(False, top))
    assert value_matches("nullfuncref", RefType(True, FuncType()))


@pytest.mark.parametrize(
    ("given", "expected", "fits"),
    [
        ("i31ref", "eqref", True),
        ("eqref", "i31ref", False),
        ("(ref func)", "funcref", True),
        ("funcref", "(ref func)", False),
        ("nullref", "structref", True),
        ("nullexternref", "externref", True),
        ("externref", "anyref", False),
        ("i32", "i64", False),
    ],
)
def test_value_types(given: str, expected: str, fits: bool) -> None:
    assert value_matches(given, expected) is fits
    assert matches(GlobalType(given), GlobalType(expected)) is fits
    assert matches(GlobalType(given, True), GlobalType(expected, True)) is False
    assert matches(TableType(given, 1), TableType(expected, 1)) is False


def test_types_survive_copies_and_pickles() -> None:
    for type in (*define_types(PAIR), *define_types(*CHAIN), ArrayType(FieldType("i8", True))):
        assert copy.deepcopy(type) is type
        assert pickle.loads(pickle.dumps(type)) is type
        assert pickle.loads(pickle.dumps(RefType(True, type))) == RefType(True, type)


def test_types_that_nobody_holds_go() -> None:
    [type] = define_types(((True, None, "struct", ("f32", True), ("f64", True), ((True, 0), False)),))
    type.object_class(0.0, 0.0, None)
    gone = weakref.ref(type)
    del type
    for _ in range(3):
        gc.collect()
    assert gone() is None


def test_text_ends_though_types_go_round_in_circles() -> None:
    first, second = define_types(PAIR)
    assert str(first) == "struct (mut i32, (ref null struct type))"
    assert str(second) == "struct ((ref null struct type))"
