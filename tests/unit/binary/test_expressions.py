"""Instructions: each form of immediate, nesting, opcodes that there are none of (spec §5.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.binary import build
from wasm2py.binary import decode
from wasm2py.errors import DecodeError
from wasm2py.instruction import Catch, Instruction, MemArg
from wasm2py.types import FUNCREF, RefType


def body(code: bytes) -> list[Instruction]:
    """The instructions, without the last ``end``."""
    *instructions, end = decode(build.function(code)).functions[0].body
    assert end.opcode.name == "end"
    return instructions


def refused(code: bytes) -> str:
    with pytest.raises(DecodeError) as caught:
        decode(build.function(code))
    return caught.value.message


@pytest.mark.parametrize(
    ("code", "name", "immediate"),
    [
        (b"\x01", "nop", None),
        (b"\x0c\x85\x01", "br", 133),
        (b"\x0e\x02\x01\x02\x03", "br_table", ((1, 2), 3)),
        (b"\x0e\x00\x00", "br_table", ((), 0)),
        (b"\x11\x05\x01", "call_indirect", (5, 1)),
        (b"\x1b", "select", None),
        (b"\x1c\x01\x7f", "select_t", ("i32",)),
        (b"\x28\x02\x84\x01", "i32.load", MemArg(2, 132, 0)),
        (b"\x29\x43\x07\x00", "i64.load", MemArg(3, 0, 7)),
        (b"\x29\x03" + b"\xff" * 9 + b"\x01", "i64.load", MemArg(3, 2**64 - 1, 0)),
        (b"\x3f\x01", "memory.size", 1),
        (b"\x41\x7f", "i32.const", -1),
        (b"\x42\x80\x7f", "i64.const", -128),
        (b"\x43\x01\x00\xa0\x7f", "f32.const", 0x7FA00001),
        (b"\x44" + bytes(range(8)), "f64.const", 0x0706050403020100),
        (b"\xd0\x6f", "ref.null", "extern"),
        (b"\xd0\x05", "ref.null", 5),
        (b"\xd0\xc0\x00", "ref.null", 64),
        (b"\xd6\x02", "br_on_non_null", 2),
        (b"\xfb\x02\x01\x03", "struct.get", (1, 3)),
        (b"\xfb\x08\x01\x80\x01", "array.new_fixed", (1, 128)),
        (b"\xfb\x09\x01\x02", "array.new_data", (1, 2)),
        (b"\xfb\x15\x6e", "ref.test_null", "any"),
        (b"\xfb\x18\x01\x05\x6e\x6c", "br_on_cast", (5, RefType(True, "any"), RefType(False, "i31"))),
        (b"\xfb\x19\x02\x05\x03\x6c", "br_on_cast_fail", (5, RefType(False, 3), RefType(True, "i31"))),
        (b"\xfc\x08\x03\x01", "memory.init", (3, 1)),
        (b"\xfc\x0a\x01\x02", "memory.copy", (1, 2)),
        (b"\xfc\x0c\x03\x01", "table.init", (3, 1)),
        (b"\xfc\x88\x80\x00\x03\x01", "memory.init", (3, 1)),  # the number after the prefix is any LEB128
        (b"\xfc\x16", "i64.mul_wide_u", None),
        (b"\xfd\x0c\x01" + bytes(14) + b"\x80", "v128.const", 1 | 0x80 << 120),
        (b"\xfd\x0d" + bytes(range(16)), "i8x16.shuffle", tuple(range(16))),
        (b"\xfd\x15\xff", "i8x16.extract_lane_s", 255),  # one byte, not LEB128
        (b"\xfd\x54\x00\x04\x0f", "v128.load8_lane", (MemArg(0, 4, 0), 15)),
        (b"\xfd\x80\x02", "i8x16.relaxed_swizzle", None),
        (b"\xfe\x03\x00", "atomic.fence", None),
        (b"\xfe\x4e\x02\x00", "i64.atomic.rmw32.cmpxchg_u", MemArg(2, 0, 0)),
    ],
)
def test_immediates(code: bytes, name: str, immediate: Any) -> None:
    (instruction,) = body(code)
    assert instruction.opcode.name == name
    assert instruction.immediate == immediate


@pytest.mark.parametrize(
    ("code", "immediate"),
    [
        (b"\x40", None),
        (b"\x7f", "i32"),
        (b"\x70", FUNCREF),
        (b"\x63\x05", RefType(True, 5)),
        (b"\x64\x70", RefType(False, "func")),
        (b"\x05", 5),
        (b"\x80\x01", 128),
    ],
)
def test_block_types(code: bytes, immediate: Any) -> None:
    assert body(b"\x02" + code + b"\x0b")[0].immediate == immediate


def test_try_table() -> None:
    code = b"\x1f\x40\x04" + b"\x00\x01\x02" + b"\x01\x03\x04" + b"\x02\x05" + b"\x03\x06" + b"\x0b"
    assert body(code)[0].immediate == (
        None,
        (Catch("catch", 1, 2), Catch("catch_ref", 3, 4), Catch("catch_all", None, 5), Catch("catch_all_ref", None, 6)),
    )
    assert refused(b"\x1f\x40\x01\x04\x00\x0b") == "malformed catch clause"


def test_offsets() -> None:
    data = build.function(b"\x41\x05\x1a")
    for instruction in decode(data).functions[0].body:
        assert data[instruction.offset] == instruction.opcode.code


@pytest.mark.parametrize(
    "code", [b"\xff", b"\x27", b"\x16", b"\xc5", b"\xe0", b"\xfb\x1f", b"\xfc\x12", b"\xfd\x9a\x01"]
)
def test_illegal_opcodes(code: bytes) -> None:
    assert refused(code).startswith("illegal opcode ")


def test_number_after_prefix_is_not_cut() -> None:
    """0xFC 0x1_0008 is not memory.init, though its low bits are."""
    assert refused(b"\xfc\x88\x80\x04\0\0") == "illegal opcode fc 10008"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (b"\x28\x80\x01\x00", "malformed memop flags"),
        (b"\xd0\x7f", "malformed heap type"),
        (b"\xd0\x40", "malformed heap type"),
        (b"\x02\x60\x0b", "malformed value type"),
        (b"\x02\x80\x40\x0b", "malformed block type"),  # a negative number of two bytes
        (b"\x1c\x01\x80", "integer representation too long"),
        (b"\xfe\x03\x01", "zero byte expected"),
        (b"\xfb\x18\x04\x00\x6e\x6e", "malformed br_on_cast flags"),
    ],
)
def test_malformed_immediates(code: bytes, message: str) -> None:
    assert refused(code) == message


@pytest.mark.parametrize(
    "code",
    [
        b"\x02\x40\x0b",
        b"\x04\x40\x0b",
        b"\x04\x40\x05\x0b",
        b"\x04\x40\x04\x40\x05\x0b\x05\x0b",
        b"\x06\x40\x0b",
        b"\x06\x40\x07\x00\x07\x01\x19\x0b",
        b"\x06\x40\x18\x00",
        b"\x06\x40\x06\x40\x18\x00\x0b",
        b"\x02\x40" * 100_000 + b"\x0b" * 100_000,
    ],
    ids=["block", "if", "else", "inner-else", "try", "catch", "delegate", "inner-delegate", "deep"],
)
def test_nesting(code: bytes) -> None:
    assert body(code)


@pytest.mark.parametrize(
    "code",
    [
        b"\x05",
        b"\x02\x40\x05\x0b",
        b"\x04\x40\x05\x05\x0b",
        b"\x07\x00",
        b"\x02\x40\x19\x0b",
        b"\x06\x40\x19\x07\x00\x0b",
        b"\x06\x40\x07\x00\x18\x00",
        b"\x18\x00",
        b"\x1f\x40\x00\x19\x0b",
    ],
)
def test_misplaced_parts(code: bytes) -> None:
    assert refused(code) == "END opcode expected"


def test_missing_end() -> None:
    sections = build.NO_TYPE, build.section(build.FUNCTION, b"\0")
    with pytest.raises(DecodeError, match="unexpected end of section or function"):
        decode(build.module(*sections, build.section(build.CODE, b"\x02\0\x01")))
    with pytest.raises(DecodeError, match="section size mismatch"):
        decode(build.module(*sections, build.section(build.CODE, b"\x02\0\x01"), b"\x0b\x01\x00"))


def test_one_end_too_many() -> None:
    assert refused(b"\x0b") == "section size mismatch"
