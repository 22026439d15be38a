"""The runtime of wasm2py: what generated modules need, and the objects their users make and share.

It has no dependencies and runs on Python 3.9 and later and on PyPy.
"""

from __future__ import annotations

from ._version import __version__
from .boundary import host_function
from .errors import (
    AllocationTooLarge,
    ArrayOutOfBounds,
    CastFailure,
    ExhaustionError,
    ExpectedSharedMemory,
    IndirectCallTypeMismatch,
    IntegerDivideByZero,
    IntegerOverflow,
    InternalError,
    InvalidCodePoint,
    InvalidConversion,
    LimitError,
    LinkError,
    MemoryOutOfBounds,
    NullReference,
    OutOfBoundsError,
    Stopped,
    StringOutOfBounds,
    TableOutOfBounds,
    Trap,
    UnalignedAtomic,
    UndefinedElement,
    UninitializedElement,
    UnknownImport,
    UnreachableTrap,
)
from .exceptions import Tag, WasmException
from .global_ import Global
from .imports import Export, Import
from .limits import memory_limits
from .linker import Linker
from .memory import Memory
from .rec_groups import ArrayType, FieldType, StructType
from .stack import set_call_depth
from .table import Table
from .types import FuncType, GlobalType, MemoryType, RefType, TableType, TagType

__all__ = [
    "AllocationTooLarge",
    "ArrayOutOfBounds",
    "ArrayType",
    "CastFailure",
    "ExhaustionError",
    "ExpectedSharedMemory",
    "Export",
    "FieldType",
    "FuncType",
    "Global",
    "GlobalType",
    "Import",
    "IndirectCallTypeMismatch",
    "IntegerDivideByZero",
    "IntegerOverflow",
    "InternalError",
    "InvalidCodePoint",
    "InvalidConversion",
    "LimitError",
    "LinkError",
    "Linker",
    "Memory",
    "MemoryOutOfBounds",
    "MemoryType",
    "NullReference",
    "OutOfBoundsError",
    "RefType",
    "Stopped",
    "StringOutOfBounds",
    "StructType",
    "Table",
    "TableOutOfBounds",
    "TableType",
    "Tag",
    "TagType",
    "Trap",
    "UnalignedAtomic",
    "UndefinedElement",
    "UninitializedElement",
    "UnknownImport",
    "UnreachableTrap",
    "WasmException",
    "__version__",
    "host_function",
    "memory_limits",
    "set_call_depth",
]
