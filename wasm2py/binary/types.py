"""Reading types (spec §5.3 "Types")."""

from __future__ import annotations

from typing import Final

from wasm2py.binary.reader import Reader
from wasm2py.types import (
    PAGE_SIZE,
    ArrayType,
    CompositeType,
    FieldType,
    FuncType,
    GlobalType,
    HeapType,
    IndexType,
    Limits,
    MemoryType,
    RefType,
    StructType,
    SubType,
    TableType,
    TagType,
    ValType,
)

# The type codes are negative numbers of 7 bits in the spec's words; here they are the bytes.
HEAP_TYPES: Final[dict[int, str]] = {
    0x74: "noexn", 0x73: "nofunc", 0x72: "noextern", 0x71: "none", 0x70: "func", 0x6F: "extern",
    0x6E: "any", 0x6D: "eq", 0x6C: "i31", 0x6B: "struct", 0x6A: "array", 0x69: "exn",
}  # fmt: skip

#: The value types of one byte.
VALUE_TYPES: Final[dict[int, ValType]] = {
    0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128",
    **{code: RefType(True, heap) for code, heap in HEAP_TYPES.items()},
}  # fmt: skip
PACKED_TYPES: Final[dict[int, ValType]] = {0x78: "i8", 0x77: "i16"}

REF, REF_NULL = 0x64, 0x63
FUNC, STRUCT, ARRAY, SUB, SUB_FINAL, REC = 0x60, 0x5F, 0x5E, 0x50, 0x4F, 0x4E

# Bits of the flags of limits (spec §5.3.11; threads and custom-page-sizes proposals).
HAS_MAXIMUM, SHARED, INDEX_64, CUSTOM_PAGE_SIZE = 1, 2, 4, 8


def heaptype(reader: Reader) -> HeapType:
    """An abstract heap type, or a type index as a positive s33."""
    start = reader.pos
    abstract = HEAP_TYPES.get(reader.byte())
    if abstract is not None:
        return abstract
    reader.pos = start
    index = reader.s33()
    if index < 0:
        raise reader.error("malformed heap type", start)
    return index


def valtype(reader: Reader) -> ValType:
    """A number, vector or reference type."""
    code = reader.code()
    known = VALUE_TYPES.get(code)
    if known is not None:
        return known
    if code in (REF, REF_NULL):
        return RefType(code == REF_NULL, heaptype(reader))
    raise reader.error("malformed value type", reader.pos - 1)


def reftype(reader: Reader) -> RefType:
    start = reader.pos
    code = reader.code()
    known = VALUE_TYPES.get(code)
    if isinstance(known, RefType):
        return known
    if code in (REF, REF_NULL):
        return RefType(code == REF_NULL, heaptype(reader))
    raise reader.error("malformed reference type", start)


def blocktype(reader: Reader) -> ValType | int | None:
    """The type of a block (spec §5.4.1): nothing, one result, or a type index as a positive s33."""
    start = reader.pos
    code = reader.byte()
    if code == 0x40:
        return None
    if code < 0x40:
        return code
    reader.pos = start
    if code < 0x80:
        return valtype(reader)
    index = reader.s33()
    if index < 0:
        raise reader.error("malformed block type", start)
    return index


def mutability(reader: Reader) -> bool:
    code = reader.byte()
    if code > 1:
        raise reader.error("malformed mutability", reader.pos - 1)
    return code == 1


def fieldtype(reader: Reader) -> FieldType:
    packed = PACKED_TYPES.get(reader.peek() or 0)
    if packed is None:
        return FieldType(valtype(reader), mutability(reader))
    reader.byte()
    return FieldType(packed, mutability(reader))


def comptype(reader: Reader) -> CompositeType:
    """A composite type (spec §5.3.8)."""
    code = reader.code()
    if code == FUNC:
        return FuncType(reader.vec(valtype), reader.vec(valtype))
    if code == STRUCT:
        return StructType(reader.vec(fieldtype))
    if code == ARRAY:
        return ArrayType(fieldtype(reader))
    raise reader.error("malformed definition type", reader.pos - 1)


def subtype(reader: Reader) -> SubType:
    """A type with its supertypes; without the prefix it is final and has none (spec §5.3.9)."""
    code = reader.peek()
    if code not in (SUB, SUB_FINAL):
        return SubType(True, (), comptype(reader))
    reader.byte()
    return SubType(code == SUB_FINAL, reader.vec(Reader.u32), comptype(reader))


def rectype(reader: Reader) -> tuple[SubType, ...]:
    """A recursion group (spec §5.3.9)."""
    if reader.peek() != REC:
        return (subtype(reader),)
    reader.byte()
    return reader.vec(subtype)


def _limits(reader: Reader, allowed: int) -> tuple[int, Limits, IndexType]:
    """Flags, limits and index type (spec §5.3.11). The flags are one byte, not LEB128."""
    flags = reader.byte()
    if flags & ~allowed:
        raise reader.error("malformed limits flags", reader.pos - 1)
    minimum = reader.u64()
    maximum = reader.u64() if flags & HAS_MAXIMUM else None
    return flags, Limits(minimum, maximum), "i64" if flags & INDEX_64 else "i32"


def memorytype(reader: Reader) -> MemoryType:
    flags, limits, index_type = _limits(reader, HAS_MAXIMUM | SHARED | INDEX_64 | CUSTOM_PAGE_SIZE)
    page_size = _page_size(reader) if flags & CUSTOM_PAGE_SIZE else PAGE_SIZE
    return MemoryType(limits, bool(flags & SHARED), index_type, page_size)


def _page_size(reader: Reader) -> int:
    """The exponent of a page size; which sizes are allowed is for validation to say."""
    start = reader.pos
    exponent = reader.u32()
    if exponent >= 64:
        raise reader.error("invalid custom page size", start)
    return 1 << exponent


def tabletype(reader: Reader) -> TableType:
    element = reftype(reader)
    _, limits, index_type = _limits(reader, HAS_MAXIMUM | INDEX_64)
    return TableType(element, limits, index_type)


def globaltype(reader: Reader) -> GlobalType:
    return GlobalType(valtype(reader), mutability(reader))


def tagtype(reader: Reader) -> TagType:
    reader.zero()
    return TagType(reader.u32())
