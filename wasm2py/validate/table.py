"""Table instructions (spec §3.4.4 "Table Instructions")."""

from __future__ import annotations

from wasm2py.instruction import Opcode
from wasm2py.types import RefType, TableType
from wasm2py.validate.context import lookup
from wasm2py.validate.memory import smaller
from wasm2py.validate.operands import Operands, mismatch
from wasm2py.validate.registry import IMMEDIATE_CHECKS, rule


def _table(v: Operands, tableidx: int) -> TableType:
    return lookup(v.context.tables, tableidx, "table")


def _segment(v: Operands, elemidx: int) -> RefType:
    """The type of an element segment."""
    return lookup(v.context.elements, elemidx, "elem segment")


def check_elements(v: Operands, source: RefType, target: TableType, what: str) -> None:
    """What is copied into a table matches its element type."""
    if not v.context.types.matches(source, target.element):
        raise mismatch(str(target.element), str(source), "table", what)


@rule("table.get")
def table_get(v: Operands, opcode: Opcode, tableidx: int) -> None:
    table = _table(v, tableidx)
    v.apply([table.index_type], [table.element])


@rule("table.set")
def table_set(v: Operands, opcode: Opcode, tableidx: int) -> None:
    table = _table(v, tableidx)
    v.apply([table.index_type, table.element], [])


@rule("table.size")
def table_size(v: Operands, opcode: Opcode, tableidx: int) -> None:
    v.push(_table(v, tableidx).index_type)


@rule("table.grow")
def table_grow(v: Operands, opcode: Opcode, tableidx: int) -> None:
    table = _table(v, tableidx)
    v.apply([table.element, table.index_type], [table.index_type])


@rule("table.fill")
def table_fill(v: Operands, opcode: Opcode, tableidx: int) -> None:
    table = _table(v, tableidx)
    v.apply([table.index_type, table.element, table.index_type], [])


@rule("table.copy")
def table_copy(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    target, source = (_table(v, tableidx) for tableidx in immediate)
    check_elements(v, source.element, target, "the other table")
    length = smaller(target.index_type, source.index_type)
    v.apply([target.index_type, source.index_type, length], [])


@rule("table.init")
def table_init(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    elemidx, tableidx = immediate
    table = _table(v, tableidx)
    check_elements(v, _segment(v, elemidx), table, "element segment")
    v.apply([table.index_type, "i32", "i32"], [])


def element_index(v: Operands, opcode: Opcode, elemidx: int) -> None:
    """``elem.drop``."""
    _segment(v, elemidx)


IMMEDIATE_CHECKS["elemidx",] = element_index
