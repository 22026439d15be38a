"""Refuses what this version does not translate, before any work is done: never wrongly, never half."""

from __future__ import annotations

from collections.abc import Iterator

from wasm2py.binary.names import NameSection
from wasm2py.errors import UnsupportedFeature
from wasm2py.module import Expr, Module

#: features whose instructions are translated
SUPPORTED = frozenset(
    (
        "mvp",
        "mutable-globals",
        "sign-extension",
        "saturating-float-to-int",
        "multi-value",
        "bulk-memory",
        "reference-types",
        "extended-const",
        "multi-memory",
        "exceptions",
        "legacy-exceptions",
        "function-references",
        "gc",
        "threads",
        "simd",
        "relaxed-simd",
        "memory64",
        "custom-page-sizes",
        "wide-arithmetic",
        "tail-call",
    )
)
#: instructions whose feature is translated but for what belongs to another one
_UNSUPPORTED: dict[str, str] = {}


def check_supported(module: Module) -> None:
    """Raise UnsupportedFeature for the first thing in the module that is not translated."""
    _check_entities(module)
    names = module.parsed_customs.get("name") or NameSection()
    imported = len(module.imported("func"))
    for index, function in enumerate(module.functions, imported):
        _check_body(function.body, index, names.functions.get(index))


def _check_body(body: Expr, function: int | None = None, name: str | None = None) -> None:
    for opcode, _, offset in body:
        if opcode.feature not in SUPPORTED or opcode.name in _UNSUPPORTED:
            feature = _UNSUPPORTED.get(opcode.name, opcode.feature)
            raise UnsupportedFeature(feature, f"instruction {opcode.name}", offset, function, name)


def _check_entities(module: Module) -> None:
    for expr in _constant_expressions(module):
        _check_body(expr)


def _constant_expressions(module: Module) -> Iterator[Expr]:
    yield from (entry.init for entry in module.globals)
    yield from (table.init for table in module.tables if table.init is not None)
    for element in module.elements:
        yield from element.items
        if element.offset_expr is not None:
            yield element.offset_expr
    yield from (data.offset_expr for data in module.datas if data.offset_expr is not None)
