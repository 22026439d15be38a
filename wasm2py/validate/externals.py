"""The rules of tables, memories, globals and tags as such: limits, page sizes, sharing (spec §3.2.12-3.2.16)."""

from __future__ import annotations

from typing import Final

from wasm2py.errors import ValidationError
from wasm2py.types import FUNCREF, PAGE_SIZE, GlobalType, Limits, MemoryType, RefType, TableType, TagType
from wasm2py.validate.typespace import Signature, TypeSpace, need

#: The index types in words, with the greatest index.
_GREATEST: Final = {"i32": ((1 << 32) - 1, "2^32-1"), "i64": ((1 << 64) - 1, "2^64-1")}

#: The greatest number of pages, by index type and page size.
_GREATEST_MEMORY: Final = {
    ("i32", PAGE_SIZE): (1 << 16, "65536 pages (4GiB)"),
    ("i64", PAGE_SIZE): (1 << 48, "2^48 pages (256 TiB) for i64"),
    ("i32", 1): (_GREATEST["i32"][0], "2^32-1 pages of 1 byte for i32"),
    ("i64", 1): (_GREATEST["i64"][0], "2^64-1 pages of 1 byte for i64"),
}


def _check_limits(limits: Limits, greatest: int, message: str) -> None:
    """Limits within a range (spec §3.2.12)."""
    if limits.minimum > greatest or (limits.maximum or 0) > greatest:
        raise ValidationError(message)
    if limits.maximum is not None and limits.minimum > limits.maximum:
        found = f"{limits.minimum} > {limits.maximum}"
        raise ValidationError(f"size minimum must not be greater than maximum: {found}")


def memory_type(types: TypeSpace, type: MemoryType) -> MemoryType:
    """A valid memory type; shared ones must have a maximum (threads proposal)."""
    if type.page_size != PAGE_SIZE:
        need(types.features, "custom-page-sizes", f"a page size of {type.page_size}")
    if (type.index_type, type.page_size) not in _GREATEST_MEMORY:
        raise ValidationError(f"invalid custom page size {type.page_size}, it must be 1 or {PAGE_SIZE}")
    if type.index_type == "i64":
        need(types.features, "memory64", "a 64-bit memory")
    if type.shared:
        need(types.features, "threads", "a shared memory")
        if type.limits.maximum is None:
            raise ValidationError("shared memory must have maximum")
    greatest, words = _GREATEST_MEMORY[type.index_type, type.page_size]
    _check_limits(type.limits, greatest, f"memory size must be at most {words}")
    return type


def table_type(types: TypeSpace, type: TableType) -> TableType:
    """A valid table type with a canonical element type. Tables of functions are older than reference types."""
    if type.index_type == "i64":
        need(types.features, "memory64", "a 64-bit table")
    greatest, words = _GREATEST[type.index_type]
    _check_limits(type.limits, greatest, f"table size must be at most {words} for {type.index_type}")
    element = segment_type(types, FUNCREF) if type.element == FUNCREF else types.reference_type(type.element)
    return TableType(element, type.limits, type.index_type)


def segment_type(types: TypeSpace, type: RefType) -> RefType:
    """The type of an element segment, canonical. Lists of function indices, of type ``(ref func)``, need no feature."""
    if type.heap == "func":
        return types.reference(type.nullable, type.heap)
    return types.reference_type(type)


def global_type(types: TypeSpace, type: GlobalType) -> GlobalType:
    """A valid global type with a canonical value type."""
    return GlobalType(types.value_type(type.value), type.mutable)


def tag_type(types: TypeSpace, type: TagType) -> Signature:
    """The function type of a tag: exceptions carry its parameters, and there are no results (spec §3.2.13)."""
    if "legacy-exceptions" not in types.features:
        need(types.features, "exceptions", "a tag")
    signature = types.function(type.typeidx)
    if signature.results:
        raise ValidationError("non-empty tag result type")
    return signature
