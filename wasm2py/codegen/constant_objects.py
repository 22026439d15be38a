"""Structures, arrays and conversions in constant expressions (spec §3.4.13)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from wasm2py.codegen import pyast as py
from wasm2py.codegen.cells import Cells
from wasm2py.ir.signatures import unpacked_types
from wasm2py.types import FieldType, RefType

#: the number of operands, and what makes the expression of them
Emitter = tuple[int, Callable[[list[ast.expr]], ast.expr]]

_PACKED_BITS: dict[object, int] = {"i8": 8, "i16": 16}


def _stored(value: ast.expr, field: FieldType) -> ast.expr:
    bits = _PACKED_BITS.get(field.storage)
    return value if bits is None else py.binary(value, py.AND, py.integer((1 << bits) - 1))


def _default(field: FieldType, cells: Cells) -> ast.expr:
    """The default value of a field (spec §4.2.1)."""
    [type] = unpacked_types([field])
    if isinstance(type, RefType):
        return py.constant(None)
    return py.constant(0.0 if type.startswith("f") else 0)


def _helper(cells: Cells, name: str, arguments: list[ast.expr]) -> ast.expr:
    cells.helpers.add(name)
    return py.call(name, arguments)


def _struct_new(typeidx: int, cells: Cells) -> Emitter:
    fields = cells.spaces.fields(typeidx)
    type = cells.type_(typeidx)
    return len(fields), lambda operands: py.call(type, list(map(_stored, operands, fields)))


def _struct_new_default(typeidx: int, cells: Cells) -> Emitter:
    values = [_default(field, cells) for field in cells.spaces.fields(typeidx)]
    type = cells.type_(typeidx)
    return 0, lambda operands: py.call(type, values)


def _array_new(typeidx: int, cells: Cells) -> Emitter:
    [field] = cells.spaces.fields(typeidx)
    type = py.name(cells.type_(typeidx))
    return 2, lambda operands: _helper(cells, "array_new", [type, _stored(operands[0], field), operands[1]])


def _array_new_default(typeidx: int, cells: Cells) -> Emitter:
    [field] = cells.spaces.fields(typeidx)
    type = py.name(cells.type_(typeidx))
    return 1, lambda operands: _helper(cells, "array_new", [type, _default(field, cells), operands[0]])


def _array_new_fixed(immediate: tuple[int, int], cells: Cells) -> Emitter:
    typeidx, count = immediate
    [field] = cells.spaces.fields(typeidx)
    type = cells.type_(typeidx)
    return count, lambda operands: py.call(type, [ast.List([_stored(each, field) for each in operands], py.LOAD)])


def _helper_of(name: str) -> Callable[[Any, Cells], Emitter]:
    return lambda immediate, cells: (1, lambda operands: _helper(cells, name, operands))


AGGREGATES: dict[str, Callable[[Any, Cells], Emitter]] = {
    "struct.new": _struct_new,
    "struct.new_default": _struct_new_default,
    "array.new": _array_new,
    "array.new_default": _array_new_default,
    "array.new_fixed": _array_new_fixed,
    "ref.i31": _helper_of("ref_i31"),
    "any.convert_extern": _helper_of("extern_internalised"),
    "extern.convert_any": _helper_of("extern_externalised"),
}
