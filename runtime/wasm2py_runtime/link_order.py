"""In which order modules can be instantiated that import from each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from .abi import Module
from .errors import LinkError
from .imports import Import

Modules = Mapping[str, "type[Module]"]


def link_order(modules: Modules, is_missing: Callable[[Import], bool]) -> list[str]:
    """The names, each after those that it needs; where that leaves a choice, in the given order.

    LinkError for imports that nobody provides, and for modules that import each other in a circle.
    """
    needed = {name: _needs(modules, name, is_missing) for name in modules}
    problems = [
        f"{name} imports {wanted}: unknown import"
        for name, imports in needed.items()
        for wanted in imports
        if not _provides(modules, wanted)
    ]
    if problems:
        raise LinkError(", ".join(modules), problems)
    order: list[str] = []
    while len(order) < len(modules):
        ready = [name for name in modules if name not in order and _providers(needed[name]) <= set(order)]
        if not ready:
            raise _circle(modules, needed, order)
        order.append(ready[0])
    return order


def _needs(modules: Modules, name: str, is_missing: Callable[[Import], bool]) -> list[Import]:
    """The imports that are not defined before; another of the modules goes before what stands in for a function."""
    return [wanted for wanted in modules[name].IMPORTS if is_missing(wanted) or _provides(modules, wanted)]


def _provides(modules: Modules, wanted: Import) -> bool:
    provider = modules.get(wanted.module)
    return provider is not None and any(export.name == wanted.name for export in provider.EXPORTS)


def _providers(imports: list[Import]) -> set[str]:
    return {wanted.module for wanted in imports}


def _circle(modules: Modules, needed: Mapping[str, list[Import]], order: list[str]) -> LinkError:
    """The shortest way round from the first module that cannot be instantiated."""
    name = next(name for name in modules if name not in order)
    path: list[str] = []
    while name not in path:
        path.append(name)
        name = next(wanted.module for wanted in needed[name] if wanted.module not in order)
    circle = path[path.index(name) :]
    steps = [
        f"{user} imports {next(wanted for wanted in needed[user] if wanted.module == provider)}"
        for user, provider in zip(circle, [*circle[1:], circle[0]])
    ]
    return LinkError(f"{' -> '.join([*circle, circle[0]])} is a circle, in which none can be first", steps)
