"""The rules of the type section (spec §3.2.10, §3.2.11): indices in scope, supertypes, and what they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wasm2py.errors import ValidationError
from wasm2py.module import Module
from wasm2py.types import ArrayType, CompositeType, FieldType, FuncType, HeapType, RefType, StructType, SubType, ValType
from wasm2py.validate.implementation_limits import (
    MAX_FIELDS,
    MAX_PARAMETERS,
    MAX_RESULTS,
    MAX_SUBTYPING_DEPTH,
    MAX_TYPES,
    at_most,
)
from wasm2py.validate.recursion import Key, group_key
from wasm2py.validate.typespace import Composite, TypeSpace, need


def type_space(module: Module, features: frozenset[str]) -> TypeSpace:
    """The type index space of the module, which is checked as it grows by one recursion group after the other."""
    at_most(MAX_TYPES, len(module.types), "types")
    section = _TypeSection(TypeSpace(features), module.types)
    for first, length in module.rec_groups:
        try:
            section.add(first, length)
        except ValidationError as error:
            place = f"type {first}" if length == 1 else f"types {first} to {first + length - 1}"
            raise ValidationError(f"{error.message}, in {place}") from None
    return section.space


class _TypeSection:
    """The type section, while it is read from front to back."""

    def __init__(self, space: TypeSpace, types: Sequence[SubType]) -> None:
        self.space = space
        self.types = types
        self.groups: dict[Key, int] = {}
        #: how many types there are above each
        self.depths: list[int] = []

    def add(self, first: int, length: int) -> None:
        """Check a recursion group and add its types."""
        space = self.space
        end = first + length
        if length != 1:
            need(space.features, "gc", "a recursion group")
        group = self.types[first:end]
        for typeidx, entry in enumerate(group, first):
            self._check_scope(typeidx, entry, end)
        equal = self.groups.setdefault(group_key(group, first, space.canonical), first)
        space.canonical += range(equal, equal + length)
        for entry in group:
            self._define(entry)
        for typeidx, entry in enumerate(group, first):
            self._check_supertype(typeidx, entry)

    def _check_scope(self, typeidx: int, entry: SubType, end: int) -> None:
        """Types may refer to earlier types and to their own group; supertypes come before."""
        if not entry.final or entry.supertypes or not isinstance(entry.composite, FuncType):
            need(self.space.features, "gc", "a structure, array or subtype")
        if len(entry.supertypes) > 1:
            raise ValidationError("sub type has more than one super type")
        for heap in (*entry.supertypes, *_heap_types(entry.composite)):
            if isinstance(heap, int) and heap >= end:
                raise ValidationError(f"unknown type {heap}")
            if isinstance(heap, int) and heap >= typeidx:
                need(self.space.features, "gc", "a recursive type")
        for supertype in entry.supertypes:
            if supertype >= typeidx:
                raise ValidationError(f"forward use of type {supertype} in sub type definition")

    def _define(self, entry: SubType) -> None:
        """Enter a type, which is in scope now."""
        space = self.space
        composite = self._composite(entry.composite)
        space.composites.append(composite)
        if entry.supertypes:
            supertype = entry.supertypes[0]
            space.above.append(space.canonical[supertype])
            self.depths.append(self.depths[supertype] + 1)
        else:
            space.above.append(_kind(composite))
            self.depths.append(0)
        at_most(MAX_SUBTYPING_DEPTH, self.depths[-1], "super types above each other")

    def _composite(self, composite: CompositeType) -> Composite:
        """The composite type with canonical value types."""
        if isinstance(composite, FuncType):
            at_most(MAX_PARAMETERS, len(composite.params), "parameters")
            at_most(MAX_RESULTS, len(composite.results), "results")
            if len(composite.results) > 1:
                need(self.space.features, "multi-value", "a function with several results")
            return self.space.signature(composite)
        if isinstance(composite, ArrayType):
            return ArrayType(self._field(composite.field))
        at_most(MAX_FIELDS, len(composite.fields), "fields")
        return StructType(tuple([self._field(field) for field in composite.fields]))

    def _field(self, field: FieldType) -> FieldType:
        return FieldType(self.space.value_type(field.storage), field.mutable)

    def _check_supertype(self, typeidx: int, entry: SubType) -> None:
        """A supertype is not final, and the type matches it (spec §3.2.11)."""
        space = self.space
        for supertype in entry.supertypes:
            if self.types[supertype].final:
                raise ValidationError(f"sub type {typeidx} has final super type {supertype}")
            if not space.composite_matches(space.composites[typeidx], space.composites[supertype]):
                raise ValidationError(f"sub type {typeidx} does not match super type {supertype}")


def _kind(composite: Composite) -> str:
    """The abstract heap type right above a composite type that has no supertype."""
    if isinstance(composite, StructType):
        return "struct"
    return "array" if isinstance(composite, ArrayType) else "func"


def _heap_types(composite: CompositeType) -> Iterator[HeapType]:
    """The heap types of all references in a composite type."""
    for type in _storage_types(composite):
        if isinstance(type, RefType):
            yield type.heap


def _storage_types(composite: CompositeType) -> Iterator[ValType]:
    if isinstance(composite, FuncType):
        yield from composite.params
        yield from composite.results
    elif isinstance(composite, ArrayType):
        yield composite.field.storage
    else:
        yield from (field.storage for field in composite.fields)
