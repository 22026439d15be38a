"""Structures and arrays (spec §3.4.7 "Aggregate Reference Instructions")."""

from __future__ import annotations

from wasm2py.errors import ValidationError
from wasm2py.instruction import Opcode
from wasm2py.types import PACKED_TYPES, FieldType, RefType, ValType
from wasm2py.validate.context import lookup
from wasm2py.validate.implementation_limits import MAX_ARRAY_OPERANDS, at_most
from wasm2py.validate.lattice import defaultable
from wasm2py.validate.operands import Operands, mismatch
from wasm2py.validate.registry import rule
from wasm2py.validate.typespace import unpacked


def _new(v: Operands, typeidx: int) -> ValType:
    """The type of a fresh structure or array."""
    return v.context.types.reference(False, typeidx)


def _object(v: Operands, typeidx: int) -> ValType:
    """The type of the operand that is a structure or array, or null."""
    return v.context.types.reference(True, typeidx)


def _check_sign(opcode: Opcode, field: FieldType, what: str) -> None:
    """Packed fields are read with ``_s`` or ``_u``, others without."""
    packed = field.storage in PACKED_TYPES
    if packed != opcode.name.endswith(("_s", "_u")):
        raise ValidationError(f"{what} is {'packed' if packed else 'unpacked'}, of type {field.storage}")


# Structures


def _field(v: Operands, typeidx: int, fieldidx: int) -> FieldType:
    return lookup(v.context.types.struct(typeidx).fields, fieldidx, "field")


@rule("struct.new")
def struct_new(v: Operands, opcode: Opcode, typeidx: int) -> None:
    v.apply(v.context.types.field_types(typeidx), [_new(v, typeidx)])


@rule("struct.new_default")
def struct_new_default(v: Operands, opcode: Opcode, typeidx: int) -> None:
    fieldidx = v.context.types.undefaultable_field(typeidx)
    if fieldidx is not None:
        type = v.context.types.field_types(typeidx)[fieldidx]
        raise ValidationError(f"field type is not defaultable: field {fieldidx} of type {type}")
    v.push(_new(v, typeidx))


@rule("struct.get", "struct.get_s", "struct.get_u")
def struct_get(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    field = _field(v, *immediate)
    _check_sign(opcode, field, "field")
    v.apply([_object(v, immediate[0])], [unpacked(field)])


@rule("struct.set")
def struct_set(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    field = _field(v, *immediate)
    if not field.mutable:
        raise ValidationError(f"immutable field {immediate[1]}")
    v.apply([_object(v, immediate[0]), unpacked(field)], [])


# Arrays


def _mutable_array(v: Operands, typeidx: int) -> FieldType:
    """The field of an array type that may be written to."""
    field = v.context.types.array(typeidx)
    if not field.mutable:
        raise ValidationError(f"immutable array of type {typeidx}")
    return field


def _check_data(v: Operands, field: FieldType, dataidx: int) -> None:
    """Arrays of numbers and vectors can be made of bytes."""
    v.context.check_data(dataidx)
    if isinstance(field.storage, RefType):
        raise ValidationError(f"array type is not numeric or vector but {field.storage}")


def _check_elements(v: Operands, field: FieldType, elemidx: int) -> None:
    """Arrays of references can be made of element segments."""
    segment = lookup(v.context.elements, elemidx, "elem segment")
    if not v.context.types.matches(segment, field.storage):
        raise mismatch(str(field.storage), str(segment), "array", "element segment")


@rule("array.new")
def array_new(v: Operands, opcode: Opcode, typeidx: int) -> None:
    v.apply([unpacked(v.context.types.array(typeidx)), "i32"], [_new(v, typeidx)])


@rule("array.new_default")
def array_new_default(v: Operands, opcode: Opcode, typeidx: int) -> None:
    field = v.context.types.array(typeidx)
    if not defaultable(field.storage):
        raise ValidationError(f"array type is not defaultable: {field.storage}")
    v.apply(["i32"], [_new(v, typeidx)])


@rule("array.new_fixed")
def array_new_fixed(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    typeidx, count = immediate
    field = v.context.types.array(typeidx)
    at_most(MAX_ARRAY_OPERANDS, count, "operands of array.new_fixed")
    v.apply([unpacked(field)] * count, [_new(v, typeidx)])


@rule("array.new_data")
def array_new_data(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    typeidx, dataidx = immediate
    _check_data(v, v.context.types.array(typeidx), dataidx)
    v.apply(["i32", "i32"], [_new(v, typeidx)])


@rule("array.new_elem")
def array_new_elem(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    typeidx, elemidx = immediate
    _check_elements(v, v.context.types.array(typeidx), elemidx)
    v.apply(["i32", "i32"], [_new(v, typeidx)])


@rule("array.get", "array.get_s", "array.get_u")
def array_get(v: Operands, opcode: Opcode, typeidx: int) -> None:
    field = v.context.types.array(typeidx)
    _check_sign(opcode, field, "array")
    v.apply([_object(v, typeidx), "i32"], [unpacked(field)])


@rule("array.set")
def array_set(v: Operands, opcode: Opcode, typeidx: int) -> None:
    field = _mutable_array(v, typeidx)
    v.apply([_object(v, typeidx), "i32", unpacked(field)], [])


@rule("array.fill")
def array_fill(v: Operands, opcode: Opcode, typeidx: int) -> None:
    field = _mutable_array(v, typeidx)
    v.apply([_object(v, typeidx), "i32", unpacked(field), "i32"], [])


@rule("array.copy")
def array_copy(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    target, source = immediate
    field = _mutable_array(v, target)
    other = v.context.types.array(source)
    if not v.context.types.matches(other.storage, field.storage):
        raise ValidationError(f"array types do not match: {other.storage} into {field.storage}")
    v.apply([_object(v, target), "i32", _object(v, source), "i32", "i32"], [])


@rule("array.init_data")
def array_init_data(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    typeidx, dataidx = immediate
    _check_data(v, _mutable_array(v, typeidx), dataidx)
    v.apply([_object(v, typeidx), "i32", "i32", "i32"], [])


@rule("array.init_elem")
def array_init_elem(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    typeidx, elemidx = immediate
    _check_elements(v, _mutable_array(v, typeidx), elemidx)
    v.apply([_object(v, typeidx), "i32", "i32", "i32"], [])
