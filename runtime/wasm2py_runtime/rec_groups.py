"""Types that modules define: structures, arrays, functions with supertypes, in recursion groups (spec §2.3, §3.1.3).

Equal types are one object, in whatever module they stand: two recursion groups are equal if they are written alike,
once a reference into the group itself is a place there and a reference out of it is the object of that type.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Optional, Union
from weakref import WeakValueDictionary

from .types import FuncType, Record, RefType, ValueType

#: How generated code writes a value type: a string, or for ``(ref null? 5)`` the pair of nullable and type index.
Written = Union[str, tuple[bool, int]]
#: How it writes a type: final, the index of the supertype or None, "func", parameters and results; or "struct" or
#: "array" and the fields, as pairs of storage type and mutable. In keys, indices are RefTypes and places ``~n``.
Entry = tuple[Any, ...]


class FieldType(Record):
    """A field of a structure, or the elements of an array: a value type, ``"i8"`` or ``"i16"`` (spec §2.3)."""

    __slots__ = ("mutable", "storage")
    __match_args__ = ("storage", "mutable")
    storage: ValueType
    mutable: bool

    def __init__(self, storage: ValueType, mutable: bool = False) -> None:
        self._set(storage=storage, mutable=mutable)

    def __str__(self) -> str:
        return f"mut {self.storage}" if self.mutable else str(self.storage)


class AggregateType:
    """What structure and array types have in common. Equal types are identical.

    The type can be called to make an object of it: ``type(1, 2)`` for a structure, ``type([1, 2, 3])`` for an array.
    """

    __slots__ = ("__weakref__", "_object_class", "fields", "final", "group", "supertypes")

    fields: tuple[FieldType, ...]
    #: The types above it, the nearest first.
    supertypes: tuple[Any, ...]
    final: bool
    #: Where it is defined: the recursion group and the place in it.
    group: tuple[RecGroup, int]
    _object_class: Any

    @property
    def object_class(self) -> Any:
        """The Python class of the objects of this type, made when it is first needed."""
        if self._object_class is None:
            from .objects import make_class

            self._object_class = make_class(self)
        return self._object_class

    def __call__(self, *values: Any) -> Any:
        from .objects import make_object

        return make_object(self, *values)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.group[0].member, (self.group[1],)

    def __repr__(self) -> str:
        return f"<{self}>"


class StructType(AggregateType):
    """The type of structures: a sequence of fields (spec §2.3). Made of its fields alone it is final."""

    __slots__ = ()

    def __new__(cls, fields: Iterable[FieldType] = ()) -> StructType:
        return _alone("struct", fields)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return f"struct ({', '.join(map(str, self.fields))})"


class ArrayType(AggregateType):
    """The type of arrays, whose elements are all alike (spec §2.3). Made of its field alone it is final."""

    __slots__ = ()

    def __new__(cls, field: FieldType) -> ArrayType:
        return _alone("array", (field,))  # type: ignore[no-any-return]

    @property
    def field(self) -> FieldType:
        """What the elements are."""
        return self.fields[0]

    def __str__(self) -> str:
        return f"array ({self.field})"


DefinedType = Union[FuncType, StructType, ArrayType]


class RecGroup:
    """A recursion group: types that may refer to each other (spec §2.3)."""

    __slots__ = ("__weakref__", "key", "types")

    def __init__(self, key: tuple[Entry, ...]) -> None:
        self.key = key
        self.types: tuple[DefinedType, ...] = tuple([_blank(entry) for entry in key])
        for place, entry in enumerate(key):
            self._fill(self.types[place], place, entry)

    def _fill(self, type: Any, place: int, entry: Entry) -> None:
        final, above, kind, *contents = entry
        nearest = self.types[~above] if isinstance(above, int) else above and above.type
        attributes = {
            "final": final,
            "supertypes": (nearest, *nearest.supertypes) if nearest else (),
            "group": (self, place),
        }
        if kind == "func":
            attributes["params"], attributes["results"] = (tuple(map(self._value, types)) for types in contents)
        else:
            attributes["fields"] = tuple([FieldType(self._value(storage), mutable) for storage, mutable in contents])
            attributes["_object_class"] = None
        for name, value in attributes.items():
            object.__setattr__(type, name, value)

    def _value(self, type: Any) -> ValueType:
        return RefType(type[0], self.types[~type[1]]) if isinstance(type, tuple) else type

    def member(self, place: int) -> DefinedType:
        """The type at a place of the group."""
        return self.types[place]

    def __reduce__(self) -> tuple[Any, ...]:
        return rec_group, (self.key,)


_groups: WeakValueDictionary[tuple[Entry, ...], RecGroup] = WeakValueDictionary()


def rec_group(key: tuple[Entry, ...]) -> RecGroup:
    """The one recursion group with this key."""
    found = _groups.get(key)
    return found if found is not None else _groups.setdefault(key, RecGroup(key))


def define_types(*groups: Sequence[Entry]) -> tuple[DefinedType, ...]:
    """The type index space of a module, from its recursion groups."""
    types: list[DefinedType] = []
    references: dict[tuple[bool, int], RefType] = {}
    for group in groups:
        key = tuple([_entry_key(entry, types, references) for entry in group])
        plain = _plain_function(key)
        types += [plain] if plain is not None else rec_group(key).types
    return tuple(types)


def _entry_key(entry: Entry, types: Sequence[DefinedType], references: dict[tuple[bool, int], RefType]) -> Entry:
    """An entry as it is in keys. ``references``: those that were made already."""
    final, above, kind, *contents = entry

    def value(type: Written) -> Any:
        if isinstance(type, str):
            return type
        nullable, index = type
        if index >= len(types):
            return nullable, ~(index - len(types))
        return references.get(type) or references.setdefault(type, RefType(nullable, types[index]))

    nearest = None if above is None else RefType(False, types[above]) if above < len(types) else ~(above - len(types))
    if kind == "func":
        return final, nearest, kind, *[tuple(map(value, part)) for part in contents]
    return final, nearest, kind, *[(value(storage), mutable) for storage, mutable in contents]


def _plain_function(key: tuple[Entry, ...]) -> Optional[FuncType]:
    """The function type of a group that its signature says all about."""
    final, above, kind, *contents = key[0]
    if len(key) > 1 or kind != "func" or not final or above is not None:
        return None
    if any(isinstance(type, tuple) for part in contents for type in part):
        return None
    return FuncType(*contents)


def _alone(kind: str, fields: Iterable[FieldType]) -> Any:
    """The type with these fields that is alone in its group, final and without supertypes."""
    return rec_group(((True, None, kind, *[(field.storage, field.mutable) for field in fields]),)).types[0]


def _blank(entry: Entry) -> Any:
    kind = entry[2]
    if kind == "func":
        return FuncType.defined((), ())
    return object.__new__(StructType if kind == "struct" else ArrayType)
