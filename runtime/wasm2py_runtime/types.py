"""The types of functions, memories, tables, globals and tags (spec §2.3 "Types").

Value types are strings: ``"i32"``, ``"i64"``, ``"f32"``, ``"f64"``, ``"v128"``, ``"funcref"``, ``"externref"``,
``"anyref"``, ``"(ref any)"``, …; a reference to a type that a module defines is a ``RefType``.
Every type is immutable, hashable and compares by value. ``str()`` writes it the way a person reads it.
Structures, arrays and what else takes more to define than a signature are in ``rec_groups``; which type fits which is
in ``matching``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Optional, Union
from weakref import WeakValueDictionary

PAGE_SIZE = 65536


class Record:
    """An immutable value with named fields (a small frozen dataclass: importing ``dataclasses`` takes 10 ms)."""

    __slots__ = ()
    #: The fields, in the order in which the constructor takes them.
    __match_args__: ClassVar[tuple[str, ...]] = ()

    def _set(self, **fields: object) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _fields(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self.__match_args__])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed: {name}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._fields() == self._fields()

    def __hash__(self) -> int:
        return hash((type(self), *self._fields()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._fields()

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__name__}({fields})"


class RefType(Record):
    """A reference to a type that a module defines: ``(ref null? type)`` (spec §2.3)."""

    __slots__ = ("_hash", "nullable", "type")
    __match_args__ = ("nullable", "type")
    nullable: bool
    #: a FuncType, StructType or ArrayType
    type: Any
    _hash: int

    def __init__(self, nullable: bool, type: Any) -> None:
        self._set(nullable=nullable, type=type, _hash=hash((nullable, type)))

    # As every Record, but quicker: modules have thousands of types that refer to each other.

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, RefType) and other.type is self.type and other.nullable == self.nullable

    def __hash__(self) -> int:
        return self._hash

    @property
    def kind(self) -> str:
        """``"func"``, ``"struct"`` or ``"array"``."""
        return str(self.type.__class__.__name__[:-4].lower())

    def __repr__(self) -> str:
        return f"<{self}>"  # types may go round in circles

    def __str__(self) -> str:
        return f"(ref {'null ' if self.nullable else ''}{self.kind} type)"


ValueType = Union[str, RefType]


class FuncType:
    """The type of a function: what it takes and what it gives (spec §2.3).

    There is one object for each type: equal function types are identical, so that ``call_indirect`` and the
    caches of the boundary compare them at the speed of ``is``. One that is made of its signature alone is final and has
    no supertypes; others come from the recursion groups of modules.
    """

    __slots__ = ("__weakref__", "final", "group", "makers", "params", "results", "supertypes")

    params: tuple[ValueType, ...]
    results: tuple[ValueType, ...]
    #: The types above it, the nearest first.
    supertypes: tuple[FuncType, ...]
    final: bool
    #: Where it is defined, unless its signature says all: the recursion group and the place in it.
    group: Optional[tuple[Any, int]]
    #: What the boundary has compiled for this signature (see boundary.py), by kind.
    makers: dict[str, Any]

    def __new__(cls, params: Iterable[ValueType] = (), results: Iterable[ValueType] = ()) -> FuncType:
        key = (_value_types(params), _value_types(results))
        found = _known.get(key)
        if found is None:
            found = _known.setdefault(key, cls.defined(*key))
        return found

    @classmethod
    def defined(
        cls,
        params: tuple[ValueType, ...],
        results: tuple[ValueType, ...],
        final: bool = True,
        supertypes: tuple[FuncType, ...] = (),
        group: Optional[tuple[Any, int]] = None,
    ) -> FuncType:
        """A new object, for those who see to it that there is one for each type."""
        made = super().__new__(cls)
        fields = {"final": final, "supertypes": supertypes, "group": group, "makers": {}}
        for name, value in {"params": params, "results": results, **fields}.items():
            object.__setattr__(made, name, value)
        return made

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a FuncType cannot be changed: {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        if self.group is not None:
            return self.group[0].member, (self.group[1],)
        return FuncType, (self.params, self.results)

    def __repr__(self) -> str:
        return f"FuncType({self.params!r}, {self.results!r})"

    def __str__(self) -> str:
        return f"func ({', '.join(map(str, self.params))}) -> ({', '.join(map(str, self.results))})"


_known: WeakValueDictionary[tuple[tuple[ValueType, ...], tuple[ValueType, ...]], FuncType] = WeakValueDictionary()


def _value_types(types: Iterable[ValueType]) -> tuple[ValueType, ...]:
    """The value types as a tuple. A lone string is a mistake (``FuncType("i32")``): TypeError."""
    if isinstance(types, str):
        raise TypeError(f"a sequence of value types is needed, not the string {types!r}")
    return tuple(types)


class MemoryType(Record):
    """The type of a linear memory (spec §2.3): ``minimum`` and ``maximum`` in pages of ``page_size`` bytes."""

    __slots__ = ("index_type", "maximum", "minimum", "page_size", "shared")
    __match_args__ = ("minimum", "maximum", "shared", "index_type", "page_size")
    minimum: int
    maximum: Optional[int]
    shared: bool
    index_type: str
    page_size: int

    def __init__(
        self,
        minimum: int,
        maximum: Optional[int] = None,
        shared: bool = False,
        index_type: str = "i32",
        page_size: int = PAGE_SIZE,
    ) -> None:
        _check_limits("memory", minimum, maximum)
        _check_index_type(index_type)
        if page_size not in (1, PAGE_SIZE):
            raise ValueError(f"a page has 1 or {PAGE_SIZE} bytes, not {page_size!r}")
        self._set(minimum=minimum, maximum=maximum, shared=shared, index_type=index_type, page_size=page_size)

    def __str__(self) -> str:
        extras = [
            "shared" if self.shared else "",
            self.index_type if self.index_type != "i32" else "",
            f"page size {self.page_size}" if self.page_size != PAGE_SIZE else "",
        ]
        return " ".join(["memory", _limits(self.minimum, self.maximum), *filter(None, extras)])

    @property
    def text(self) -> str:
        """The type as the text format writes it: ``(memory 1 16 shared)`` (spec §6.4)."""
        words = [
            self.index_type if self.index_type != "i32" else "",
            str(self.minimum),
            "" if self.maximum is None else str(self.maximum),
            "shared" if self.shared else "",
            f"(pagesize {self.page_size})" if self.page_size != PAGE_SIZE else "",
        ]
        return f"(memory {' '.join(filter(None, words))})"


class TableType(Record):
    """The type of a table (spec §2.3): references of type ``element``, limits in elements."""

    __slots__ = ("element", "index_type", "maximum", "minimum")
    __match_args__ = ("element", "minimum", "maximum", "index_type")
    element: ValueType
    minimum: int
    maximum: Optional[int]
    index_type: str

    def __init__(
        self, element: ValueType, minimum: int, maximum: Optional[int] = None, index_type: str = "i32"
    ) -> None:
        _check_limits("table", minimum, maximum)
        _check_index_type(index_type)
        self._set(element=element, minimum=minimum, maximum=maximum, index_type=index_type)

    def __str__(self) -> str:
        index = f" {self.index_type}" if self.index_type != "i32" else ""
        return f"table {_limits(self.minimum, self.maximum)} {self.element}{index}"


class GlobalType(Record):
    """The type of a global variable (spec §2.3)."""

    __slots__ = ("mutable", "value_type")
    __match_args__ = ("value_type", "mutable")
    value_type: ValueType
    mutable: bool

    def __init__(self, value_type: ValueType, mutable: bool = False) -> None:
        self._set(value_type=value_type, mutable=mutable)

    def __str__(self) -> str:
        return f"global {'mut ' if self.mutable else ''}{self.value_type}"


class TagType(Record):
    """The type of an exception tag (spec §2.3): the function type whose parameters an exception carries."""

    __slots__ = ("type",)
    __match_args__ = ("type",)
    type: FuncType

    def __init__(self, type: FuncType) -> None:
        self._set(type=type)

    def __str__(self) -> str:
        return f"tag ({', '.join(map(str, self.type.params))})"


ExternType = Union[FuncType, MemoryType, TableType, GlobalType, TagType]


def _limits(minimum: int, maximum: Optional[int]) -> str:
    return f"{minimum}.." if maximum is None else f"{minimum}..{maximum}"


def _check_limits(noun: str, minimum: int, maximum: Optional[int]) -> None:
    """Limits are ints (TypeError), not negative, the maximum not below the minimum (spec §3.2): ValueError."""
    for limit in (minimum, 0 if maximum is None else maximum):
        if not isinstance(limit, int):
            raise TypeError(f"the limits of a {noun} are ints, not {limit!r}")
    if minimum < 0:
        raise ValueError(f"the minimum of a {noun} cannot be negative: {minimum}")
    if maximum is not None and maximum < minimum:
        raise ValueError(f"the maximum of a {noun} ({maximum}) is below its minimum ({minimum})")


def _check_index_type(index_type: str) -> None:
    if index_type not in ("i32", "i64"):
        raise ValueError(f"an index has the type i32 or i64, not {index_type!r}")
