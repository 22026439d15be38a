"""Types as sections hold them (spec §5.3)."""

from __future__ import annotations

import pytest

from tests.unit.binary import build
from wasm2py.binary import decode
from wasm2py.errors import DecodeError
from wasm2py.module import Module
from wasm2py.types import (
    EXTERNREF,
    FUNCREF,
    ArrayType,
    FieldType,
    FuncType,
    GlobalType,
    Limits,
    MemoryType,
    RefType,
    StructType,
    SubType,
    TableType,
    TagType,
    ValType,
)


def decoded(number: int, *items: bytes) -> Module:
    return decode(build.module(build.section(number, *items)))


def refused(number: int, *items: bytes) -> str:
    with pytest.raises(DecodeError) as caught:
        decoded(number, *items)
    return caught.value.message


@pytest.mark.parametrize(
    ("code", "type_"),
    [
        (b"\x7f", "i32"),
        (b"\x7e", "i64"),
        (b"\x7d", "f32"),
        (b"\x7c", "f64"),
        (b"\x7b", "v128"),
        (b"\x70", FUNCREF),
        (b"\x6f", EXTERNREF),
        (b"\x69", RefType(True, "exn")),
        (b"\x74", RefType(True, "noexn")),
        (b"\x71", RefType(True, "none")),
        (b"\x63\x6d", RefType(True, "eq")),
        (b"\x64\x85\x01", RefType(False, 133)),
    ],
)
def test_value_types(code: bytes, type_: ValType) -> None:
    (entry,) = decoded(build.TYPE, b"\x60\1" + code + b"\0").types
    assert entry == SubType(True, (), FuncType((type_,), ()))


def test_recursion_groups() -> None:
    module = decoded(
        build.TYPE,
        b"\x60\0\0",
        b"\x4e\2" + b"\x50\0\x5f\2\x78\0\x7f\1" + b"\x4f\1\1\x5e\x77\1",
        b"\x4e\0",
        b"\x60\0\0",
    )
    assert module.rec_groups == ((0, 1), (1, 2), (3, 0), (3, 1))
    assert module.types == (
        SubType(True, (), FuncType((), ())),
        SubType(False, (), StructType((FieldType("i8", False), FieldType("i32", True)))),
        SubType(True, (1,), ArrayType(FieldType("i16", True))),
        SubType(True, (), FuncType((), ())),
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (b"\x61\0\0", "malformed definition type"),
        (b"\xe0\x7f\0\0", "integer representation too long"),
        (b"\x60\1\x40\0", "malformed value type"),
        (b"\x60\1\x78\0", "malformed value type"),
        (b"\x5f\1\x7f\2", "malformed mutability"),
        (b"\x5e\x76\0", "malformed value type"),
        (b"\x60\1\x64\x7f\0", "malformed heap type"),
    ],
)
def test_malformed_types(code: bytes, message: str) -> None:
    assert refused(build.TYPE, code) == message


@pytest.mark.parametrize(
    ("code", "memory"),
    [
        (b"\0\1", MemoryType(Limits(1, None))),
        (b"\1\1\2", MemoryType(Limits(1, 2))),
        (b"\3\1\2", MemoryType(Limits(1, 2), shared=True)),
        (b"\4\x80\x80\x80\x80\x80\x80\1", MemoryType(Limits(1 << 42, None), index_type="i64")),
        (b"\x0d\1\2\0", MemoryType(Limits(1, 2), index_type="i64", page_size=1)),
        (b"\x08\1\x10", MemoryType(Limits(1, None))),
        (b"\x08\1\x03", MemoryType(Limits(1, None), page_size=8)),
    ],
)
def test_memories(code: bytes, memory: MemoryType) -> None:
    assert decoded(build.MEMORY, code).memories == (memory,)


def test_malformed_memories() -> None:
    assert refused(build.MEMORY, b"\x10\0") == "malformed limits flags"
    assert refused(build.MEMORY, b"\x81\0\0\0") == "malformed limits flags"  # no LEB128
    assert refused(build.MEMORY, b"\x08\0\x40") == "invalid custom page size"
    assert refused(build.MEMORY, b"\0" + b"\xff" * 9 + b"\2") == "integer too large"


def test_tables() -> None:
    module = decoded(build.TABLE, b"\x70\0\1", b"\x6f\5\1\2", b"\x40\0\x64\0\0\7\xd2\5\x0b")
    plain, wide, initial = module.tables
    assert (plain.type, plain.init) == (TableType(FUNCREF, Limits(1, None)), None)
    assert (wide.type, wide.init) == (TableType(EXTERNREF, Limits(1, 2), "i64"), None)
    assert initial.type == TableType(RefType(False, 0), Limits(7, None))
    assert initial.init is not None
    assert [(item.opcode.name, item.immediate) for item in initial.init] == [("ref.func", 5), ("end", None)]


def test_malformed_tables() -> None:
    assert refused(build.TABLE, b"\x7f\0\0") == "malformed reference type"
    assert refused(build.TABLE, b"\x70\2\0") == "malformed limits flags"  # there are no shared tables
    assert refused(build.TABLE, b"\x70\x08\0") == "malformed limits flags"
    assert refused(build.TABLE, b"\x40\1\x70\0\0") == "zero byte expected"


def test_globals_and_tags() -> None:
    (global_,) = decoded(build.GLOBAL, b"\x7e\1\x42\5\x0b").globals
    assert global_.type == GlobalType("i64", True)
    assert [item.immediate for item in global_.init] == [5, None]
    assert refused(build.GLOBAL, b"\x7e\2\x42\5\x0b") == "malformed mutability"
    assert decoded(build.TAG, b"\0\x85\1").tags == (TagType(133),)
    assert refused(build.TAG, b"\1\0") == "zero byte expected"
