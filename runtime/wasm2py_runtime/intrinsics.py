"""Host functions that generated code calls as they are, without a shim that converts values."""

from __future__ import annotations

from types import FunctionType
from typing import Any, Callable, Optional

from .boundary import RawFunction
from .types import FuncType


class Intrinsic:
    """May be given for an import of any function type that ``fits``.

    ``function`` is written in Python, takes and gives canonical values (unsigned integers) and raises traps.
    """

    def __init__(self, function: Any, fits: Callable[[FuncType], bool]) -> None:
        self._function = function
        self._fits = fits

    def __repr__(self) -> str:
        return f"<intrinsic {self._function.__name__}>"

    def raw_for(self, type: FuncType) -> Optional[RawFunction]:
        """A raw function of this type; None if the function is not one. Its code is its own, to be specialised."""
        if not self._fits(type):
            return None
        model = self._function
        raw: RawFunction = FunctionType(model.__code__.replace(), model.__globals__, model.__name__)
        raw.wasm_type = type
        return raw
