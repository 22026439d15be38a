"""Structures and arrays (spec §4.6.6): objects with a slot for each field, or with a list of elements ``a``.

An attribute of None raises AttributeError, an index past the end IndexError: both become traps at the boundary.
"""

from __future__ import annotations

import ast

from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import integer, obj, statement
from wasm2py.ir import Value
from wasm2py.ir.spaces import MAXIMUM_ELEMENTS
from wasm2py.types import FieldType

_BITS: dict[object, int] = {"i8": 8, "i16": 16, "i32": 32, "i64": 64}


def _stored(e: Expressions, user: Value, index: int, field: FieldType) -> ast.expr:
    """An operand as a field holds it: canonical; of a packed one the low bits."""
    if field.storage in ("i8", "i16"):
        return forms.unsigned(e.held(user, index), _BITS[field.storage]).node
    return e.plain(user, index)


def _loaded(e: Expressions, value: Value, node: ast.expr, field: FieldType) -> Held:
    """What is read from an integer field."""
    bits = _BITS[field.storage]
    held = Held(node, 0, (1 << bits) - 1)
    return e.resigned(held, bits) if value.op.name.endswith("_s") else held


def _plains(e: Expressions, value: Value, first: int = 0) -> list[ast.expr]:
    return [e.plain(value, index) for index in range(first, len(value.args))]


# Structures ---------------------------------------------------------------------------------------------------------


@obj("struct.new")
def _struct_new(e: Expressions, value: Value) -> ast.expr:
    fields = e.cells.spaces.fields(value.immediate)
    return py.call(e.cells.type_(value.immediate), [_stored(e, value, at, field) for at, field in enumerate(fields)])


def _slot(e: Expressions, value: Value) -> tuple[ast.Attribute, FieldType]:
    typeidx, at = value.immediate
    return ast.Attribute(e.object(value.args[0]), f"f{at}", py.LOAD), e.cells.spaces.fields(typeidx)[at]


@integer("struct.get", "struct.get_s", "struct.get_u")
def _struct_get_integer(e: Expressions, value: Value) -> Held:
    return _loaded(e, value, *_slot(e, value))


@obj("struct.get")
def _struct_get(e: Expressions, value: Value) -> ast.expr:
    return _slot(e, value)[0]


@statement("struct.set")
def _struct_set(e: Expressions, value: Value) -> list[ast.stmt]:
    slot, field = _slot(e, value)
    return [ast.Assign([ast.Attribute(slot.value, slot.attr, py.STORE)], _stored(e, value, 1, field))]


# Arrays -------------------------------------------------------------------------------------------------------------


def _list(e: Expressions, value: Value) -> ast.expr:
    return ast.Attribute(e.object(value.args[0]), "a", py.LOAD)


def _element(e: Expressions, value: Value) -> ast.Subscript:
    return ast.Subscript(_list(e, value), e.unsigned(value, 1).node, py.LOAD)


@obj("array.new")
def _array_new(e: Expressions, value: Value) -> ast.expr:
    [field] = e.cells.spaces.fields(value.immediate)
    type = py.name(e.cells.type_(value.immediate))
    return e.helper("array_new", type, _stored(e, value, 0, field), e.unsigned(value, 1).node)


@obj("array.new_fixed")
def _array_new_fixed(e: Expressions, value: Value) -> ast.expr:
    [field] = e.cells.spaces.fields(value.immediate[0])
    elements = [_stored(e, value, at, field) for at in range(len(value.args))]
    return py.call(e.cells.type_(value.immediate[0]), [ast.List(elements, py.LOAD)])


@obj("array.new_data", "array.new_elem")
def _array_new_segment(e: Expressions, value: Value) -> ast.expr:
    typeidx, segment = value.immediate
    kind = value.op.name[-4:]
    arguments = [py.name(e.cells.type_(typeidx)), py.name(e.cell(f"{kind}{segment}")), *_plains(e, value)]
    return e.helper(f"array_new_{kind}", *arguments)


@integer("array.get", "array.get_s", "array.get_u")
def _array_get_integer(e: Expressions, value: Value) -> Held:
    return _loaded(e, value, _element(e, value), e.cells.spaces.fields(value.immediate)[0])


@obj("array.get")
def _array_get(e: Expressions, value: Value) -> ast.expr:
    return _element(e, value)


@integer("array.len")
def _array_len(e: Expressions, value: Value) -> Held:
    return Held(py.call("len", [_list(e, value)]), 0, MAXIMUM_ELEMENTS)


@statement("array.set")
def _array_set(e: Expressions, value: Value) -> list[ast.stmt]:
    [field] = e.cells.spaces.fields(value.immediate)
    return [py.assign_element(_element(e, value), _stored(e, value, 2, field))]


@statement("array.fill")
def _array_fill(e: Expressions, value: Value) -> list[ast.stmt]:
    [field] = e.cells.spaces.fields(value.immediate)
    ref, start, _, count = _plains(e, value)
    return [ast.Expr(e.helper("array_fill", ref, start, _stored(e, value, 2, field), count))]


@statement("array.copy")
def _array_copy(e: Expressions, value: Value) -> list[ast.stmt]:
    return [ast.Expr(e.helper("array_copy", *_plains(e, value)))]


@statement("array.init_data", "array.init_elem")
def _array_init(e: Expressions, value: Value) -> list[ast.stmt]:
    kind = value.op.name[-4:]
    segment = py.name(e.cell(f"{kind}{value.immediate[1]}"))
    return [ast.Expr(e.helper(f"array_init_{kind}", segment, *_plains(e, value)))]
