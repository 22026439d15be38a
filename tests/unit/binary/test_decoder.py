"""Modules: header, sections, their order and sizes, segments, what must agree between sections (spec §5.5)."""

from __future__ import annotations

import pickle

import pytest

from tests.unit.binary import build
from wasm2py.binary import decode
from wasm2py.errors import DecodeError
from wasm2py.module import CustomSection, Export, Import, Module
from wasm2py.types import FUNCREF, GlobalType, Limits, MemoryType, RefType, TableType, TagType


def refused(data: bytes) -> tuple[str, int]:
    with pytest.raises(DecodeError) as caught:
        decode(data)
    return caught.value.message, caught.value.offset


def test_empty_module() -> None:
    module = decode(build.HEADER)
    assert module == Module(size=8)
    assert decode(bytearray(build.HEADER)) == decode(memoryview(build.HEADER)) == module


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "unexpected end"),
        (b"\0as", "unexpected end"),
        (b"\x89PNG\r\n\x1a\n", "magic header not detected"),
        (b"\0asm\1\0\0", "unexpected end"),
        (b"\0asm\2\0\0\0", "unknown binary version"),
        (b"\0asm\x0d\0\1\0", "unknown binary version"),  # a component
    ],
)
def test_header(data: bytes, message: str) -> None:
    assert refused(data)[0].startswith(message)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (b"\x0e\1\0", "malformed section id"),
        (b"\x7f\1\0", "malformed section id"),
        (b"\2\1\0\1\1\0", "unexpected content after last section"),
        (b"\1\1\0\1\1\0", "unexpected content after last section"),
        (b"\6\1\0\x0d\1\0", "unexpected content after last section"),  # tags come before globals
        (b"\x0a\1\0\x0c\1\0", "unexpected content after last section"),  # data count comes before code
        (b"\1\2\0\0", "section size mismatch"),
        (b"\1\1\1\x60\0\0", "section size mismatch"),
        (b"\1\5\0", "length out of bounds"),
        (b"\1", "unexpected end of section or function"),
        (b"\0\0", "unexpected end of section or function"),
        (b"\0\1\1a", "unexpected end of section or function"),  # the name is longer than its section
        (b"\0\2\1\xff", "malformed UTF-8 encoding"),
        (b"\3\2\1\0", "function and code section have inconsistent lengths"),
        (b"\x0a\4\1\2\0\x0b", "function and code section have inconsistent lengths"),
        (b"\x0c\1\1", "data count and data section have inconsistent lengths"),
        (b"\x0c\1\0\x0b\3\1\1\0", "data count and data section have inconsistent lengths"),
        (b"\2\5\1\0\0\5\0", "malformed import kind"),
        (b"\7\4\1\0\5\0", "malformed export kind"),
        (b"\x09\2\1\x08", "malformed elements segment kind"),
        (b"\x09\4\1\1\1\0", "malformed element kind"),
        (b"\x0b\2\1\3", "malformed data segment kind"),
    ],
)
def test_malformed_sections(sections: bytes, message: str) -> None:
    assert refused(build.HEADER + sections)[0] == message


def test_all_sections_in_order() -> None:
    order = [1, 2, 3, 4, 5, 13, 6, 7]
    module = build.module(*[build.section(number) for number in order])
    for number in (9, 10, 11):
        module += build.section(number)
    assert decode(module).size == len(module)


def test_imports() -> None:
    items = [
        build.name("a") + build.name("f") + b"\0\7",
        build.name("") + build.name("t\0") + b"\1\x70\0\1",
        build.name("a") + build.name("m") + b"\2\3\1\2",
        build.name("a") + build.name("g") + b"\3\x7c\1",
        build.name("a") + build.name("e") + b"\4\0\3",
    ]
    imports = decode(build.module(build.section(build.IMPORT, *items))).imports
    assert [(entry.module, entry.name, entry.kind, entry.type) for entry in imports] == [
        ("a", "f", "func", 7),
        ("", "t\0", "table", TableType(FUNCREF, Limits(1, None))),
        ("a", "m", "memory", MemoryType(Limits(1, 2), shared=True)),
        ("a", "g", "global", GlobalType("f64", True)),
        ("a", "e", "tag", TagType(3)),
    ]
    module = Module(imports=imports)
    assert [entry.name for entry in module.imported("global")] == ["g"]
    assert imports[0] == Import("a", "f", "func", 7, 11)


def test_exports_and_start() -> None:
    items = [build.name(f"x{kind}") + bytes([kind, 3]) for kind in range(5)]
    module = decode(build.module(build.section(build.EXPORT, *items), build.raw_section(build.START, b"\x80\1")))
    assert [entry.kind for entry in module.exports] == ["func", "table", "memory", "global", "tag"]
    assert module.exports[0] == Export("x0", "func", 3, 11)
    assert module.start == 128


def test_functions() -> None:
    data = build.module(
        build.NO_TYPE,
        build.section(build.FUNCTION, b"\0", b"\5"),
        build.section(build.CODE, build.entry(b"", [b"\2\x7f", b"\0\x7e"]), build.entry(b"\1")),
    )
    first, second = decode(data).functions
    assert (first.typeidx, first.locals, first.size) == (0, ((2, "i32"), (0, "i64")), 6)
    assert (second.typeidx, second.locals, second.size) == (5, (), 3)
    assert data[second.offset : second.offset + second.size] == b"\0\1\x0b"


REF_NULL_FUNC = b"\xd0\x70\x0b"
OFFSET = b"\x41\7\x0b"


@pytest.mark.parametrize(
    ("code", "mode", "type_", "table", "active", "items"),
    [
        (b"\0" + OFFSET + b"\2\3\4", "active", RefType(False, "func"), 0, True, [3, 4]),
        (b"\1\0\2\3\4", "passive", RefType(False, "func"), 0, False, [3, 4]),
        (b"\2\5" + OFFSET + b"\0\1\3", "active", RefType(False, "func"), 5, True, [3]),
        (b"\3\0\1\3", "declarative", RefType(False, "func"), 0, False, [3]),
        (b"\4" + OFFSET + b"\1" + REF_NULL_FUNC, "active", FUNCREF, 0, True, ["func"]),
        (b"\5\x6f\0", "passive", RefType(True, "extern"), 0, False, []),
        (b"\6\5" + OFFSET + b"\x70\1\xd2\3\x0b", "active", FUNCREF, 5, True, [3]),
        (b"\7\x63\1\1" + REF_NULL_FUNC, "declarative", RefType(True, 1), 0, False, ["func"]),
    ],
)
def test_element_segments(
    code: bytes, mode: str, type_: RefType, table: int, active: bool, items: list[object]
) -> None:
    (segment,) = decode(build.module(build.section(build.ELEMENT, code))).elements
    assert (segment.mode, segment.type, segment.table) == (mode, type_, table)
    assert (segment.offset_expr is not None) == active
    assert [item[0].immediate for item in segment.items] == items
    assert all(item[-1].opcode.name == "end" for item in segment.items)


def test_data_segments() -> None:
    items = [b"\0" + OFFSET + b"\3abc", b"\1\0", b"\2\1" + OFFSET + b"\1x"]
    active, passive, second = decode(build.module(build.section(build.DATA, *items))).datas
    assert (active.mode, active.data, active.memory) == ("active", b"abc", 0)
    assert (passive.mode, passive.data, passive.offset_expr) == ("passive", b"", None)
    assert (second.mode, second.data, second.memory) == ("active", b"x", 1)


@pytest.mark.parametrize("code", [b"\xfc\x08\0\0", b"\xfc\x09\0", b"\xfb\x09\0\0", b"\xfb\x12\0\0"])
def test_data_count_is_required(code: bytes) -> None:
    functions = build.NO_TYPE, build.section(build.FUNCTION, b"\0")
    codes = build.section(build.CODE, build.entry(code))
    datas = build.section(build.DATA, b"\1\0")
    data = build.module(*functions, codes, datas)
    message, offset = refused(data)
    assert message == "data count section required"
    assert data[offset] == code[0]
    assert decode(build.module(*functions, build.raw_section(build.DATA_COUNT, b"\1"), codes, datas)).data_count == 1


def test_custom_sections_stay_where_they_were() -> None:
    data = build.module(
        build.custom("first", b"\1\2"),
        build.NO_TYPE,
        build.custom("", b""),
        build.section(build.IMPORT),
        build.custom(".debug_info", b"dwarf"),
        build.custom("first", b""),
    )
    customs = decode(data).customs
    assert [(entry.name, entry.data, entry.after) for entry in customs] == [
        ("first", b"\1\2", 0),
        ("", b"", 1),
        (".debug_info", b"dwarf", 2),
        ("first", b"", 2),
    ]
    assert customs[0] == CustomSection("first", b"\1\2", 16, 0)


def test_errors_say_where() -> None:
    data = build.module(build.NO_TYPE, build.section(build.IMPORT, b"\0\0\x09"))
    message, offset = refused(data)
    assert data[offset] == 9
    error = DecodeError(message, offset)
    assert str(error) == f"malformed import kind (at byte {offset:#x})"
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
