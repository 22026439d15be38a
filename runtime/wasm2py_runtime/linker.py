"""Wiring modules together by name, as the text format's ``register`` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional, Union

from .abi import Module
from .errors import LinkError
from .imports import MISSING, Import, resolve


class Linker:
    """Knows objects by module and name, and gives each module what it imports.

    ``instantiate`` takes a generated Python module or its class ``Module``; a later definition of the same names
    replaces an earlier one.
    """

    def __init__(self) -> None:
        self._definitions: dict[tuple[str, str], Any] = {}
        self._makers: dict[str, Callable[[str], Any]] = {}

    def define(self, module: str, name: str, value: Any) -> None:
        """Let ``value`` (a callable, Memory, Table or Global) be what is imported as ``module`` ``name``."""
        self._definitions[module, name] = value

    def define_all(self, module: str, make: Callable[[str], Any]) -> None:
        """Let ``make(name)`` be what is imported from ``module`` under any name that is not defined by itself."""
        self._makers[module] = make

    def define_module(self, module: str, provider: Union[Module, Mapping[str, Any]]) -> None:
        """Define every export of an instance, or every entry of a mapping, under the name ``module``."""
        source: Any = provider.exports if isinstance(provider, Module) else provider
        for name in source:
            self.define(module, name, source[name])

    def missing(self, module: Any) -> list[Import]:
        """The imports of a module for which nothing is defined."""
        return [wanted for wanted in _class_of(module).IMPORTS if self._find(wanted) is MISSING]

    def instantiate(self, module: Any, name: Optional[str] = None) -> Any:
        """A new instance of a module, linked with what is defined; with a ``name``, its exports become definitions.

        LinkError names everything that is missing or of a wrong type, Trap tells of a start function or segment.
        """
        made = _class_of(module)
        given = [self._find(wanted) for wanted in made.IMPORTS]
        if any(value is MISSING for value in given):
            raise LinkError(made.__module__, resolve(made.IMPORTS, given)[1])
        instance: Any = made(**{wanted.keyword: value for wanted, value in zip(made.IMPORTS, given)})
        if name is not None:
            self.define_module(name, instance)
        return instance

    def _find(self, wanted: Import) -> Any:
        found = self._definitions.get((wanted.module, wanted.name), MISSING)
        if found is MISSING and wanted.module in self._makers:
            return self._makers[wanted.module](wanted.name)
        return found


def _class_of(module: Any) -> type[Module]:
    """The class of a generated module, which may be given itself. TypeError for anything else."""
    found = getattr(module, "Module", module)
    if isinstance(found, type) and issubclass(found, Module):
        return found
    raise TypeError(f"not a module made by wasm2py: {module!r}")
