"""Global variables (spec §4.2 "Global Instances")."""

from __future__ import annotations

from types import CellType
from typing import Any

from .boundary import to_host
from .types import GlobalType, ValueType
from .values import to_wasm


class Global:
    """A global variable that modules and the host share.

    ``value`` is what the host sees and sets: signed integers, floats, exported functions, any object for an externref.
    Generated code shares ``cell``, a closure cell that holds the canonical value.

    Raises TypeError or OverflowError for a value that is not of its type; AttributeError for setting an immutable one.
    """

    __slots__ = ("__weakref__", "cell", "mutable", "value_type")

    def __init__(self, value_type: ValueType, value: Any, mutable: bool = False) -> None:
        self.value_type, self.mutable = value_type, mutable
        self.cell = CellType(to_wasm(value, value_type, "Global"))

    @classmethod
    def of_cell(cls, type: GlobalType, cell: CellType) -> Global:
        """The global whose canonical value is in ``cell``."""
        made = cls.__new__(cls)
        made.value_type, made.mutable, made.cell = type.value_type, type.mutable, cell
        return made

    @property
    def type(self) -> GlobalType:
        """The type of the global."""
        return GlobalType(self.value_type, self.mutable)

    @property
    def value(self) -> Any:
        """The value, as the host sees it."""
        return to_host(self.cell.cell_contents, self.value_type)

    @value.setter
    def value(self, value: Any) -> None:
        if not self.mutable:
            raise AttributeError("this global is immutable")
        self.cell.cell_contents = to_wasm(value, self.value_type, "Global.value")

    def __repr__(self) -> str:
        return f"<Global {self.value!r}, {self.type}>"
