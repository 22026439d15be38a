"""Structures and arrays (spec §4.2 "Structure and Array Instances"): Python objects, collected by Python's collector.

Each type has a class, below that of its supertype, so that a cast is an ``isinstance``. The slots ``f0``, ``f1``, … of
a structure and the list ``a`` of an array hold canonical values and belong to generated code. Hosts read and write by
subscript: ``point[0]``, ``array[-1] = 5``, ``len``, iteration; values are converted as for any call.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType
from typing import Any, ClassVar

from .boundary import to_host
from .functions import inner_code
from .rec_groups import AggregateType, ArrayType, FieldType, StructType
from .types import RefType, ValueType
from .values import to_wasm

#: More elements than this an array cannot have: 1 GiB of references.
MAXIMUM_ELEMENTS = 1 << 27
_PACKED_BITS: dict[ValueType, int] = {"i8": 8, "i16": 16}


class Aggregate:
    """A structure or an array, as hosts see it: a fixed number of fields, by index."""

    __slots__ = ()
    #: The type of the object.
    type: ClassVar[Any]

    def _canonical(self) -> list[Any]:
        """The fields as generated code holds them."""
        raise NotImplementedError

    def _store(self, index: int, value: Any) -> None:
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self._canonical())

    def __iter__(self) -> Iterator[Any]:
        return iter([_field_to_host(value, self._field(at)) for at, value in enumerate(self._canonical())])

    def __getitem__(self, index: int) -> Any:
        """A field, as the host sees it. IndexError if there is none."""
        at = self._index(index)
        return _field_to_host(self._canonical()[at], self._field(at))

    def __setitem__(self, index: int, value: Any) -> None:
        """Set a field. IndexError if there is none, TypeError if it is immutable or the value is of a wrong kind."""
        at = self._index(index)
        field = self._field(at)
        if not field.mutable:
            raise TypeError(f"field {at} of this {_kind(self.type)} is immutable")
        self._store(at, field_from_host(value, field, at))

    def _field(self, at: int) -> FieldType:
        fields = self.type.fields
        return fields[at] if isinstance(self.type, StructType) else fields[0]  # type: ignore[no-any-return]

    def _index(self, index: int) -> int:
        size = len(self)
        if not -size <= index < size:
            raise IndexError(f"{index}: the {_kind(self.type)} has {size} fields")
        return index % size

    def __bool__(self) -> bool:
        return True  # even if it has no fields: only null is nothing

    def __repr__(self) -> str:
        shown = [_shown(value) for value in self._canonical()[:8]]
        more = ["…"] if len(self) > len(shown) else []
        return f"<wasm {_kind(self.type)} ({', '.join(shown + more)})>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _empty, (self.type,), self._canonical()

    def __setstate__(self, state: list[Any]) -> None:
        for at, value in enumerate(state):
            self._store(at, value)


class Struct(Aggregate):
    """An object of a structure type. Its type's class has the slots ``f0``, ``f1``, …"""

    __slots__ = ()

    def _canonical(self) -> list[Any]:
        return [getattr(self, f"f{at}") for at in range(len(self.type.fields))]

    def _store(self, index: int, value: Any) -> None:
        setattr(self, f"f{index}", value)


class Array(Aggregate):
    """An object of an array type: ``a`` is the list of its elements, whose length never changes."""

    __slots__ = ("a",)
    a: list[Any]

    def _canonical(self) -> list[Any]:
        return self.a

    def _store(self, index: int, value: Any) -> None:
        self.a[index] = value

    def __setstate__(self, state: list[Any]) -> None:
        self.a = list(state)


class Host:
    """A host value as a reference of type ``any``: what is neither null nor an i31, a structure or an array."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _kind(type: Any) -> str:
    return RefType(False, type).kind


def _shown(value: Any) -> str:
    """A field in a repr: what it refers to by its kind only, since references may go round in circles."""
    return f"<wasm {_kind(value.type)}>" if isinstance(value, Aggregate) else repr(value)


def _field_to_host(value: Any, field: FieldType) -> Any:
    bits = _PACKED_BITS.get(field.storage)
    if bits is None:
        return to_host(value, field.storage)
    return value - (1 << bits) if value >> bits - 1 else value


def field_from_host(value: Any, field: FieldType, at: int) -> Any:
    """The canonical value of a field. Packed fields keep the low bits of an i32 (spec §4.6.6)."""
    bits = _PACKED_BITS.get(field.storage)
    if bits is None:
        return to_wasm(value, field.storage, f"field {at}")
    return to_wasm(value, "i32", f"field {at}") & (1 << bits) - 1


# Classes ------------------------------------------------------------------------------------------------------------


def make_class(type: AggregateType) -> Any:
    """The class of a type: calling it with canonical values makes an object."""
    above: Any = (
        type.supertypes[0].object_class if type.supertypes else Array if isinstance(type, ArrayType) else Struct
    )
    namespace: dict[str, Any] = {"type": type, "__slots__": ()}
    if isinstance(type, StructType):
        count = len(type.fields)
        inherited = len(type.supertypes[0].fields) if type.supertypes else 0
        namespace["__slots__"] = tuple([f"f{at}" for at in range(inherited, count)])
        namespace["__init__"] = _initialiser(tuple([f"f{at}" for at in range(count)]))
    else:
        namespace["__init__"] = _initialiser(("a",))
    namespace["__module__"] = __name__
    return above.__class__(_kind(type), (above,), namespace)


def _initialiser(slots: tuple[str, ...]) -> FunctionType:
    """``__init__`` that sets these slots. Its code is its own, which the interpreter can specialise."""
    return FunctionType(_initialiser_code(slots).replace(), {}, "__init__")


@cache
def _initialiser_code(slots: tuple[str, ...]) -> CodeType:
    assignments = "".join([f"; self.{slot} = {slot}" for slot in slots])
    source = f"def __init__({', '.join(('self', *slots))}): pass{assignments}"
    return inner_code(compile(source, "<wasm2py objects>", "exec"))


def _empty(type: AggregateType) -> Any:
    made = type.object_class
    return made.__new__(made)


def make_object(type: AggregateType, *values: Any) -> Any:
    """An object from host values. TypeError if there are too many or too few, or one is of a wrong kind."""
    if isinstance(type, ArrayType):
        (elements,) = values
        if len(elements) > MAXIMUM_ELEMENTS:
            raise ValueError(f"an array has at most {MAXIMUM_ELEMENTS} elements, not {len(elements)}")
        return type.object_class([field_from_host(value, type.field, at) for at, value in enumerate(elements)])
    if len(values) != len(type.fields):
        raise TypeError(f"a structure of {len(type.fields)} fields cannot be made of {len(values)} values")
    return type.object_class(*[field_from_host(*each, at) for at, each in enumerate(zip(values, type.fields))])
