"""Memory instructions, atomic ones included (spec §3.4.5; threads proposal)."""

from __future__ import annotations

from functools import cache
from typing import Final

from wasm2py.errors import ValidationError
from wasm2py.instruction import MemArg, Opcode
from wasm2py.types import IndexType, MemoryType
from wasm2py.validate.context import lookup
from wasm2py.validate.lattice import shared
from wasm2py.validate.operands import Operands
from wasm2py.validate.registry import ACCESS_CHECKS, IMMEDIATE_CHECKS, rule
from wasm2py.validate.typespace import Signature

_VECTOR_WIDTH: Final = 16


def _memory(v: Operands, memidx: int) -> MemoryType:
    return lookup(v.context.memories, memidx, "memory")


def smaller(first: IndexType, second: IndexType) -> IndexType:
    """The type of a length that has to fit two index types (spec §3.4.5, "memory.copy")."""
    return "i64" if first == second == "i64" else "i32"


@cache
def _signature(opcode: Opcode, index_type: IndexType) -> Signature:
    """The operands and results of an access to a memory with this index type."""
    assert opcode.access is not None
    return Signature(shared((index_type, *opcode.access.operands)), shared(opcode.access.results))


def access(v: Operands, opcode: Opcode, memarg: MemArg) -> None:
    """Loads, stores and atomics: alignment, offset, and an address of the memory's index type."""
    align, offset, memidx = memarg
    memory = _memory(v, memidx)
    _check_alignment(opcode, align)
    if offset >> 32 and memory.index_type == "i32":
        raise ValidationError(f"offset out of range: {offset} for a 32-bit memory")
    params, results = _signature(opcode, memory.index_type)
    v.apply(params, results)


def _check_alignment(opcode: Opcode, align: int) -> None:
    """At most the width of the access; just that for atomics."""
    shape = opcode.access
    assert shape is not None
    if 1 << align == shape.width:
        return
    if shape.atomic:
        raise ValidationError(f"atomic alignment must be natural: {shape.width} expected, found {1 << align}")
    if 1 << align > shape.width:
        found = f"{shape.width} at most, found {1 << align}"
        raise ValidationError(f"alignment must not be larger than natural: {found}")


def lane_access(v: Operands, opcode: Opcode, immediate: tuple[MemArg, int]) -> None:
    """Loads and stores of one lane of a vector."""
    memarg, lane = immediate
    assert opcode.access is not None
    access(v, opcode, memarg)
    check_lane(lane, _VECTOR_WIDTH // opcode.access.width)


def check_lane(lane: int, lanes: int) -> None:
    if lane >= lanes:
        raise ValidationError(f"invalid lane index {lane}: there are {lanes} lanes")


ACCESS_CHECKS["memarg",] = access
ACCESS_CHECKS["memarg", "laneidx"] = lane_access


@rule("memory.size")
def memory_size(v: Operands, opcode: Opcode, memidx: int) -> None:
    v.push(_memory(v, memidx).index_type)


@rule("memory.grow")
def memory_grow(v: Operands, opcode: Opcode, memidx: int) -> None:
    index = _memory(v, memidx).index_type
    v.apply([index], [index])


@rule("memory.fill")
def memory_fill(v: Operands, opcode: Opcode, memidx: int) -> None:
    index = _memory(v, memidx).index_type
    v.apply([index, "i32", index], [])


@rule("memory.copy")
def memory_copy(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    target, source = (_memory(v, memidx).index_type for memidx in immediate)
    v.apply([target, source, smaller(target, source)], [])


@rule("memory.init")
def memory_init(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    dataidx, memidx = immediate
    index = _memory(v, memidx).index_type
    v.context.check_data(dataidx)
    v.apply([index, "i32", "i32"], [])


def data_index(v: Operands, opcode: Opcode, dataidx: int) -> None:
    """``data.drop``."""
    v.context.check_data(dataidx)


IMMEDIATE_CHECKS["dataidx",] = data_index
