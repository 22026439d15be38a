"""When types are equal: canonical indices across recursion groups (spec §3.1.3 "Rolling and Unrolling").

Types are equal if their recursion groups are equal and they have the same place in them. Two groups are equal if they
are written alike once a reference into the group itself is its place there and a reference out of it is the canonical
index of that type. So a group has a key, keys are hashed, and all of it takes time linear in the type section.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wasm2py.types import ArrayType, CompositeType, FieldType, FuncType, SubType, ValType

#: Part of a key: nested tuples of names, numbers and truth values.
Key = Any


def group_key(group: Sequence[SubType], first: int, canonical: Sequence[int]) -> Key:
    """The key of the group whose first type has the index ``first``; equal groups have equal keys.

    ``canonical`` gives the canonical index of every earlier type. Places in the group are negative numbers.
    """

    def index(typeidx: int) -> int:
        return canonical[typeidx] if typeidx < first else ~(typeidx - first)

    return tuple([_subtype(entry, index) for entry in group])


def _subtype(entry: SubType, index: Callable[[int], int]) -> Key:
    supertypes = tuple(map(index, entry.supertypes))
    return entry.final, supertypes, _composite(entry.composite, index)


def _composite(composite: CompositeType, index: Callable[[int], int]) -> Key:
    if isinstance(composite, FuncType):
        results = tuple([_value(type, index) for type in composite.results])
        return "func", tuple([_value(type, index) for type in composite.params]), results
    if isinstance(composite, ArrayType):
        return "array", _field(composite.field, index)
    return "struct", tuple([_field(field, index) for field in composite.fields])


def _field(field: FieldType, index: Callable[[int], int]) -> Key:
    return field.mutable, _value(field.storage, index)


def _value(type: ValType, index: Callable[[int], int]) -> Key:
    if isinstance(type, str):
        return type
    return type.nullable, index(type.heap) if isinstance(type.heap, int) else type.heap
