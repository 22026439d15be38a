"""What generated code calls for references, structures and arrays (spec §4.6.3, §4.6.6)."""

from __future__ import annotations

from collections.abc import Sequence
from struct import unpack
from typing import Any, NoReturn

from .errors import (
    AllocationTooLarge,
    ArrayOutOfBounds,
    CastFailure,
    MemoryOutOfBounds,
    NullReference,
    TableOutOfBounds,
)
from .numeric import f32_reinterpret_i32
from .objects import MAXIMUM_ELEMENTS, Array, Host, Struct
from .references import externalised, internalised, is_instance

ref_struct, ref_array, ref_host = Struct, Array, Host
extern_internalised, extern_externalised = internalised, externalised

_NULL_ARRAY = "null array reference"
#: Storage type -> bytes in a data segment, and its format for ``struct``.
_FORMATS = {"i8": (1, "B"), "i16": (2, "H"), "i32": (4, "I"), "i64": (8, "Q"), "f32": (4, "I"), "f64": (8, "d")}


def ref_null_trap() -> NoReturn:
    """A null reference where there must be another one."""
    raise NullReference


def ref_null_i31() -> NoReturn:
    """A null reference where there must be an i31."""
    raise NullReference("null i31 reference")


def ref_null_function(*arguments: object) -> NoReturn:
    """What is called in place of a null reference."""
    raise NullReference("null function reference")


def ref_cast_failure() -> NoReturn:
    """``ref.cast`` of a reference that is not of the type."""
    raise CastFailure


def ref_never(ref: Any) -> bool:
    """Whether a reference belongs to a type that nothing belongs to."""
    return False


def ref_is_function(ref: Any, type: Any) -> bool:
    """Whether a reference is a function of a type or of one below it."""
    return ref is not None and is_instance(ref, type)


def ref_i31(number: int) -> int:
    """``ref.i31``."""
    return ((number + 0x40000000) & 0x7FFFFFFF) - 0x40000000


def _checked(count: int) -> int:
    if count > MAXIMUM_ELEMENTS:
        raise AllocationTooLarge
    return count


def array_new(type: Any, value: Any, count: int) -> Any:
    """``array.new``."""
    return type([value] * _checked(count))


def array_new_data(type: Any, data: bytes, start: int, count: int) -> Any:
    """``array.new_data``."""
    return type(_elements(type, data, start, count))


def array_new_elem(type: Any, references: Sequence[Any], start: int, count: int) -> Any:
    """``array.new_elem``."""
    if start + count > len(references):
        raise TableOutOfBounds
    return type(list(references[start : start + _checked(count)]))


def _elements(type: Any, data: bytes, start: int, count: int) -> list[Any]:
    """Elements from the bytes of a data segment."""
    storage = type.type.field.storage
    width, format = _FORMATS.get(storage, (16, ""))
    end = start + count * width
    if end > len(data):
        raise MemoryOutOfBounds
    _checked(count)
    if storage == "v128":
        return [int.from_bytes(data[at : at + 16], "little") for at in range(start, end, 16)]
    numbers = list(unpack(f"<{count}{format}", data[start:end]))
    return list(map(f32_reinterpret_i32, numbers)) if storage == "f32" else numbers


def _range(array: Any, start: int, count: int) -> list[Any]:
    """The list of an array that has these elements; traps otherwise."""
    if array is None:
        raise NullReference(_NULL_ARRAY)
    elements: list[Any] = array.a
    if start + count > len(elements):
        raise ArrayOutOfBounds
    return elements


def array_fill(array: Any, start: int, value: Any, count: int) -> None:
    """``array.fill``."""
    _range(array, start, count)[start : start + count] = [value] * count


def array_copy(target: Any, start: int, source: Any, source_start: int, count: int) -> None:
    """``array.copy``; the arrays may be the same one and the ranges overlap."""
    if target is None or source is None:
        raise NullReference(_NULL_ARRAY)
    elements = _range(target, start, count)
    elements[start : start + count] = _range(source, source_start, count)[source_start : source_start + count]


def array_init_data(data: bytes, array: Any, start: int, data_start: int, count: int) -> None:
    """``array.init_data``."""
    elements = _range(array, start, count)
    elements[start : start + count] = _elements(type(array), data, data_start, count)


def array_init_elem(references: Sequence[Any], array: Any, start: int, first: int, count: int) -> None:
    """``array.init_elem``."""
    elements = _range(array, start, count)
    if first + count > len(references):
        raise TableOutOfBounds
    elements[start : start + count] = references[first : first + count]
