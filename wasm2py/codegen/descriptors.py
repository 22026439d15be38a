"""Types, imports and exports of a module as the runtime's descriptor objects."""

from __future__ import annotations

import ast

from wasm2py.codegen import pyast as py
from wasm2py.codegen.cells import Cells
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.module import Export, Import, Module
from wasm2py.types import FuncType, GlobalType, MemoryType, TableType, ValType


def _make(name: str, *args: ast.expr) -> ast.expr:
    return py.call(py.attribute("abi", name), args)


def _types(types: tuple[ValType, ...]) -> ast.expr:
    return py.tuple_of([py.constant(str(type)) for type in types])


def func_type(type: FuncType) -> ast.expr:
    return _make("FuncType", _types(type.params), _types(type.results))


def memory_type(type: MemoryType) -> ast.expr:
    args = [py.integer(type.limits.minimum), py.constant(type.limits.maximum)]
    if type.shared:
        args.append(py.constant(True))
    return _make("MemoryType", *args)


def table_type(type: TableType) -> ast.expr:
    limits = type.limits
    return _make("TableType", py.constant(str(type.element)), py.integer(limits.minimum), py.constant(limits.maximum))


def global_type(type: GlobalType) -> ast.expr:
    return _make("GlobalType", py.constant(str(type.value)), py.constant(type.mutable))


def type_entry(index: int) -> ast.expr:
    """``TYPES[3]``"""
    return ast.Subscript(py.name("TYPES"), py.integer(index), py.LOAD)


def type_table(module: Module) -> ast.stmt:
    """``TYPES = (…)``: the function types by type index."""
    entries = [
        func_type(type.composite) if isinstance(type.composite, FuncType) else py.constant(None)
        for type in module.types
    ]
    return py.assign("TYPES", py.tuple_of(entries))


def import_descriptors(module: Module, cells: Cells) -> list[ast.expr]:
    return [
        _make("Import", py.constant(keyword), py.constant(entry.module), py.constant(entry.name), _import_type(entry))
        for keyword, entry in zip(cells.keywords, module.imports)
    ]


def _import_type(entry: Import) -> ast.expr:
    if isinstance(entry.type, int):
        return type_entry(entry.type)
    return _external_type(entry.type)


def _external_type(type: object) -> ast.expr:
    if isinstance(type, MemoryType):
        return memory_type(type)
    if isinstance(type, TableType):
        return table_type(type)
    assert isinstance(type, GlobalType)
    return global_type(type)


def export_descriptors(module: Module, spaces: IndexSpaces) -> list[ast.expr]:
    return [_make("Export", py.constant(export.name), _export_type(export, spaces)) for export in module.exports]


def _export_type(export: Export, spaces: IndexSpaces) -> ast.expr:
    if export.kind == "func":
        return type_entry(spaces.functions[export.index])
    if export.kind == "memory":
        return memory_type(spaces.memories[export.index])
    if export.kind == "table":
        return table_type(spaces.tables[export.index])
    return global_type(spaces.globals[export.index])
