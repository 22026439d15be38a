"""Loads, stores, atomics, bulk operations, lanes, tables."""

from __future__ import annotations

import pytest

from tests.unit.binary import build
from tests.unit.binary.build import section, u32
from tests.unit.validate.modules import (
    DATA,
    DATA_COUNT,
    DROP,
    EXTERNREF,
    FUNCREF,
    I32_0,
    I64_0,
    MEMORY,
    MEMORY_64,
    TABLE,
    accept,
    func,
    function,
    refuse,
)

V128_0 = b"\xfd\x0c" + bytes(16)
TWO_MEMORIES = section(build.MEMORY, b"\0\1", b"\4\1")  # the second one is 64-bit
TWO_TABLES = section(build.TABLE, FUNCREF + b"\0\1", EXTERNREF + b"\4\1")
NULL_EXTERN = b"\xd0\x6f"


def memarg(align: int, offset: int = 0) -> bytes:
    return u32(align) + u32(offset)


LOAD, LOAD8, LOAD_LANE = b"\x28", b"\x2c", b"\xfd\x56"
ATOMIC_LOAD = b"\xfe\x10"


def test_access() -> None:
    accept(function(I32_0 + LOAD + memarg(2) + DROP, func(), MEMORY))
    accept(function(I32_0 + I32_0 + b"\x36" + memarg(0), func(), MEMORY))
    refuse(function(I64_0 + LOAD + memarg(2) + DROP, func(), MEMORY), "type mismatch")
    refuse(function(I32_0 + I64_0 + b"\x36" + memarg(0), func(), MEMORY), "type mismatch")
    refuse(function(I32_0 + LOAD + memarg(2) + DROP), "unknown memory 0")


def test_addresses_of_64_bits() -> None:
    accept(function(I64_0 + LOAD + memarg(2, 1 << 33) + DROP, func(), MEMORY_64))
    refuse(function(I32_0 + LOAD + memarg(2) + DROP, func(), MEMORY_64), "type mismatch")
    refuse(function(I32_0 + LOAD + memarg(2, 1 << 32) + DROP, func(), MEMORY), "offset out of range")
    accept(function(I32_0 + LOAD + memarg(2, (1 << 32) - 1) + DROP, func(), MEMORY))


@pytest.mark.parametrize(("code", "natural"), [(LOAD, 2), (LOAD8, 0), (b"\x29", 3), (b"\xfd\0", 4), (b"\xfd\x07", 0)])
def test_alignment(code: bytes, natural: int) -> None:
    for align in range(natural + 1):
        accept(function(I32_0 + code + memarg(align) + DROP, func(), MEMORY))
    for align in (natural + 1, 31, 32, 63):
        refuse(
            function(I32_0 + code + memarg(align) + DROP, func(), MEMORY), "alignment must not be larger than natural"
        )


def test_alignment_of_atomics_is_natural() -> None:
    accept(function(I32_0 + ATOMIC_LOAD + memarg(2) + DROP, func(), MEMORY))
    for align in (0, 1, 3, 63):
        refuse(function(I32_0 + ATOMIC_LOAD + memarg(align) + DROP, func(), MEMORY), "atomic alignment must be natural")


def test_atomic_operands() -> None:
    accept(function(I32_0 + I32_0 + I64_0 + b"\xfe\1" + memarg(2) + DROP, func(), MEMORY))  # memory.atomic.wait32
    accept(function(I32_0 + I64_0 + I64_0 + b"\xfe\x49" + memarg(3) + DROP, func(), MEMORY))  # i64.atomic.rmw.cmpxchg
    refuse(function(I32_0 + I64_0 + b"\xfe\x49" + memarg(3) + DROP, func(), MEMORY), "type mismatch")
    accept(function(b"\xfe\3\0"))  # atomic.fence needs no memory


def test_lane_indices() -> None:
    accept(function(V128_0 + b"\xfd\x15\x0f" + DROP))  # i8x16.extract_lane_s
    refuse(function(V128_0 + b"\xfd\x15\x10" + DROP), "invalid lane index")
    refuse(function(V128_0 + b"\xfd\x1d\2" + DROP), "invalid lane index")  # i64x2.extract_lane
    accept(function(V128_0 + V128_0 + b"\xfd\x0d" + bytes([31] * 16) + DROP))
    refuse(function(V128_0 + V128_0 + b"\xfd\x0d" + bytes([32] * 16) + DROP), "invalid lane index")
    accept(function(I32_0 + V128_0 + LOAD_LANE + memarg(2) + b"\3" + DROP, func(), MEMORY))
    refuse(function(I32_0 + V128_0 + LOAD_LANE + memarg(2) + b"\4" + DROP, func(), MEMORY), "invalid lane index")
    refuse(function(I32_0 + V128_0 + LOAD_LANE + memarg(3) + b"\0" + DROP, func(), MEMORY), "alignment")


def test_memory_size_and_grow() -> None:
    accept(function(b"\x3f\0\x40\0" + DROP, func(), MEMORY))
    accept(function(b"\x3f\0\x40\0" + b"\x50" + DROP, func(), MEMORY_64))  # i64.eqz
    refuse(function(I64_0 + b"\x40\0" + DROP, func(), MEMORY), "type mismatch")
    refuse(function(b"\x3f\1" + DROP, func(), MEMORY), "unknown memory 1")


@pytest.mark.parametrize(
    ("target", "source", "operands"),
    [
        (0, 0, I32_0 + I32_0 + I32_0),
        (0, 1, I32_0 + I64_0 + I32_0),
        (1, 0, I64_0 + I32_0 + I32_0),
        (1, 1, I64_0 + I64_0 + I64_0),
    ],
)
def test_copy_between_index_types(target: int, source: int, operands: bytes) -> None:
    indices = bytes([target, source])
    accept(function(operands + b"\xfc\x0a" + indices, func(), TWO_MEMORIES))
    refuse(function(operands[2:] + b"\xfc\x0a" + indices, func(), TWO_MEMORIES), "type mismatch")
    tables = section(build.TABLE, FUNCREF + b"\0\1", FUNCREF + b"\4\1")
    accept(function(operands + b"\xfc\x0e" + indices, func(), tables))
    refuse(function(operands[2:] + b"\xfc\x0e" + indices, func(), tables), "type mismatch")


def test_data_segments() -> None:
    init = I32_0 * 3 + b"\xfc\x08"
    accept(function(init + b"\0\0", func(), MEMORY, DATA_COUNT, after=[DATA]))
    refuse(function(init + b"\1\0", func(), MEMORY, DATA_COUNT, after=[DATA]), "unknown data segment 1")
    refuse(function(init + b"\0\0", func(), DATA_COUNT, after=[DATA]), "unknown memory 0")
    accept(function(b"\xfc\x09\0", func(), DATA_COUNT, after=[DATA]))
    refuse(function(b"\xfc\x09\1", func(), DATA_COUNT, after=[DATA]), "unknown data segment 1")


def test_fill() -> None:
    accept(function(I64_0 + I32_0 + I64_0 + b"\xfc\x0b\0", func(), MEMORY_64))
    refuse(function(I64_0 + I64_0 + I64_0 + b"\xfc\x0b\0", func(), MEMORY_64), "type mismatch")


def test_table_access() -> None:
    accept(function(I32_0 + I32_0 + b"\x25\0\x26\0", func(), TABLE))
    accept(function(I64_0 + NULL_EXTERN + b"\x26\1", func(), TWO_TABLES))
    refuse(function(I32_0 + NULL_EXTERN + b"\x26\0", func(), TWO_TABLES), "type mismatch")
    refuse(function(I32_0 + b"\x25\2" + DROP, func(), TWO_TABLES), "unknown table 2")


def test_table_operations() -> None:
    accept(function(NULL_EXTERN + I64_0 + b"\xfc\x0f\1\x50" + DROP, func(), TWO_TABLES))  # table.grow, i64.eqz
    accept(function(b"\xfc\x10\1\x50" + DROP, func(), TWO_TABLES))  # table.size
    accept(function(I64_0 + NULL_EXTERN + I64_0 + b"\xfc\x11\1", func(), TWO_TABLES))  # table.fill
    refuse(function(I32_0 + I64_0 + I32_0 + b"\xfc\x0e\0\1", func(), TWO_TABLES), "type mismatch")  # table.copy


def test_element_segments() -> None:
    elements = section(build.ELEMENT, b"\1\0\1\0")  # passive, of function 0
    accept(function(I32_0 * 3 + b"\xfc\x0c\0\0\xfc\x0d\0", func(), TABLE, elements))
    refuse(function(b"\xfc\x0d\1", func(), TABLE, elements), "unknown elem segment 1")
    refuse(function(I32_0 * 3 + b"\xfc\x0c\1\0", func(), TABLE, elements), "unknown elem segment 1")
    refuse(function(I64_0 + I32_0 * 2 + b"\xfc\x0c\0\1", func(), TWO_TABLES, elements), "type mismatch")
