"""Imports and exports as a module declares them, and whether given objects fit (spec §4.5 "Instantiation")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from .boundary import raw_function, raw_of
from .exceptions import Tag
from .global_ import Global
from .intrinsics import Intrinsic
from .matching import matches, mismatches
from .memory import Memory
from .table import Table
from .types import ExternType, FuncType, GlobalType, MemoryType


class Import(NamedTuple):
    """An import of a module: the keyword of the constructor, the two names in the module, and the type."""

    keyword: str
    module: str
    name: str
    type: ExternType

    def __str__(self) -> str:
        return f"{self.module}.{self.name}: {self.type}"


class Export(NamedTuple):
    """An export of a module."""

    name: str
    type: ExternType


class _Missing:
    def __repr__(self) -> str:
        return "missing"


#: Stands for an import for which there is nothing.
MISSING = _Missing()


def resolve(imports: Sequence[Import], given: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """The objects to link, raw functions for functions; and a line for each import that does not fit."""
    resolved, problems = [], []
    for wanted, value in zip(imports, given):
        linked = _resolve_one(wanted, value)
        if linked is None:
            problems.append(_problem(wanted, value))
        resolved.append(linked)
    return resolved, problems


def _resolve_one(wanted: Import, value: Any) -> Optional[Any]:
    """What is linked for one import; None if ``value`` does not fit."""
    if value is MISSING:
        return None
    if isinstance(wanted.type, FuncType):
        return _resolve_function(wanted, wanted.type, value)
    if isinstance(wanted.type, GlobalType) and not isinstance(value, Global):
        return _wrap_global(wanted.type, value)
    given = type_of(value)
    return value if given is not None and matches(given, wanted.type) else None


def _resolve_function(wanted: Import, type: FuncType, value: Any) -> Optional[Any]:
    """A WebAssembly function of just this type, an intrinsic, or a shim around any other callable."""
    if isinstance(value, Intrinsic):
        return value.raw_for(type)
    raw = raw_of(value)
    if raw is not None:
        return raw if matches(raw.wasm_type, type) else None
    return raw_function(value, type, f"{wanted.module}.{wanted.name}") if callable(value) else None


def _wrap_global(type: GlobalType, value: Any) -> Optional[Global]:
    """A plain Python value may be given for an immutable global."""
    if type.mutable or isinstance(value, (Memory, Table, Tag)):
        return None
    try:
        return Global(type.value_type, value)
    except (TypeError, OverflowError):
        return None


def type_of(value: Any) -> Optional[ExternType]:
    """The WebAssembly type of an object of the runtime; None for any other object."""
    raw = raw_of(value)
    if raw is not None:
        return raw.wasm_type  # type: ignore[no-any-return]
    return value.type if isinstance(value, (Memory, Table, Global, Tag)) else None


def _problem(wanted: Import, value: Any) -> str:
    """What LinkError says about one import, in the words of the reference interpreter."""
    name = f"{wanted.module}.{wanted.name}"
    if value is MISSING:
        return f"{name}: unknown import, expected {wanted.type}"
    given = type_of(value)
    shown = given if given is not None else f"a Python {type(value).__name__} ({_shortened(value)})"
    reasons = mismatches(given, wanted.type) if given is not None else []
    if isinstance(given, MemoryType) and reasons:
        reasons.append(f'what fits is (import "{wanted.module}" "{wanted.name}" {given.text})')
    why = f": {'; '.join(reasons)}" if reasons else ""
    return f"{name}: incompatible import type, expected {wanted.type}, given {shown}{why}"


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
