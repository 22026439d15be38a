"""The types of one module: which are equal, which match, and one object for each value type (spec §3.3)."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Optional, Union

from wasm2py.errors import ValidationError
from wasm2py.types import PACKED_TYPES, ArrayType, FieldType, FuncType, HeapType, RefType, StructType, ValType
from wasm2py.validate.lattice import ABOVE, ABSTRACT, BOTTOM, LEAST, TOP, defaultable, feature_of


class Signature(NamedTuple):
    """A function type, or the type of an instruction or block; equal result types are the same list.

    Lists, because operands are compared with slices of the stack; nobody changes them.
    """

    params: list[ValType]
    results: list[ValType]


#: A composite type whose value types are the canonical objects.
Composite = Union[Signature, StructType, ArrayType]

EMPTY: Final = Signature([], [])


def need(features: frozenset[str], feature: str, what: object) -> None:
    """Refuse something that came with a feature which is switched off."""
    if feature not in features:
        raise ValidationError(f"feature {feature} is not enabled, which {what} needs")


def unpacked(field: FieldType) -> ValType:
    """The type of a field as an operand."""
    return "i32" if field.storage in PACKED_TYPES else field.storage


class TypeSpace:
    """The type index space, and the rules of equality and matching.

    Everything in it is canonical: a concrete heap type is the least index of an equal type, and a value type that
    went through ``value_type`` is the same object whenever it is equal.
    """

    def __init__(self, features: frozenset[str]) -> None:
        self.features = features
        #: type index -> least index of an equal type; as long as the types known so far
        self.canonical: list[int] = []
        #: type index -> what is directly above it: a canonical type index or an abstract heap type
        self.above: list[HeapType] = []
        #: type index -> composite type
        self.composites: list[Composite] = []
        self._references: dict[tuple[bool, HeapType], RefType] = dict(ABSTRACT)
        self._admitted: dict[Any, ValType] = {}
        self._result_types: dict[tuple[ValType, ...], list[ValType]] = {}
        self._block_types: dict[Any, Signature] = {None: EMPTY}
        # Both are here because a structure may have many fields and be made in many places.
        self._field_types: dict[int, list[ValType]] = {}
        self._undefaultable_fields: dict[int, Optional[int]] = {}

    def heap_type(self, heap: HeapType) -> HeapType:
        """A heap type with the canonical index."""
        if isinstance(heap, str):
            return heap
        if heap >= len(self.canonical):
            raise ValidationError(f"unknown type {heap}")
        return self.canonical[heap]

    def reference(self, nullable: bool, heap: HeapType) -> RefType:
        """The one object for a reference type."""
        known = self._references.get((nullable, heap))
        if known is None:
            key = nullable, self.heap_type(heap)
            known = self._references[nullable, heap] = self._references.setdefault(key, RefType(*key))
        return known

    def value_type(self, type: ValType) -> ValType:
        """The one object for a value or storage type that the module spells out; refuses it if its feature is off."""
        key = type if isinstance(type, str) else (type.nullable, type.heap)
        known = self._admitted.get(key)
        if known is None:
            need(self.features, feature_of(type), type)
            known = type if isinstance(type, str) else self.reference(type.nullable, type.heap)
            self._admitted[key] = known
        return known

    def reference_type(self, type: RefType) -> RefType:
        """As ``value_type``, for reference types."""
        self.value_type(type)
        return self.reference(type.nullable, type.heap)

    def result_type(self, types: tuple[ValType, ...]) -> list[ValType]:
        """The one list for a sequence of value types."""
        canonical = [self.value_type(type) for type in types]
        return self._result_types.setdefault(tuple(canonical), canonical)

    def signature(self, type: FuncType) -> Signature:
        return Signature(self.result_type(type.params), self.result_type(type.results))

    def composite(self, typeidx: int) -> Composite:
        if typeidx >= len(self.composites):
            raise ValidationError(f"unknown type {typeidx}")
        return self.composites[typeidx]

    def function(self, typeidx: int) -> Signature:
        """The function type at an index."""
        composite = self.composite(typeidx)
        if not isinstance(composite, Signature):
            raise ValidationError(f"non-function type {typeidx}")
        return composite

    def struct(self, typeidx: int) -> StructType:
        composite = self.composite(typeidx)
        if not isinstance(composite, StructType):
            raise ValidationError(f"non-structure type {typeidx}")
        return composite

    def field_types(self, typeidx: int) -> list[ValType]:
        """The types of a structure's fields as operands, where packed ones are i32."""
        known = self._field_types.get(typeidx)
        if known is None:
            known = [unpacked(field) for field in self.struct(typeidx).fields]
            self._field_types[typeidx] = known
        return known

    def undefaultable_field(self, typeidx: int) -> Optional[int]:
        """The first field of a structure that has no default value."""
        if typeidx not in self._undefaultable_fields:
            types = self.field_types(typeidx)
            self._undefaultable_fields[typeidx] = next(
                (i for i, type in enumerate(types) if not defaultable(type)), None
            )
        return self._undefaultable_fields[typeidx]

    def array(self, typeidx: int) -> FieldType:
        """The field of the array type at an index."""
        composite = self.composite(typeidx)
        if not isinstance(composite, ArrayType):
            raise ValidationError(f"non-array type {typeidx}")
        return composite.field

    def block_type(self, immediate: Any) -> Signature:
        """What a block type stands for (spec §3.2.8): nothing, one result, or a function type by its index."""
        known = self._block_types.get(immediate)
        if known is None:
            if isinstance(immediate, int):
                need(self.features, "multi-value", f"block type {immediate}")
                known = self.function(immediate)
            else:
                known = Signature(EMPTY.params, self.result_type((immediate,)))
            self._block_types[immediate] = known
        return known

    def matches(self, got: ValType, wanted: ValType) -> bool:
        """Whether ``got`` is a subtype of ``wanted`` (spec §3.3.5)."""
        if got is wanted or got == BOTTOM:
            return True
        if isinstance(got, str) or isinstance(wanted, str):
            return got == wanted
        return (wanted.nullable or not got.nullable) and self.heap_matches(got.heap, wanted.heap)

    def heap_matches(self, got: HeapType, wanted: HeapType) -> bool:
        """Whether a canonical heap type is below another (spec §3.3.3)."""
        if got in (wanted, BOTTOM):
            return True
        while isinstance(got, int):
            got = self.above[got]
            if got == wanted:
                return True
        if isinstance(wanted, int):
            return got == LEAST[self.top(wanted)]
        return wanted in ABOVE[got]

    def top(self, heap: HeapType) -> str:
        """The greatest heap type above a canonical one."""
        while isinstance(heap, int):
            heap = self.above[heap]
        return TOP[heap]

    def all_match(self, got: list[ValType], wanted: list[ValType]) -> bool:
        """Whether a result type matches another (spec §3.3.6)."""
        if got is wanted or got == wanted:
            return True
        return len(got) == len(wanted) and all(map(self.matches, got, wanted))

    def composite_matches(self, got: Composite, wanted: Composite) -> bool:
        """Whether a composite type matches another (spec §3.3.8): structs may have more fields than they must."""
        if isinstance(got, Signature) and isinstance(wanted, Signature):
            return self.all_match(wanted.params, got.params) and self.all_match(got.results, wanted.results)
        if isinstance(got, StructType) and isinstance(wanted, StructType):
            enough = len(got.fields) >= len(wanted.fields)
            return enough and all(map(self.field_matches, got.fields, wanted.fields))
        if isinstance(got, ArrayType) and isinstance(wanted, ArrayType):
            return self.field_matches(got.field, wanted.field)
        return False

    def field_matches(self, got: FieldType, wanted: FieldType) -> bool:
        """Whether a field type matches another (spec §3.3.9): what can be written must be equal."""
        if got.mutable != wanted.mutable or not self.matches(got.storage, wanted.storage):
            return False
        return not got.mutable or self.matches(wanted.storage, got.storage)
