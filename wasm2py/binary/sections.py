"""Reading the entries of every section but the custom ones (spec §5.5 "Modules")."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from wasm2py.binary import types
from wasm2py.binary.expressions import expression
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.binary.reader import Reader
from wasm2py.instruction import Instruction
from wasm2py.module import (
    DataSegment,
    ElementSegment,
    Export,
    ExternKind,
    Global,
    Import,
    SegmentMode,
    Table,
)
from wasm2py.types import FUNCREF, RefType, TableType, ValType

EXTERN_KINDS: Final[tuple[ExternKind, ...]] = ("func", "table", "memory", "global", "tag")
FUNCTION_REFERENCE: Final = RefType(False, "func")


def rec_groups(groups: tuple[tuple[object, ...], ...]) -> tuple[tuple[int, int], ...]:
    """(first type index, length) of each recursion group."""
    lengths = [len(group) for group in groups]
    return tuple(zip(accumulate(lengths, initial=0), lengths))


def import_(reader: Reader) -> Import:
    """An import (spec §5.5.5)."""
    offset = reader.pos
    module, name = reader.name(), reader.name()
    code = reader.byte()
    if code == 0:
        return Import(module, name, "func", reader.u32(), offset)
    if code == 1:
        return Import(module, name, "table", types.tabletype(reader), offset)
    if code == 2:
        return Import(module, name, "memory", types.memorytype(reader), offset)
    if code == 3:
        return Import(module, name, "global", types.globaltype(reader), offset)
    if code == 4:
        return Import(module, name, "tag", types.tagtype(reader), offset)
    raise reader.error("malformed import kind", reader.pos - 1)


def table(reader: Reader) -> Table:
    """A table (spec §5.5.7); 0x40 0x00 before it says that an initial value follows it."""
    offset = reader.pos
    if reader.peek() != 0x40:
        return Table(types.tabletype(reader), None, offset)
    reader.byte()
    reader.zero()
    type_: TableType = types.tabletype(reader)
    return Table(type_, expression(reader), offset)


def global_(reader: Reader) -> Global:
    offset = reader.pos
    return Global(types.globaltype(reader), expression(reader), offset)


def export(reader: Reader) -> Export:
    offset = reader.pos
    name = reader.name()
    code = reader.byte()
    if code >= len(EXTERN_KINDS):
        raise reader.error("malformed export kind", reader.pos - 1)
    return Export(name, EXTERN_KINDS[code], reader.u32(), offset)


def element(reader: Reader) -> ElementSegment:
    """An element segment (spec §5.5.12).

    Bit 0 of its kind: not active. Bit 1: an explicit table if active, declarative if not. Bit 2: expressions, not
    function indices. Kinds 0 and 4 have neither a table index nor a type.
    """
    offset = reader.pos
    kind = reader.u32()
    if kind > 7:
        raise reader.error("malformed elements segment kind", offset)
    mode: SegmentMode = "active" if not kind & 1 else "declarative" if kind & 2 else "passive"
    table_index = reader.u32() if mode == "active" and kind & 2 else 0
    offset_expr = expression(reader) if mode == "active" else None
    if kind & 4:
        type_ = types.reftype(reader) if kind & 3 else FUNCREF
        items = reader.vec(expression)
    else:
        type_ = _element_kind(reader) if kind & 3 else FUNCTION_REFERENCE
        items = reader.vec(_function_item)
    return ElementSegment(mode, type_, items, table_index, offset_expr, offset)


def _element_kind(reader: Reader) -> RefType:
    if reader.byte() != 0:
        raise reader.error("malformed element kind", reader.pos - 1)
    return FUNCTION_REFERENCE


def _function_item(reader: Reader) -> tuple[Instruction, ...]:
    """A function index, as the expression that it stands for."""
    offset = reader.pos
    index = reader.u32()
    return Instruction(BY_NAME["ref.func"], index, offset), Instruction(BY_NAME["end"], None, offset)


def data(reader: Reader) -> DataSegment:
    """A data segment (spec §5.5.14)."""
    offset = reader.pos
    kind = reader.u32()
    if kind > 2:
        raise reader.error("malformed data segment kind", offset)
    memory = reader.u32() if kind == 2 else 0
    offset_expr = None if kind == 1 else expression(reader)
    contents = reader.bytes(reader.length())
    return DataSegment("passive" if kind == 1 else "active", contents, memory, offset_expr, offset)


def code(reader: Reader) -> tuple[tuple[tuple[int, ValType], ...], tuple[Instruction, ...], int, int]:
    """An entry of the code section (spec §5.5.13): locals, body, offset, size."""
    size = reader.length()
    start = reader.pos
    locals_ = _locals(reader)
    body = expression(reader)
    if reader.pos != start + size:
        raise reader.error("section size mismatch", start)
    return locals_, body, start, size


def _locals(reader: Reader) -> tuple[tuple[int, ValType], ...]:
    """The locals, run-length encoded as they are in the binary: 2^32-1 of them take no more room than one."""
    start = reader.pos
    runs = reader.vec(_run)
    if sum(count for count, _ in runs) >= 1 << 32:
        raise reader.error("too many locals", start)
    return runs


def _run(reader: Reader) -> tuple[int, ValType]:
    return reader.u32(), types.valtype(reader)
