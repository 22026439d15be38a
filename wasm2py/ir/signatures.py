"""How many operands an instruction takes and what it gives, where the table leaves that to the immediates."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Optional

from wasm2py.instruction import Opcode
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.types import PACKED_TYPES, FieldType, RefType, ValType

#: operands of the instructions that are polymorphic in the table
_OPERANDS = {
    "global.get": 0, "global.set": 1, "table.get": 1, "table.set": 2, "table.size": 0, "table.grow": 2,
    "table.fill": 3, "table.copy": 3, "table.init": 3, "elem.drop": 0, "ref.is_null": 1, "ref.func": 0,
    "ref.as_non_null": 1, "ref.test": 1, "ref.test_null": 1, "ref.cast": 1, "ref.cast_null": 1,
    "struct.get": 1, "struct.get_s": 1, "struct.get_u": 1, "struct.set": 2,
    "array.new": 2, "array.new_data": 2, "array.new_elem": 2, "array.get": 2, "array.get_s": 2, "array.get_u": 2,
    "array.set": 3, "array.fill": 4, "array.copy": 5, "array.init_data": 4, "array.init_elem": 4,
    "memory.size": 0, "memory.grow": 1, "memory.fill": 3, "memory.copy": 3, "memory.init": 3, "data.drop": 0,
}  # fmt: skip


def _unpacked(field: FieldType) -> ValType:
    """The type of a field as an operand."""
    return "i32" if field.storage in PACKED_TYPES else field.storage


_RESULTS: dict[str, Callable[[Any, IndexSpaces], ValType]] = {
    "global.get": lambda index, spaces: spaces.globals[index].value,
    "table.get": lambda index, spaces: spaces.tables[index].element,
    "table.size": lambda index, spaces: spaces.tables[index].index_type,
    "table.grow": lambda index, spaces: spaces.tables[index].index_type,
    "ref.is_null": lambda immediate, spaces: "i32",
    "ref.func": lambda index, spaces: RefType(False, spaces.functions[index]),
    "ref.test": lambda immediate, spaces: "i32",
    "ref.test_null": lambda immediate, spaces: "i32",
    "ref.cast": lambda heap, spaces: RefType(False, heap),
    "ref.cast_null": lambda heap, spaces: RefType(True, heap),
    "struct.get": lambda immediate, spaces: _unpacked(spaces.fields(immediate[0])[immediate[1]]),
    "struct.get_s": lambda immediate, spaces: "i32",
    "struct.get_u": lambda immediate, spaces: "i32",
    "array.new": lambda index, spaces: RefType(False, index),
    "array.new_data": lambda immediate, spaces: RefType(False, immediate[0]),
    "array.new_elem": lambda immediate, spaces: RefType(False, immediate[0]),
    "array.get": lambda index, spaces: _unpacked(spaces.fields(index)[0]),
    "array.get_s": lambda index, spaces: "i32",
    "array.get_u": lambda index, spaces: "i32",
    "memory.size": lambda index, spaces: spaces.memories[index].index_type,
    "memory.grow": lambda index, spaces: spaces.memories[index].index_type,
}


def unpacked_types(fields: Iterable[FieldType]) -> list[ValType]:
    """The types of fields as operands."""
    return [_unpacked(field) for field in fields]


def operand_count(opcode: Opcode) -> int:
    """The number of operands on the stack."""
    if opcode.params is not None:
        return len(opcode.params)
    if opcode.access is not None:
        return 1 + len(opcode.access.operands)
    return _OPERANDS[opcode.name]


def result_type(opcode: Opcode, immediate: Any = None, spaces: Optional[IndexSpaces] = None) -> Optional[ValType]:
    """The type of the one result, None if there is none; the table may leave it to immediate and spaces."""
    if opcode.results is not None:
        return opcode.results[0] if opcode.results else None
    if opcode.access is not None:
        return opcode.access.results[0] if opcode.access.results else None
    result = _RESULTS.get(opcode.name)
    if result is None:
        return None
    assert spaces is not None
    return result(immediate, spaces)
