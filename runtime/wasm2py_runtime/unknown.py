"""Functions that a module imports and nobody defines, but that may never be called."""

from __future__ import annotations

from typing import Any, Callable, NoReturn

from .errors import UnknownImport
from .imports import Import


def unknown_function(wanted: Import) -> Callable[..., Any]:
    """Stands in for a function; UnknownImport when it is called, which names it."""

    def unknown(*arguments: object) -> NoReturn:
        raise UnknownImport(wanted.module, wanted.name, str(wanted.type))

    return unknown
