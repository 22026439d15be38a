"""The type section: scope, equality of types across recursion groups, subtyping."""

from __future__ import annotations

import pytest

from tests.unit.binary import build
from tests.unit.binary.build import module, section
from tests.unit.validate.modules import (
    ANYREF,
    ARRAYREF,
    EQREF,
    EXNREF,
    EXTERNREF,
    FUNCREF,
    I31REF,
    I32,
    I64,
    NULLEXTERNREF,
    NULLFUNCREF,
    NULLREF,
    STRUCTREF,
    accept,
    array,
    func,
    rec,
    ref,
    refuse,
    struct,
    sub,
)
from wasm2py.binary import decode
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.types import RefType
from wasm2py.validate.typesection import type_space
from wasm2py.validate.typespace import TypeSpace

NODE = struct(ref(b"\0", null=True) + b"\1")  # refers to type 0


def types(*definitions: bytes) -> bytes:
    return module(section(build.TYPE, *definitions))


def space(*definitions: bytes) -> TypeSpace:
    return type_space(decode(types(*definitions)), DEFAULT_FEATURES)


class TestScope:
    def test_own_group_and_earlier_types(self) -> None:
        accept(types(func([ref(b"\0")])))
        accept(types(rec(func([ref(b"\1")]), func([ref(b"\0")])), func([ref(b"\1")])))

    def test_later_types_are_unknown(self) -> None:
        refuse(types(func([ref(b"\1")]), func()), "unknown type 1")
        refuse(types(rec(func(), func([ref(b"\2")])), func()), "unknown type 2")
        refuse(types(struct(ref(b"\7") + b"\0")), "unknown type 7")
        refuse(types(array(ref(b"\7") + b"\0")), "unknown type 7")

    def test_supertypes_come_before(self) -> None:
        refuse(types(rec(sub(struct(), 1), sub(struct()))), "forward use of type 1")
        refuse(types(sub(struct(), 0)), "forward use of type 0")
        refuse(types(sub(struct(), 3)), "unknown type 3")

    def test_error_says_which_type(self) -> None:
        refuse(types(func(), func([ref(b"\7")])), "unknown type 7, in type 1")
        refuse(types(func(), rec(func([ref(b"\7")]), func())), "unknown type 7, in types 1 to 2")


class TestEquality:
    """Canonical indices: equal types have the same."""

    def test_same_structure(self) -> None:
        assert space(func([I32]), func([I32]), func([I64])).canonical == [0, 0, 2]

    def test_recursive_types_compare_by_their_place_in_the_group(self) -> None:
        assert space(NODE, struct(ref(b"\1", null=True) + b"\1")).canonical == [0, 0]

    def test_a_type_that_refers_out_of_its_group_is_another(self) -> None:
        assert space(NODE, NODE).canonical == [0, 1]

    def test_references_to_equal_types_are_equal(self) -> None:
        assert space(func(), func(), func([ref(b"\0")]), func([ref(b"\1")])).canonical == [0, 0, 2, 2]

    def test_groups_as_wholes(self) -> None:
        group = rec(func(), struct())
        assert space(group, group, func(), struct()).canonical == [0, 1, 0, 1, 4, 5]
        assert space(group, rec(struct(), func())).canonical == [0, 1, 2, 3]

    def test_finality_and_supertypes_count(self) -> None:
        assert space(struct(), sub(struct()), sub(struct(), final=True), sub(struct(), 1)).canonical == [0, 1, 0, 3]

    def test_mutability_and_packing_count(self) -> None:
        fields = (I32 + b"\0", I32 + b"\1", b"\x78\0", b"\x77\0")
        assert space(*map(struct, fields), *map(array, fields)).canonical == list(range(8))

    def test_equal_result_types_are_one_list(self) -> None:
        known = space(func([ref(b"\0")]), func([ref(b"\1")]), func([ref(b"\0")]), func([ref(b"\1")]))
        assert known.function(2).params is known.function(3).params


class TestSubtypes:
    @pytest.mark.parametrize(
        ("below", "above"),
        [
            (struct(I32 + b"\0"), struct()),
            (struct(I32 + b"\0", I64 + b"\1"), struct(I32 + b"\0")),
            (struct(I31REF + b"\0"), struct(EQREF + b"\0")),
            (struct(ref(EQREF) + b"\0"), struct(EQREF + b"\0")),
            (array(NULLREF + b"\0"), array(ANYREF + b"\0")),
            (func([ANYREF], [I31REF]), func([EQREF], [EQREF])),
        ],
    )
    def test_match(self, below: bytes, above: bytes) -> None:
        accept(types(sub(above), sub(below, 0)))

    @pytest.mark.parametrize(
        ("below", "above"),
        [
            (struct(), struct(I32 + b"\0")),
            (struct(I32 + b"\1"), struct(I32 + b"\0")),
            (struct(I31REF + b"\1"), struct(EQREF + b"\1")),
            (struct(EQREF + b"\0"), struct(ref(EQREF) + b"\0")),
            (struct(b"\x78\0"), struct(I32 + b"\0")),
            (array(I32 + b"\0"), struct()),
            (func([EQREF]), func([ANYREF])),
            (func([], [I32]), func()),
            (func(), struct()),
        ],
    )
    def test_mismatch(self, below: bytes, above: bytes) -> None:
        refuse(types(sub(above), sub(below, 0)), "sub type 1 does not match super type 0")

    def test_final_types_have_no_subtypes(self) -> None:
        refuse(types(struct(), sub(struct(), 0)), "sub type 1 has final super type 0")
        refuse(types(sub(struct(), final=True), sub(struct(), 0)), "sub type 1 has final super type 0")

    def test_at_most_one_supertype(self) -> None:
        refuse(types(sub(struct()), sub(struct(), 0, 0)), "sub type has more than one super type")

    def test_depth_is_limited(self) -> None:
        chain = [sub(struct()), *[sub(struct(), typeidx) for typeidx in range(63)]]
        accept(types(*chain))
        refuse(types(*chain, sub(struct(), 63)), "too many super types above each other")


class TestMatching:
    """The lattice of heap types (spec §3.3.3)."""

    ORDER = (("none", "i31", "eq", "any"), ("none", "struct", "eq", "any"), ("none", "array", "eq", "any"),
             ("nofunc", "func"), ("noextern", "extern"), ("noexn", "exn"))  # fmt: skip
    HEAPS = sorted({heap for chain in ORDER for heap in chain})

    def test_abstract(self) -> None:
        empty = space()
        below = {
            (low, high) for chain in self.ORDER for at, low in enumerate(chain) for high in chain[at:]
        }  # the chains hold all pairs
        for low in self.HEAPS:
            for high in self.HEAPS:
                assert empty.heap_matches(low, high) == ((low, high) in below), (low, high)

    def test_concrete(self) -> None:
        known = space(sub(struct()), sub(struct(), 0), array(I32 + b"\0"), func())
        for low, high in [(1, 0), (1, "struct"), (1, "any"), (2, "array"), (3, "func"), ("none", 1), ("nofunc", 3)]:
            assert known.heap_matches(low, high)
        for low, high in [(0, 1), (1, 2), (1, "array"), (3, "any"), ("struct", 0), ("nofunc", 0), ("none", 3)]:
            assert not known.heap_matches(low, high)

    def test_null(self) -> None:
        known = space()
        assert known.matches(RefType(False, "eq"), RefType(True, "any"))
        assert not known.matches(RefType(True, "eq"), RefType(False, "any"))
        assert not known.matches("i32", RefType(True, "any"))
        assert not known.matches("i32", "i64")


@pytest.mark.parametrize(
    "type",
    [ANYREF, EQREF, I31REF, STRUCTREF, ARRAYREF, EXNREF, EXTERNREF, FUNCREF, NULLREF, NULLEXTERNREF, NULLFUNCREF],
)
def test_all_reference_types_are_value_types(type: bytes) -> None:
    accept(types(func([type, ref(type), ref(type, null=True)], [type])))
