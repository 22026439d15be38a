"""What the rules know about a module: its index spaces (spec §3.1.6 "Contexts")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from wasm2py.errors import ValidationError
from wasm2py.types import GlobalType, MemoryType, RefType, TableType
from wasm2py.validate.typespace import Signature, TypeSpace

T = TypeVar("T")


class Context:
    """The index spaces of a module, imports first; all value types are those of ``types``.

    It is filled as the sections are checked, so that a constant expression sees just what is in its scope.
    """

    def __init__(self, types: TypeSpace) -> None:
        self.types = types
        self.features = types.features
        #: the type index of each function, and its type
        self.functions: list[int] = []
        self.signatures: list[Signature] = []
        self.tables: list[TableType] = []
        self.memories: list[MemoryType] = []
        self.tags: list[Signature] = []
        self.globals: list[GlobalType] = []
        self.imported_globals = 0
        #: the type of each element segment
        self.elements: list[RefType] = []
        self.data_count = 0
        #: the functions that bodies may refer to by ref.func (the spec's C.refs)
        self.declared: set[int] = set()

    def function_reference(self, funcidx: int) -> RefType:
        """The type of a reference to a function."""
        return self.types.reference(False, lookup(self.functions, funcidx, "function"))

    def check_data(self, dataidx: int) -> None:
        """Data segments have no type; it is enough that there is one."""
        if dataidx >= self.data_count:
            raise ValidationError(f"unknown data segment {dataidx}")


def lookup(space: Sequence[T], index: int, what: str) -> T:
    """The entry of an index space."""
    if index >= len(space):
        raise ValidationError(f"unknown {what} {index}")
    return space[index]
