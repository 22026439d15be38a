"""Types, imports and exports of a module as the runtime's descriptor objects."""

from __future__ import annotations

import ast

from wasm2py.codegen import pyast as py
from wasm2py.codegen.cells import Cells
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.module import Export, Import, Module
from wasm2py.types import (
    PAGE_SIZE,
    ArrayType,
    FuncType,
    GlobalType,
    MemoryType,
    RefType,
    SubType,
    TableType,
    TagType,
    ValType,
)

#: what the last arguments of a memory type mostly are
_USUAL = (False, "i32", PAGE_SIZE)


def _make(name: str, *args: ast.expr) -> ast.expr:
    return py.call(py.attribute("abi", name), args)


def value_type(type: ValType) -> ast.expr:
    """A string, or a ``RefType`` for a reference to a type that the module defines."""
    if isinstance(type, RefType) and isinstance(type.heap, int):
        return _make("RefType", py.constant(type.nullable), type_entry(type.heap))
    return py.constant(str(type))


def _types(types: tuple[ValType, ...]) -> ast.expr:
    return py.tuple_of([py.constant(str(type)) for type in types])


def func_type(type: FuncType) -> ast.expr:
    return _make("FuncType", _types(type.params), _types(type.results))


def memory_type(type: MemoryType) -> ast.expr:
    args = [py.integer(type.limits.minimum), py.constant(type.limits.maximum)]
    rest = [type.shared, type.index_type, type.page_size]
    while rest and rest[-1] == _USUAL[len(rest) - 1]:
        rest.pop()
    return _make("MemoryType", *args, *[py.constant(each) for each in rest])


def table_type(type: TableType) -> ast.expr:
    limits = type.limits
    args = [value_type(type.element), py.integer(limits.minimum), py.constant(limits.maximum)]
    if type.index_type != "i32":
        args.append(py.constant(type.index_type))
    return _make("TableType", *args)


def global_type(type: GlobalType) -> ast.expr:
    return _make("GlobalType", value_type(type.value), py.constant(type.mutable))


def tag_type(type: TagType) -> ast.expr:
    return _make("TagType", type_entry(type.typeidx))


def type_entry(index: int) -> ast.expr:
    """``TYPES[3]``"""
    return ast.Subscript(py.name("TYPES"), py.integer(index), py.LOAD)


def type_table(module: Module) -> ast.stmt:
    """``TYPES = (…)``: the types by type index."""
    if all(_is_plain(type) for type in module.types) and all(length == 1 for _, length in module.rec_groups):
        functions = [type.composite for type in module.types if isinstance(type.composite, FuncType)]
        return py.assign("TYPES", py.tuple_of([func_type(type) for type in functions]))
    groups = [module.types[first : first + length] for first, length in module.rec_groups]
    # Nothing but literals, which Python makes one constant of.
    entries = [py.tuple_of([_literal(_entry(type)) for type in group]) for group in groups if group]
    return py.assign("TYPES", _make("define_types", *entries))


def type_global(spaces: IndexSpaces, typeidx: int) -> ast.stmt:
    """``type3 = TYPES[3].object_class``; for a function type the descriptor itself."""
    entry = type_entry(typeidx)
    is_function = spaces.kind(typeidx) == "func"
    return py.assign(f"type{typeidx}", entry if is_function else ast.Attribute(entry, "object_class", py.LOAD))


def _is_plain(type: SubType) -> bool:
    """A function type that its signature says all about."""
    if not isinstance(type.composite, FuncType) or not type.final or type.supertypes:
        return False
    values = type.composite.params + type.composite.results
    return not any(isinstance(each, RefType) and isinstance(each.heap, int) for each in values)


def _entry(type: SubType) -> tuple[object, ...]:
    """A type as ``define_types`` takes it."""
    above = type.supertypes[0] if type.supertypes else None
    composite = type.composite
    if isinstance(composite, FuncType):
        return (type.final, above, "func", *[tuple(map(_written, t)) for t in (composite.params, composite.results)])
    fields = (composite.field,) if isinstance(composite, ArrayType) else composite.fields
    kind = "array" if isinstance(composite, ArrayType) else "struct"
    return (type.final, above, kind, *[(_written(field.storage), field.mutable) for field in fields])


def _written(type: ValType) -> object:
    if isinstance(type, RefType) and isinstance(type.heap, int):
        return type.nullable, type.heap
    return str(type)


def _literal(value: object) -> ast.expr:
    return py.tuple_of(list(map(_literal, value))) if isinstance(value, tuple) else py.constant(value)


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
    if isinstance(type, TagType):
        return tag_type(type)
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
    if export.kind == "tag":
        return tag_type(TagType(spaces.tags[export.index]))
    return global_type(spaces.globals[export.index])
