"""Which type fits which (spec §3.3 "Matching"): what may be imported, and which values belong to a type."""

from __future__ import annotations

from collections.abc import Iterator
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
    if isinstance(expected, (MemoryType, TableType)):
        return isinstance(given, type(expected)) and not mismatches(given, expected)
    if isinstance(expected, GlobalType):
        return isinstance(given, GlobalType) and _global_matches(given, expected)
    if isinstance(expected, FuncType) and isinstance(given, FuncType):
        return given is expected or expected in given.supertypes
    return given == expected


def _global_matches(given: GlobalType, expected: GlobalType) -> bool:
    """What can be written must be of just that type; what is only read may be of a type below."""
    if given.mutable or expected.mutable:
        return given == expected
    return value_matches(given.value_type, expected.value_type)


def mismatches(given: ExternType, expected: ExternType) -> list[str]:
    """Why a memory or table does not fit, and what helps: a phrase for each reason. Empty if it fits, or is neither."""
    if isinstance(given, MemoryType) and isinstance(expected, MemoryType):
        return [*_memory_mismatches(given, expected), *_limit_mismatches(given, expected, "pages")]
    if isinstance(given, TableType) and isinstance(expected, TableType):
        wrong = [] if given.element == expected.element else [f"elements of type {expected.element} are wanted"]
        return [*wrong, *_limit_mismatches(given, expected, "elements")]
    return []


def _memory_mismatches(given: MemoryType, expected: MemoryType) -> Iterator[str]:
    if given.shared and not expected.shared:
        yield "it is shared and the import is not (import it as shared, with a maximum, or share nothing)"
    if expected.shared and not given.shared:
        yield "it is not shared and the import is (make it shared, with a maximum, or share nothing)"
    if given.page_size != expected.page_size:
        yield f"its pages have {given.page_size} bytes and not {expected.page_size}"


def _limit_mismatches(
    given: Union[MemoryType, TableType], expected: Union[MemoryType, TableType], unit: str
) -> Iterator[str]:
    """Spec §3.3 "Limits": at least as large, and bounded at least as tightly."""
    if given.index_type != expected.index_type:
        yield f"it is indexed by {given.index_type} and not {expected.index_type}"
    if given.minimum < expected.minimum:
        yield f"it has {given.minimum} {unit} and {expected.minimum} are needed (make it larger, or let it grow first)"
    if expected.maximum is not None and given.maximum is None:
        yield f"it has no maximum and one of at most {expected.maximum} {unit} is needed"
    elif expected.maximum is not None and given.maximum is not None and given.maximum > expected.maximum:
        yield f"its maximum of {given.maximum} {unit} is above {expected.maximum}"
