"""References, casts, structures, arrays, exceptions."""

from __future__ import annotations

import pytest

from tests.unit.binary import build
from tests.unit.binary.build import section, u32
from tests.unit.validate.modules import (
    ANYREF,
    ARRAYREF,
    DATA,
    DATA_COUNT,
    DROP,
    END,
    EQREF,
    EXNREF,
    EXPORT,
    EXTERNREF,
    FUNCREF,
    I32,
    I32_0,
    I64,
    I64_0,
    STRUCTREF,
    UNREACHABLE,
    accept,
    array,
    func,
    function,
    ref,
    refuse,
    struct,
    sub,
)
from wasm2py.features import DEFAULT_FEATURES

NONE = func()
NULL = b"\xd0"
IS_NULL, AS_NON_NULL, REF_FUNC, REF_EQ = b"\xd1", b"\xd4", b"\xd2", b"\xd3"
GC = b"\xfb"


def check(body: bytes, *types: bytes, message: str | None = None) -> None:
    """A function [] -> [] with this body, types from 1 on; accepted, or refused with a message."""
    wasm = function(body, NONE, EXPORT, types=types)
    accept(wasm) if message is None else refuse(wasm, message)


class TestReferences:
    @pytest.mark.parametrize("heap", [FUNCREF, EXTERNREF, ANYREF, STRUCTREF, EXNREF, b"\0"])
    def test_null(self, heap: bytes) -> None:
        check(NULL + heap + IS_NULL + DROP)
        check(NULL + heap + AS_NON_NULL + DROP)

    def test_unknown_heap_type(self) -> None:
        check(NULL + b"\5" + DROP, message="unknown type 5")

    def test_numbers_are_no_references(self) -> None:
        check(I32_0 + IS_NULL + DROP, message="type mismatch: instruction requires reference type but stack has i32")
        check(I32_0 + AS_NON_NULL + DROP, message="type mismatch")

    def test_unknown_operand_becomes_some_reference(self) -> None:
        check(UNREACHABLE + AS_NON_NULL + IS_NULL + DROP)
        check(UNREACHABLE + AS_NON_NULL + b"\x14\0")
        check(UNREACHABLE + AS_NON_NULL + b"\x45" + DROP, message="type mismatch")

    def test_functions_have_to_be_declared(self) -> None:
        accept(function(REF_FUNC + b"\0" + DROP, NONE, EXPORT))
        refuse(function(REF_FUNC + b"\0" + DROP), "undeclared function reference 0")
        refuse(function(REF_FUNC + b"\1" + DROP), "unknown function 1")

    def test_what_declares_a_function(self) -> None:
        body = REF_FUNC + b"\0" + DROP
        accept(function(body, NONE, section(build.ELEMENT, b"\3\0\1\0")))
        accept(function(body, NONE, section(build.GLOBAL, FUNCREF + b"\0" + REF_FUNC + b"\0" + END)))
        refuse(function(body, NONE, build.raw_section(build.START, b"\0")), "undeclared function reference 0")

    def test_equality_is_for_one_hierarchy(self) -> None:
        check(NULL + EQREF + NULL + STRUCTREF + REF_EQ + DROP)
        check(NULL + EQREF + NULL + ANYREF + REF_EQ + DROP, message="type mismatch")
        check(NULL + EQREF + NULL + FUNCREF + REF_EQ + DROP, message="type mismatch")

    def test_call_ref(self) -> None:
        check(REF_FUNC + b"\0\x14\0")
        check(NULL + b"\0\x14\0")
        check(NULL + FUNCREF + b"\x14\0", message="type mismatch")
        check(NULL + b"\0\x14\7", message="unknown type 7")
        check(NULL + b"\1\x14\1", struct(), message="non-function type 1")
        check(NULL + b"\0\x15\0")

    def test_branch_on_null(self) -> None:
        check(NULL + b"\0\xd5\0\x14\0")
        block = b"\x02" + ref(b"\0") + NULL + b"\0\xd6\0" + UNREACHABLE + END + b"\x14\0"
        check(block)
        check(NULL + b"\0\xd6\0", message="type mismatch: instruction requires reference type but label has []")
        check(b"\x02" + I32 + NULL + b"\0\xd6\0" + I32_0 + END + DROP, message="type mismatch")


class TestCasts:
    def test_within_a_hierarchy(self) -> None:
        check(NULL + ANYREF + GC + b"\x14" + STRUCTREF + DROP)
        check(NULL + FUNCREF + GC + b"\x17\0\x14\0")
        check(NULL + FUNCREF + GC + b"\x14" + STRUCTREF + DROP, message="type mismatch")
        check(NULL + ANYREF + GC + b"\x14\5" + DROP, message="unknown type 5")

    def test_the_result_of_a_cast(self) -> None:
        take = func([ref(STRUCTREF)])  # type 1 takes a non-null structure
        call = REF_FUNC + b"\0" + GC + b"\x17\1\x14\1"
        check(NULL + ANYREF + GC + b"\x16" + STRUCTREF + call, take)
        check(NULL + ANYREF + GC + b"\x17" + STRUCTREF + call, take, message="type mismatch")

    def test_branches(self) -> None:
        cast = NULL + ANYREF + GC + b"\x18\1\0" + ANYREF + STRUCTREF  # (ref null any) to (ref struct)
        check(b"\x02" + STRUCTREF + cast + UNREACHABLE + END + DROP)
        check(b"\x02" + ARRAYREF + cast + UNREACHABLE + END + DROP, message="type mismatch: instruction requires type")
        check(cast, message="type mismatch: instruction requires type")
        fail = NULL + ANYREF + GC + b"\x19\3\0" + ANYREF + STRUCTREF  # null counts as a structure here
        check(b"\x02" + ref(ANYREF) + fail + UNREACHABLE + END + DROP)
        check(b"\x02" + EQREF + fail + UNREACHABLE + END + DROP, message="type mismatch")

    def test_a_cast_goes_down(self) -> None:
        up = NULL + STRUCTREF + GC + b"\x18\1\0" + STRUCTREF + ANYREF
        check(b"\x02" + ANYREF + up + UNREACHABLE + END + DROP, message="type mismatch on cast")

    def test_conversion(self) -> None:
        check(NULL + ANYREF + GC + b"\x1b" + GC + b"\x1a" + GC + b"\x14" + EQREF + DROP)
        check(NULL + EXTERNREF + GC + b"\x1b" + DROP, message="type mismatch")
        check(UNREACHABLE + GC + b"\x1b" + IS_NULL + DROP)


PAIR = struct(I32 + b"\1", b"\x78\0")  # (mut i32), i8
HOLDER = struct(ref(b"\0") + b"\1")
BYTES, WORDS, REFERENCES = array(b"\x78\1"), array(I64 + b"\0"), array(FUNCREF + b"\1")


class TestStructures:
    def test_new(self) -> None:
        check(I32_0 + I32_0 + GC + b"\0\1" + DROP, PAIR)
        check(I32_0 + I64_0 + GC + b"\0\1" + DROP, PAIR, message="type mismatch")
        check(GC + b"\1\1" + DROP, PAIR)
        check(GC + b"\1\1" + DROP, HOLDER, message="field type is not defaultable")
        check(GC + b"\1\0" + DROP, message="non-structure type 0")
        check(GC + b"\1\5" + DROP, message="unknown type 5")

    def test_fields(self) -> None:
        new = GC + b"\1\1"
        check(new + GC + b"\2\1\0" + DROP, PAIR)
        check(new + GC + b"\3\1\1" + DROP, PAIR)
        check(new + GC + b"\2\1\1" + DROP, PAIR, message="field is packed")
        check(new + GC + b"\3\1\0" + DROP, PAIR, message="field is unpacked")
        check(new + GC + b"\2\1\2" + DROP, PAIR, message="unknown field 2")
        check(new + I32_0 + GC + b"\5\1\0", PAIR)
        check(new + I32_0 + GC + b"\5\1\1", PAIR, message="immutable field 1")
        check(NULL + STRUCTREF + GC + b"\2\1\0" + DROP, PAIR, message="type mismatch")

    def test_subtypes_have_the_fields_of_their_supertype(self) -> None:
        types = (sub(struct(I32 + b"\0")), sub(struct(I32 + b"\0", I64 + b"\0"), 1))
        check(GC + b"\1\2" + GC + b"\2\1\0" + DROP, *types)
        check(GC + b"\1\1" + GC + b"\2\2\0" + DROP, *types, message="type mismatch")


class TestArrays:
    def test_new(self) -> None:
        check(I64_0 + I32_0 + GC + b"\6\1" + DROP, WORDS)
        check(I32_0 + GC + b"\7\1" + DROP, WORDS)
        check(I32_0 + GC + b"\7\1" + DROP, array(ref(b"\0") + b"\0"), message="array type is not defaultable")
        check(I64_0 * 3 + GC + b"\x08\1\3" + DROP, WORDS)
        check(I64_0 * 2 + GC + b"\x08\1\3" + DROP, WORDS, message="type mismatch")
        check(GC + b"\x08\1" + u32((1 << 32) - 1) + DROP, WORDS, message="too many operands")
        check(I32_0 + GC + b"\7\1" + DROP, PAIR, message="non-array type 1")

    def test_elements(self) -> None:
        null = NULL + b"\1" + I32_0
        check(null + GC + b"\x0c\1" + DROP, BYTES)
        check(null + GC + b"\x0b\1" + DROP, BYTES, message="array is packed")
        check(null + GC + b"\x0d\1" + DROP, WORDS, message="array is unpacked")
        check(null + I32_0 + GC + b"\x0e\1", BYTES)
        check(null + I64_0 + GC + b"\x0e\1", WORDS, message="immutable array")
        check(NULL + b"\1" + GC + b"\x0f" + DROP, WORDS)

    def test_bulk(self) -> None:
        null = NULL + b"\1" + I32_0
        check(null + I32_0 + I32_0 + GC + b"\x10\1", BYTES)
        check(null + NULL + b"\1" + I32_0 + I32_0 + GC + b"\x11\1\1", BYTES)
        check(null + NULL + b"\2" + I32_0 + I32_0 + GC + b"\x11\1\2", BYTES, WORDS, message="array types do not match")
        check(null + NULL + b"\1" + I32_0 + I32_0 + GC + b"\x11\1\1", WORDS, message="immutable array")

    def test_segments(self) -> None:
        def with_data(body: bytes, *types: bytes) -> bytes:
            return function(body, NONE, DATA_COUNT, types=types, after=[DATA])

        accept(with_data(I32_0 * 2 + GC + b"\x09\1\0" + DROP, WORDS))
        refuse(with_data(I32_0 * 2 + GC + b"\x09\1\1" + DROP, WORDS), "unknown data segment 1")
        refuse(with_data(I32_0 * 2 + GC + b"\x09\1\0" + DROP, REFERENCES), "array type is not numeric or vector")
        accept(with_data(NULL + b"\1" + I32_0 * 3 + GC + b"\x12\1\0", BYTES))
        elements = section(build.ELEMENT, b"\1\0\1\0")
        accept(function(I32_0 * 2 + GC + b"\x0a\1\0" + DROP, NONE, elements, types=[REFERENCES]))
        refuse(function(I32_0 * 2 + GC + b"\x0a\1\0" + DROP, NONE, elements, types=[WORDS]), "type mismatch")
        accept(function(NULL + b"\1" + I32_0 * 3 + GC + b"\x13\1\0", NONE, elements, types=[REFERENCES]))


TAGS = section(build.TAG, b"\0\0", b"\0\1")  # [] and [i32]
LEGACY = DEFAULT_FEATURES | {"legacy-exceptions"}


class TestExceptions:
    """Tag 0 carries nothing, tag 1 an i32."""

    def check(self, body: bytes, message: str | None = None) -> None:
        wasm = function(body, NONE, TAGS, types=[func([I32])])
        accept(wasm, LEGACY) if message is None else refuse(wasm, message, LEGACY)

    def test_throw(self) -> None:
        self.check(b"\x08\0")
        self.check(I32_0 + b"\x08\1")
        self.check(b"\x08\1", "type mismatch")
        self.check(b"\x08\2", "unknown tag 2")
        self.check(NULL + EXNREF + b"\x0a")
        self.check(NULL + EXTERNREF + b"\x0a", "type mismatch")

    @pytest.mark.parametrize(
        ("result", "clause"),
        [(b"\x40", b"\0\0\0"), (I32, b"\0\1\0"), (b"\x40", b"\2\0"), (EXNREF, b"\3\0"), (ref(EXNREF), b"\1\0\0")],
    )
    def test_clauses(self, result: bytes, clause: bytes) -> None:
        drop = b"" if result == b"\x40" else DROP
        body = b"\x02" + result + b"\x1f\x40\1" + clause + END + UNREACHABLE + END
        self.check(body + drop)
        wrong = body.replace(b"\x02" + result, b"\x02" + EXTERNREF, 1)
        self.check(wrong + DROP, "type mismatch: label requires [externref] but catch")

    def test_labels_are_counted_from_outside(self) -> None:
        self.check(b"\x1f\x40\1\2\0" + END)
        self.check(b"\x1f\x40\1\2\1" + END, "unknown label 1")
        self.check(b"\x1f\x40\1\0\5\0" + END, "unknown tag 5")

    def test_first_version(self) -> None:
        self.check(b"\x06\x40\x08\0\x07\1" + DROP + b"\x19\x09\0" + END)
        self.check(b"\x06" + I32 + I32_0 + b"\x07\1\x19" + I32_0 + END + DROP)
        self.check(b"\x06" + I32 + I32_0 + b"\x07\1" + DROP + END + DROP, "type mismatch")
        self.check(b"\x06\x40\x06\x40\x18\0\x19" + END)
        self.check(b"\x06\x40\x18\1", "unknown label 1")
        self.check(b"\x06\x40\x09\0" + END, "invalid rethrow label 0")
        self.check(b"\x06\x40\x19\x09\5" + END, "unknown label 5")

    def test_tags_have_no_results(self) -> None:
        tag = section(build.TAG, b"\0\1")
        refuse(function(b"", NONE, tag, types=[func([], [I32])]), "non-empty tag result type")
        refuse(function(b"", NONE, section(build.TAG, b"\0\5")), "unknown type 5")
