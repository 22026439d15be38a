"""Blocks, branches and calls; operands, also those of unreachable code."""

from __future__ import annotations

import pytest

from tests.unit.binary import build
from tests.unit.binary.build import section, u32
from tests.unit.validate.modules import (
    DROP,
    EMPTY,
    END,
    F32_0,
    F64,
    I32,
    I32_0,
    I64,
    I64_0,
    TABLE,
    UNREACHABLE,
    accept,
    func,
    function,
    refuse,
)

I32_ADD, I32_EQZ = b"\x6a", b"\x45"
RESULT = func(results=[I32])


def block(body: bytes, type: bytes = EMPTY, opcode: bytes = b"\x02") -> bytes:
    return opcode + type + body + END


@pytest.mark.parametrize(
    "body",
    [
        b"",
        I32_0 + DROP,
        I32_0 + I32_0 + I32_ADD + DROP,
        block(b""),
        block(I32_0, I32) + DROP,
        block(b"\x0c\0", opcode=b"\x03"),
        I32_0 + block(b"\x01\x05\x01", opcode=b"\x04"),
        I32_0 + block(I32_0 + b"\x05" + I32_0, I32, b"\x04") + DROP,
        block(I32_0 + b"\x0c\0", I32) + DROP,
        block(I32_0 + I32_0 + b"\x0d\0", I32) + DROP,
        I32_0 + b"\x0e\2\0\0\0",
        b"\x0f",
        b"\x0f" + I32_ADD + DROP,
        UNREACHABLE,
        UNREACHABLE + I32_ADD + DROP,
        UNREACHABLE + I32_0 + I32_ADD + DROP,
        UNREACHABLE + b"\x1b" + I32_EQZ + DROP,
        UNREACHABLE + b"\x0d\0",
        block(UNREACHABLE, I32) + DROP,
        b"\x10\0",
        b"\x12\0",
    ],
)
def test_accepted(body: bytes) -> None:
    accept(function(body))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (DROP, "type mismatch: instruction requires an operand but stack has []"),
        (I32_0, "type mismatch: block requires [] but stack has [i32]"),
        (I32_0 + I64_0 + I32_ADD, "type mismatch: instruction requires [i32 i32] but stack has [i32 i64]"),
        (I32_0 + I32_ADD, "type mismatch: instruction requires [i32 i32] but stack has [i32]"),
        (block(b"", I32) + DROP, "type mismatch: instruction requires [i32] but stack has []"),
        (I32_0 + block(DROP), "type mismatch"),
        (block(I32_0 + I32_0, I32) + DROP, "type mismatch: block requires [i32] but stack has [i32 i32]"),
        (block(I64_0, I32) + DROP, "type mismatch"),
        (I64_0 + block(b"", opcode=b"\x04"), "type mismatch"),
        (I32_0 + block(I32_0, I32, b"\x04") + DROP, "type mismatch: if without else requires [i32]"),
        (I32_0 + block(I32_0 + b"\x05" + I64_0, I32, b"\x04") + DROP, "type mismatch"),
        (b"\x0c\1", "unknown label 1"),
        (I32_0 + b"\x0d\5", "unknown label 5"),
        (I32_0 + b"\x0e\1\7\0", "unknown label 7"),
        (I32_0 + b"\x0e\1\0\7", "unknown label 7"),
        (block(I32_0 + I32_0 + b"\x0e\1\0\1", I32) + DROP, "type mismatch"),
        (block(b"\x0c\0", I32) + DROP, "type mismatch"),
        (UNREACHABLE + I64_0 + I32_ADD + DROP, "type mismatch"),
        (UNREACHABLE + I32_0, "type mismatch"),
        (UNREACHABLE + I32_0 + I64_0 + I32_0 + b"\x1b" + DROP, "type mismatch"),
        (b"\x10\1", "unknown function 1"),
        (b"\x12\1", "unknown function 1"),
        (b"\x02\5" + END, "unknown type 5"),
        (b"\x11\0\0", "unknown table 0"),
    ],
)
def test_refused(body: bytes, message: str) -> None:
    refuse(function(body), message)


def test_block_with_parameters() -> None:
    types = [func([I32, I32], [I32])]
    accept(function(I32_0 + I32_0 + b"\x02\1" + I32_ADD + END + DROP, types=types))
    accept(function(I32_0 + I32_0 + b"\x03\1\x0c\0" + END + DROP, types=types))
    refuse(function(I32_0 + b"\x02\1" + I32_ADD + END + DROP, types=types), "type mismatch")
    refuse(function(b"\x02\1" + END, types=[b"\x5f\0"]), "non-function type 1")


def test_if_without_else_passes_its_parameters() -> None:
    body = I32_0 + I32_0 + b"\x04\1" + END + DROP
    accept(function(body, types=[func([I32], [I32])]))
    refuse(function(body, types=[func([I32], [I64])]), "type mismatch")


def test_targets_of_br_table_have_the_same_number_of_operands() -> None:
    body = b"\x02" + I32 + UNREACHABLE + b"\x0e\1\0\1" + END + DROP
    refuse(function(body), "type mismatch: label requires [i32]")


def test_targets_of_br_table_in_unreachable_code_may_differ_in_type() -> None:
    body = b"\x02" + I32 + b"\x02" + F64 + UNREACHABLE + b"\x0e\1\0\1" + END + DROP + I32_0 + END + DROP
    accept(function(body))


def test_results_of_the_function() -> None:
    accept(function(I32_0, RESULT))
    accept(function(I32_0 + b"\x0f", RESULT))
    accept(function(I32_0 + b"\x0c\0", RESULT))
    refuse(function(F32_0, RESULT), "type mismatch: instruction requires [i32] but stack has [f32]")
    refuse(function(b"\x0f", RESULT), "type mismatch")


def test_call_indirect() -> None:
    accept(function(I32_0 + b"\x11\0\0", func(), TABLE))
    refuse(function(I64_0 + b"\x11\0\0", func(), TABLE), "type mismatch")
    refuse(function(I32_0 + b"\x11\4\0", func(), TABLE), "unknown type 4")
    externs = section(build.TABLE, b"\x6f\0\1")
    refuse(function(I32_0 + b"\x11\0\0", func(), externs), "type mismatch: instruction requires table of function type")


def test_tail_call_returns_what_the_caller_does() -> None:
    accept(function(I32_0 + b"\x13\0\0", RESULT, TABLE))
    refuse(
        function(I32_0 + b"\x13\1\0", RESULT, TABLE, types=[func(results=[I64])]),
        "type mismatch: current function requires result type [i32] but callee returns [i64]",
    )


@pytest.mark.parametrize("depth", [100_000])
def test_deep_nesting(depth: int) -> None:
    accept(function(b"\x02\x40" * depth + b"\x0c" + u32(depth) + END * depth))
