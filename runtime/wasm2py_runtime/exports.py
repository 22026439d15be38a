"""What an instance exports, by name (spec §4.2 "Module Instances")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .boundary import exported


class Exports:
    """The exports of an instance: ``exports.run``, ``exports["any name"]``, ``"run" in exports``, iteration over names.

    Functions are exported functions, the rest Memory, Table and Global objects. There are no methods here that could
    stand in the way of an export's name; a name with two underscores before and after is reached by subscript.
    """

    __slots__ = ("_Exports__raw", "__dict__")
    __raw: dict[str, Any]

    def __init__(self) -> None:
        # Exports that were not asked for yet: the raw function, in a dict apart from those that attributes find.
        self.__raw = {}

    def __getattr__(self, name: str) -> Any:
        """Only reached for what is not an attribute yet: an export that is used for the first time, or a wrong name."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no export named {name!r}") from None

    def __getitem__(self, name: str) -> Any:
        found = self.__dict__.get(name)
        if found is None:
            found = self.__raw[name]
            if hasattr(found, "wasm_type"):
                found = exported(found)
            self.__dict__[name] = found
        return found

    def __setitem__(self, name: str, value: Any) -> None:
        """Add an export: a raw function or an object. Linkage does this; hosts have no use for it."""
        self.__raw[name] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self.__raw)

    def __len__(self) -> int:
        return len(self.__raw)

    def __contains__(self, name: object) -> bool:
        return name in self.__raw

    def __dir__(self) -> list[str]:
        return list(self.__raw)

    def __repr__(self) -> str:
        return f"<exports: {', '.join(self.__raw)}>"
