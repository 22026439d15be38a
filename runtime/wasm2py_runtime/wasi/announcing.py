"""A host learns of its guest before the guest's start function runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable


def announced(module: Any, announce: Callable[[Any, Mapping[str, Any]], None]) -> Any:
    """The class of a module, whose instances are announced, with their imports, before they come to life."""
    found = getattr(module, "Module", module)
    if not isinstance(found, type):
        return module  # which the linker will refuse
    made: Any = found

    def initialise(self: Any, **imports: Any) -> None:
        announce(self, imports)
        made.__init__(self, **imports)

    names = {"__module__": made.__module__, "__qualname__": made.__qualname__, "__doc__": made.__doc__}
    return type(made.__name__, (made,), {**names, "__init__": initialise})
