"""The instruction table agrees with itself, and with what the specification says of a few rows."""

from __future__ import annotations

from collections import Counter

import pytest

from wasm2py.binary.expressions import IMMEDIATES
from wasm2py.binary.opcodes import BY_NAME, OPCODES
from wasm2py.features import FEATURES
from wasm2py.instruction import Opcode
from wasm2py.types import RefType

ROWS = list(OPCODES.values())
INDICES = {"func", "type", "table", "mem", "global", "local", "elem", "data", "tag", "field", "label", "lane"}


def test_size() -> None:
    by_prefix = Counter(row.code >> 16 for row in ROWS)
    # one byte: 194 of Wasm 3.0 and 5 legacy ones; misc: 18 and 4 of wide arithmetic; vectors: 236 and 20 relaxed ones
    assert by_prefix == {0: 199, 0xFB: 31, 0xFC: 22, 0xFD: 256, 0xFE: 67}


def test_names_and_codes_are_unique() -> None:
    assert len(BY_NAME) == len(OPCODES)
    assert all(OPCODES[row.code] is row and BY_NAME[row.name] is row for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(row: Opcode) -> None:
    assert row.feature in FEATURES
    assert (row.params is None) == (row.results is None)
    for name in row.immediates:
        assert name in {*IMMEDIATES, "reftype"} or name.removesuffix("idx") in INDICES
    for type_ in (*(row.params or ()), *(row.results or ())):
        assert isinstance(type_, RefType) or type_ in ("i32", "i64", "f32", "f64", "v128")
    assert row.pure == (not (row.reads or row.writes or row.traps or row.calls or row.control))
    assert ("memarg" in row.immediates) == (row.access is not None)


@pytest.mark.parametrize("row", [row for row in ROWS if row.access], ids=lambda row: row.name)
def test_access(row: Opcode) -> None:
    access = row.access
    assert access is not None
    assert row.traps
    assert row.params is None  # the address is of the memory's index type
    assert access.width in (1, 2, 4, 8, 16)
    assert access.store == (not access.results)
    assert row.writes == (access.store or access.atomic)  # nothing passes an atomic access, not even a load
    assert access.atomic == (row.feature == "threads")
    if "_u" in row.name or "_s" in row.name:
        assert access.sign == row.name[-1] or "splat" in row.name or "store" in row.name
    if not access.store and not access.atomic:
        assert row.reads
        assert access.results == (access.type,)


@pytest.mark.parametrize(
    ("name", "code", "params", "results"),
    [
        ("i32.add", 0x6A, ("i32", "i32"), ("i32",)),
        ("i64.eqz", 0x50, ("i64",), ("i32",)),
        ("f64.copysign", 0xA6, ("f64", "f64"), ("f64",)),
        ("i64.extend32_s", 0xC4, ("i64",), ("i64",)),
        ("i64.trunc_sat_f64_u", 0xFC0007, ("f64",), ("i64",)),
        ("i64.mul_wide_u", 0xFC0016, ("i64", "i64"), ("i64", "i64")),
        ("i64.add128", 0xFC0013, ("i64",) * 4, ("i64", "i64")),
        ("i8x16.avgr_u", 0xFD007B, ("v128", "v128"), ("v128",)),
        ("i32x4.dot_i16x8_s", 0xFD00BA, ("v128", "v128"), ("v128",)),
        ("f64x2.convert_low_i32x4_u", 0xFD00FF, ("v128",), ("v128",)),
        ("i32x4.relaxed_dot_i8x16_i7x16_add_s", 0xFD0113, ("v128",) * 3, ("v128",)),
        ("ref.i31", 0xFB001C, ("i32",), (RefType(False, "i31"),)),
        ("array.len", 0xFB000F, (RefType(True, "array"),), ("i32",)),
        ("drop", 0x1A, None, None),
    ],
)
def test_some_rows(name: str, code: int, params: object, results: object) -> None:
    row = BY_NAME[name]
    assert (row.code, row.params, row.results) == (code, params, results)


@pytest.mark.parametrize(
    ("name", "code", "width", "operands", "results"),
    [
        ("i64.load32_u", 0x35, 4, (), ("i64",)),
        ("f32.store", 0x38, 4, ("f32",), ()),
        ("v128.load64_lane", 0xFD0057, 8, ("v128",), ("v128",)),
        ("v128.store8_lane", 0xFD0058, 1, ("v128",), ()),
        ("memory.atomic.wait64", 0xFE0002, 8, ("i64", "i64"), ("i32",)),
        ("i64.atomic.store32", 0xFE001D, 4, ("i64",), ()),
        ("i32.atomic.rmw16.cmpxchg_u", 0xFE004B, 2, ("i32", "i32"), ("i32",)),
        ("i64.atomic.rmw32.cmpxchg_u", 0xFE004E, 4, ("i64", "i64"), ("i64",)),
    ],
)
def test_some_accesses(name: str, code: int, width: int, operands: object, results: object) -> None:
    row = BY_NAME[name]
    assert row.access is not None
    assert (row.code, row.access.width, row.access.operands, row.access.results) == (code, width, operands, results)


def test_constant_instructions() -> None:
    """Spec §3.4.13, and the closing ``end``."""
    assert {row.name for row in ROWS if row.constant} == {
        "i32.const", "i64.const", "f32.const", "f64.const", "v128.const", "i32.add", "i32.sub", "i32.mul", "i64.add",
        "i64.sub", "i64.mul", "ref.null", "ref.func", "ref.i31", "struct.new", "struct.new_default", "array.new",
        "array.new_default", "array.new_fixed", "any.convert_extern", "extern.convert_any", "global.get", "end",
    }  # fmt: skip


def test_effects() -> None:
    def effects(name: str) -> str:
        row = BY_NAME[name]
        flags = {"r": row.reads, "w": row.writes, "t": row.traps, "c": row.calls, "b": row.control}
        return "".join(letter for letter, flag in flags.items() if flag)

    expected = {
        "i32.add": "", "i32.div_u": "t", "f32.div": "", "i32.trunc_f32_s": "t", "i32.trunc_sat_f32_s": "",
        "i32.load": "rt", "i32.store": "wt", "memory.size": "r", "memory.grow": "rw", "memory.copy": "rwt",
        "data.drop": "w", "call": "c", "call_indirect": "rtc", "return_call_ref": "tcb", "unreachable": "tb",
        "br_table": "b", "br_on_cast": "b", "ref.cast": "t", "ref.test": "", "struct.new": "w", "struct.get": "rt",
        "array.copy": "rwt", "i31.get_s": "t", "global.get": "r", "throw": "b", "atomic.fence": "rw",
        "i32.atomic.rmw.add": "rwt", "table.fill": "wt",
    }  # fmt: skip
    assert {name: effects(name) for name in expected} == expected
