"""Which type fits which (spec §3.3 "Matching"): what may be imported, and which values belong to a type."""

from __future__ import annotations

from typing import Any, Union

from .types import ExternType, FuncType, GlobalType, MemoryType, RefType, TableType, ValueType

#: An abstract heap type by its name, or a type that a module defines.
HeapType = Any

#: For each abstract heap type those above it, the greatest first; the greatest of a hierarchy stands for itself.
_ABOVE: dict[str, tuple[str, ...]] = {
    "any": (), "eq": ("any",), "i31": ("any", "eq"), "struct": ("any", "eq"), "array": ("any", "eq"),
    "none": ("any", "eq", "i31", "struct", "array"),
    "func": (), "nofunc": ("func",), "extern": (), "noextern": ("extern",), "exn": (), "noexn": ("exn",),
}  # fmt: skip
#: What stands for a nullable reference to the least type of a hierarchy.
_NULLS = {"none": "nullref", "nofunc": "nullfuncref", "noextern": "nullexternref", "noexn": "nullexnref"}
_PARTS: dict[ValueType, tuple[bool, HeapType]] = {
    **{_NULLS.get(heap, f"{heap}ref"): (True, heap) for heap in _ABOVE},
    **{f"(ref {heap})": (False, heap) for heap in _ABOVE},
}


def is_reference(type: ValueType) -> bool:
    """Whether a value type is a reference type."""
    return isinstance(type, RefType) or type in _PARTS


def parts(type: ValueType) -> tuple[bool, HeapType]:
    """Whether a reference may be null, and what it refers to."""
    return (type.nullable, type.type) if isinstance(type, RefType) else _PARTS[type]


def hierarchy(type: ValueType) -> str:
    """The greatest heap type above a reference type: "any", "func", "extern" or "exn"; "" for other value types."""
    if isinstance(type, RefType):
        return "func" if type.kind == "func" else "any"
    if type not in _PARTS:
        return ""
    heap: str = _PARTS[type][1]
    return (*_ABOVE[heap], heap)[0]


def heap_matches(given: HeapType, expected: HeapType) -> bool:
    """Whether one heap type is below another (spec §3.3.3)."""
    if given is expected or given == expected:
        return True
    if isinstance(given, str):
        if isinstance(expected, str):
            return expected in _ABOVE[given]
        return given == ("nofunc" if isinstance(expected, FuncType) else "none")
    if isinstance(expected, str):
        kind = RefType(False, given).kind
        return expected == kind or expected in _ABOVE[kind]
    return expected in given.supertypes


def value_matches(given: ValueType, expected: ValueType) -> bool:
    """Whether one value type is below another (spec §3.3.5)."""
    if given == expected:
        return True
    if not (is_reference(given) and is_reference(expected)):
        return False
    (given_null, given_heap), (expected_null, expected_heap) = parts(given), parts(expected)
    return (expected_null or not given_null) and heap_matches(given_heap, expected_heap)


def matches(given: ExternType, expected: ExternType) -> bool:
    """Whether an object of type ``given`` may be imported as ``expected`` (spec §3.3.12).

    A memory or table counts with its current size as its minimum.
    """
    if isinstance(expected, MemoryType):
        return isinstance(given, MemoryType) and _memory_matches(given, expected)
    if isinstance(expected, TableType):
        return isinstance(given, TableType) and _table_matches(given, expected)
    if isinstance(expected, GlobalType):
        return isinstance(given, GlobalType) and _global_matches(given, expected)
    if isinstance(expected, FuncType) and isinstance(given, FuncType):
        return given is expected or expected in given.supertypes
    return given == expected


def _limits_match(given: Union[MemoryType, TableType], expected: Union[MemoryType, TableType]) -> bool:
    """Spec §3.3 "Limits": at least as large, and bounded at least as tightly."""
    if given.minimum < expected.minimum or given.index_type != expected.index_type:
        return False
    return expected.maximum is None or (given.maximum is not None and given.maximum <= expected.maximum)


def _memory_matches(given: MemoryType, expected: MemoryType) -> bool:
    return given.shared == expected.shared and given.page_size == expected.page_size and _limits_match(given, expected)


def _table_matches(given: TableType, expected: TableType) -> bool:
    return given.element == expected.element and _limits_match(given, expected)


def _global_matches(given: GlobalType, expected: GlobalType) -> bool:
    """What can be written must be of just that type; what is only read may be of a type below."""
    if given.mutable or expected.mutable:
        return given == expected
    return value_matches(given.value_type, expected.value_type)
