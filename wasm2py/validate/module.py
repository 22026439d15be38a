"""Checking a whole module (spec §3.5.13 "Modules"): in which order the rules apply."""

from __future__ import annotations

from collections.abc import Mapping

from wasm2py.binary.names import NameSection
from wasm2py.errors import ValidationError
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.module import Module
from wasm2py.validate import sections
from wasm2py.validate.context import Context
from wasm2py.validate.expression import check_function
from wasm2py.validate.typesection import type_space


def validate(module: Module, features: frozenset[str] = DEFAULT_FEATURES) -> None:
    """Check that the module is valid and uses no feature but those given; raise ValidationError if not."""
    context = Context(type_space(module, features | {"mvp"}))
    context.declared = sections.declared_functions(module)
    for section in (
        sections.imports,
        sections.tags,
        sections.functions,
        sections.memories,
        sections.tables,
        sections.globals,
        sections.datas,
        sections.elements,
    ):
        section(context, module)
    _bodies(context, module)
    sections.start(context, module)
    sections.exports(context, module)


def _bodies(context: Context, module: Module) -> None:
    """The functions that the module defines."""
    imported = len(context.functions) - len(module.functions)
    for funcidx, function in enumerate(module.functions, imported):
        try:
            check_function(context, function)
        except ValidationError as error:
            offset = function.offset if error.offset is None else error.offset
            name = _function_names(module).get(funcidx)
            raise ValidationError(error.message, offset, funcidx, name, error.instruction) from None


def _function_names(module: Module) -> Mapping[int, str]:
    """The names that the name section gives to functions."""
    names = module.parsed_customs.get("name")
    return names.functions if isinstance(names, NameSection) else {}
