"""The typed model of a module (spec §2.5 "Modules"), as the decoder makes it and every later stage reads it.

All index spaces put imports before definitions. Nothing here is validated: that is ``wasm2py.validate``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Union

from wasm2py.instruction import Instruction
from wasm2py.types import (
    GlobalType,
    MemoryType,
    RefType,
    SubType,
    TableType,
    TagType,
    ValType,
)

ExternKind = Literal["func", "table", "memory", "global", "tag"]
SegmentMode = Literal["active", "passive", "declarative"]


#: A constant expression or function body: instructions, the closing ``end`` included.
Expr = Sequence[Instruction]


@dataclass(frozen=True)
class Import:
    module: str
    name: str
    kind: ExternKind
    #: a type index for functions, else the type itself
    type: Union[int, TableType, MemoryType, GlobalType, TagType]
    offset: int = 0


@dataclass(frozen=True)
class Export:
    name: str
    kind: ExternKind
    index: int
    offset: int = 0


@dataclass(frozen=True)
class Function:
    """A function that the module defines. ``locals`` is run-length: (count, type), parameters not included."""

    typeidx: int
    locals: tuple[tuple[int, ValType], ...]
    body: Expr
    offset: int  # of the code entry's first byte after its size
    size: int  # bytes of the code entry


@dataclass(frozen=True)
class Table:
    type: TableType
    init: Expr | None = None
    offset: int = 0


@dataclass(frozen=True)
class Global:
    type: GlobalType
    init: Expr
    offset: int = 0


@dataclass(frozen=True)
class ElementSegment:
    """``items`` are constant expressions; function indices are given as ``ref.func x end``."""

    mode: SegmentMode
    type: RefType
    items: tuple[Expr, ...]
    table: int = 0
    offset_expr: Expr | None = None
    offset: int = 0


@dataclass(frozen=True)
class DataSegment:
    mode: SegmentMode
    data: bytes
    memory: int = 0
    offset_expr: Expr | None = None
    offset: int = 0


@dataclass(frozen=True)
class CustomSection:
    name: str
    data: bytes
    offset: int
    #: id of the last non-custom section before it, 0 if none
    after: int = 0


@dataclass(frozen=True)
class Module:
    types: tuple[SubType, ...] = ()
    #: (first type index, length) of each recursion group, in order
    rec_groups: tuple[tuple[int, int], ...] = ()
    imports: tuple[Import, ...] = ()
    functions: tuple[Function, ...] = ()
    tables: tuple[Table, ...] = ()
    memories: tuple[MemoryType, ...] = ()
    tags: tuple[TagType, ...] = ()
    globals: tuple[Global, ...] = ()
    exports: tuple[Export, ...] = ()
    start: int | None = None
    elements: tuple[ElementSegment, ...] = ()
    datas: tuple[DataSegment, ...] = ()
    data_count: int | None = None
    customs: tuple[CustomSection, ...] = ()
    #: parsed custom sections by name: "name" -> NameSection, "producers", "target_features", "dylink.0",
    #: "metadata.code.branch_hint" (absent where the section is absent or malformed)
    parsed_customs: Mapping[str, Any] = field(default_factory=dict)
    #: what was wrong with ignorable custom sections, for `inspect`
    warnings: tuple[str, ...] = ()
    size: int = 0

    def imported(self, kind: ExternKind) -> list[Import]:
        """The imports of one kind, in the order of its index space."""
        return [entry for entry in self.imports if entry.kind == kind]
