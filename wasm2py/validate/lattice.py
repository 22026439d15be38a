"""The abstract heap types and how they lie above each other (spec §3.3.3 "Heap Types")."""

from __future__ import annotations

from sys import intern
from typing import Final

from wasm2py.types import HeapType, RefType, ValType

#: The type of an operand that unreachable code may take for any type; it matches all of them (spec §3.1.1).
BOTTOM: Final = "bot"

_HIERARCHIES: Final = {
    "any": ("eq", "i31", "struct", "array", "none"),
    "func": ("nofunc",),
    "extern": ("noextern",),
    "exn": ("noexn",),
}

#: The greatest type of the hierarchy that each abstract heap type belongs to.
TOP: Final[dict[str, str]] = {name: top for top, below in _HIERARCHIES.items() for name in (top, *below)}

#: The least type of the hierarchy under each greatest one.
LEAST: Final = {"any": "none", "func": "nofunc", "extern": "noextern", "exn": "noexn"}

#: For each abstract heap type those that it matches, without itself.
ABOVE: Final[dict[str, frozenset[str]]] = {
    "any": frozenset(),
    "eq": frozenset({"any"}),
    "i31": frozenset({"eq", "any"}),
    "struct": frozenset({"eq", "any"}),
    "array": frozenset({"eq", "any"}),
    "none": frozenset({"i31", "struct", "array", "eq", "any"}),
    "func": frozenset(),
    "nofunc": frozenset({"func"}),
    "extern": frozenset(),
    "noextern": frozenset({"extern"}),
    "exn": frozenset(),
    "noexn": frozenset({"exn"}),
}

#: One object for each abstract reference type, so that equal ones mostly are the same.
ABSTRACT: Final[dict[tuple[bool, HeapType], RefType]] = {
    (nullable, heap): RefType(nullable, heap) for heap in (*ABOVE, BOTTOM) for nullable in (False, True)
}

#: What an instruction finds that takes any reference from an unknown operand.
BOTTOM_REFERENCE: Final = ABSTRACT[False, BOTTOM]


#: More types than this nobody reads.
_MANY: Final = 20


def shared(types: tuple[ValType, ...]) -> list[ValType]:
    """The types of the instruction table, each as its one object: comparing them is much of the work."""
    return [intern(type) if isinstance(type, str) else ABSTRACT[type.nullable, type.heap] for type in types]


def feature_of(type: ValType) -> str:
    """The feature that brought a value type."""
    if isinstance(type, str):
        return "simd" if type == "v128" else "mvp"
    if isinstance(type.heap, int):
        return "function-references"
    if type.heap in ("func", "extern"):
        return "reference-types" if type.nullable else "function-references"
    return "exceptions" if type.heap in ("exn", "noexn") else "gc"


def defaultable(type: ValType) -> bool:
    """Whether the type has a default value (spec §3.2.6): all have but references that are never null."""
    return isinstance(type, str) or type.nullable


def shown(types: list[ValType]) -> str:
    """The types of operands, as the reference interpreter writes them; of very many those on top."""
    if len(types) > _MANY:
        return f"[… {' '.join(map(str, types[-_MANY:]))}]"
    return f"[{' '.join(map(str, types))}]"
