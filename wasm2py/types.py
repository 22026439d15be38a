"""The types of WebAssembly, as values (spec §2.3 "Types").

Number, vector and packed types are plain strings (``"i32"``, ``"v128"``, ``"i8"``), because they are
compared and printed far more often than they are taken apart. Everything with parts is a frozen dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Union

#: An abstract heap type by its name, or a concrete one by its type index.
HeapType = Union[str, int]
IndexType = Literal["i32", "i64"]

PAGE_SIZE = 65536
PACKED_TYPES = ("i8", "i16")


@dataclass(frozen=True)
class RefType:
    """A reference type: ``(ref null? heaptype)``."""

    nullable: bool
    heap: HeapType

    def __str__(self) -> str:
        if self.nullable and isinstance(self.heap, str):
            return {"none": "nullref", "nofunc": "nullfuncref", "noextern": "nullexternref",
                    "noexn": "nullexnref"}.get(self.heap, self.heap + "ref")  # fmt: skip
        return f"(ref {'null ' if self.nullable else ''}{self.heap})"


#: ``"i32"`` … ``"v128"`` or a RefType. (Packed ``"i8"``/``"i16"`` only as storage of fields.)
ValType = Union[str, RefType]

FUNCREF = RefType(True, "func")
EXTERNREF = RefType(True, "extern")


@dataclass(frozen=True)
class FuncType:
    params: tuple[ValType, ...]
    results: tuple[ValType, ...]

    def __str__(self) -> str:
        return f"[{' '.join(map(str, self.params))}] -> [{' '.join(map(str, self.results))}]"


@dataclass(frozen=True)
class FieldType:
    storage: ValType  # may be "i8" or "i16"
    mutable: bool


@dataclass(frozen=True)
class StructType:
    fields: tuple[FieldType, ...]


@dataclass(frozen=True)
class ArrayType:
    field: FieldType


CompositeType = Union[FuncType, StructType, ArrayType]


@dataclass(frozen=True)
class SubType:
    """An entry of the type index space; its recursion group is in ``Module.rec_groups``."""

    final: bool
    supertypes: tuple[int, ...]
    composite: CompositeType


@dataclass(frozen=True)
class Limits:
    minimum: int
    maximum: int | None


@dataclass(frozen=True)
class MemoryType:
    limits: Limits  # in pages of `page_size` bytes
    shared: bool = False
    index_type: IndexType = "i32"
    page_size: int = PAGE_SIZE


@dataclass(frozen=True)
class TableType:
    element: RefType
    limits: Limits  # in elements
    index_type: IndexType = "i32"


@dataclass(frozen=True)
class GlobalType:
    value: ValType
    mutable: bool


@dataclass(frozen=True)
class TagType:
    typeidx: int
