"""The rules of each section but the type section (spec §3.5 "Modules"). Each fills the context with what it checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, Final

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.errors import ValidationError
from wasm2py.module import DataSegment, ElementSegment, Export, Expr, Import, Module
from wasm2py.text import quoted
from wasm2py.types import RefType
from wasm2py.validate import externals
from wasm2py.validate import implementation_limits as limits
from wasm2py.validate.context import Context, lookup
from wasm2py.validate.expression import check_constant
from wasm2py.validate.lattice import defaultable, shown
from wasm2py.validate.operands import mismatch
from wasm2py.validate.typespace import need

_REF_FUNC: Final = BY_NAME["ref.func"]


@contextmanager
def at(offset: int) -> Iterator[None]:
    """Errors that do not say where they are get this offset."""
    try:
        yield
    except ValidationError as error:
        if error.offset is not None:
            raise
        raise ValidationError(error.message, offset) from None


# Imports


def imports(context: Context, module: Module) -> None:
    limits.at_most(limits.MAX_IMPORTS, len(module.imports), "imports")
    for entry in module.imports:
        with at(entry.offset):
            _IMPORTS[entry.kind](context, entry)
    context.imported_globals = len(context.globals)


def _import_function(context: Context, entry: Import) -> None:
    assert isinstance(entry.type, int)
    _add_function(context, entry.type)


def _import_table(context: Context, entry: Import) -> None:
    context.tables.append(externals.table_type(context.types, _type(entry)))


def _import_memory(context: Context, entry: Import) -> None:
    context.memories.append(externals.memory_type(context.types, _type(entry)))


def _import_global(context: Context, entry: Import) -> None:
    type = externals.global_type(context.types, _type(entry))
    if type.mutable:
        need(context.features, "mutable-globals", "an imported mutable global")
    context.globals.append(type)


def _import_tag(context: Context, entry: Import) -> None:
    context.tags.append(externals.tag_type(context.types, _type(entry)))


def _type(entry: Import) -> Any:
    return entry.type


_IMPORTS: Final[dict[str, Callable[[Context, Import], None]]] = {
    "func": _import_function,
    "table": _import_table,
    "memory": _import_memory,
    "global": _import_global,
    "tag": _import_tag,
}


# Definitions


def tags(context: Context, module: Module) -> None:
    for type in module.tags:
        context.tags.append(externals.tag_type(context.types, type))
    limits.at_most(limits.MAX_TAGS, len(context.tags), "tags")


def functions(context: Context, module: Module) -> None:
    """The types of functions; their bodies come when all else is known."""
    for function in module.functions:
        with at(function.offset):
            _add_function(context, function.typeidx)
    limits.at_most(limits.MAX_FUNCTIONS, len(context.functions), "functions")


def _add_function(context: Context, typeidx: int) -> None:
    context.signatures.append(context.types.function(typeidx))
    context.functions.append(typeidx)


def memories(context: Context, module: Module) -> None:
    for type in module.memories:
        context.memories.append(externals.memory_type(context.types, type))
    limits.at_most(limits.MAX_MEMORIES, len(context.memories), "memories")
    if len(context.memories) > 1 and "multi-memory" not in context.features:
        raise ValidationError("multiple memories, and feature multi-memory is not enabled")


def tables(context: Context, module: Module) -> None:
    """Initial values see imported globals only, as no others come before tables (spec §3.5.5)."""
    for entry in module.tables:
        with at(entry.offset):
            type = externals.table_type(context.types, entry.type)
            if entry.init is not None:
                need(context.features, "function-references", "a table with an initial value")
                check_constant(context, entry.init, type.element)
            elif not defaultable(type.element):
                raise mismatch("an initial value", "none", f"table of {type.element}", "it")
            context.tables.append(type)
    limits.at_most(limits.MAX_TABLES, len(context.tables), "tables")
    if len(context.tables) > 1 and "reference-types" not in context.features:
        raise ValidationError("multiple tables, and feature reference-types is not enabled")


def globals(context: Context, module: Module) -> None:
    """Each initial value sees the globals before it."""
    for entry in module.globals:
        with at(entry.offset):
            type = externals.global_type(context.types, entry.type)
            check_constant(context, entry.init, type.value)
            context.globals.append(type)
    limits.at_most(limits.MAX_GLOBALS, len(context.globals), "globals")


# Segments


def datas(context: Context, module: Module) -> None:
    context.data_count = len(module.datas)
    limits.at_most(limits.MAX_DATA_SEGMENTS, context.data_count, "data segments")
    if module.data_count is not None:
        need(context.features, "bulk-memory", "the data count section")
    for segment in module.datas:
        with at(segment.offset):
            _data(context, segment)


def _data(context: Context, segment: DataSegment) -> None:
    if segment.offset_expr is None:
        need(context.features, "bulk-memory", "a passive data segment")
        return
    memory = lookup(context.memories, segment.memory, "memory")
    check_constant(context, segment.offset_expr, memory.index_type)


def elements(context: Context, module: Module) -> None:
    limits.at_most(limits.MAX_ELEMENT_SEGMENTS, len(module.elements), "element segments")
    for segment in module.elements:
        with at(segment.offset):
            _element(context, segment)


def _element(context: Context, segment: ElementSegment) -> None:
    types = context.types
    type = externals.segment_type(types, segment.type)
    limits.at_most(limits.MAX_ELEMENTS, len(segment.items), "elements")
    if segment.mode != "active":
        feature = "bulk-memory" if segment.mode == "passive" else "reference-types"
        need(context.features, feature, f"a {segment.mode} element segment")
    for item in segment.items:
        _item(context, item, type)
    if segment.offset_expr is not None:
        table = lookup(context.tables, segment.table, "table")
        if not types.matches(type, table.element):
            raise mismatch(str(table.element), str(type), "table", "element segment")
        check_constant(context, segment.offset_expr, table.index_type)
    context.elements.append(type)


def _item(context: Context, item: Expr, type: RefType) -> None:
    """An element of a segment: mostly a function, of which there are many."""
    opcode, index, _ = item[0]
    function = opcode is _REF_FUNC and len(item) == 2 and index < len(context.functions)
    if not (function and context.types.matches(context.function_reference(index), type)):
        check_constant(context, item, type)


# What follows the definitions


def exports(context: Context, module: Module) -> None:
    """Everything exported exists, and no name is used twice (spec §3.5.12, §3.5.13)."""
    limits.at_most(limits.MAX_EXPORTS, len(module.exports), "exports")
    names: set[str] = set()
    for entry in module.exports:
        with at(entry.offset):
            _export(context, entry)
            if entry.name in names:
                raise ValidationError(f"duplicate export name {quoted(entry.name)}")
            names.add(entry.name)


def _export(context: Context, entry: Export) -> None:
    if entry.kind == "func":
        lookup(context.functions, entry.index, "function")
    elif entry.kind == "table":
        lookup(context.tables, entry.index, "table")
    elif entry.kind == "memory":
        lookup(context.memories, entry.index, "memory")
    elif entry.kind == "tag":
        lookup(context.tags, entry.index, "tag")
    elif lookup(context.globals, entry.index, "global").mutable:
        need(context.features, "mutable-globals", "an exported mutable global")


def start(context: Context, module: Module) -> None:
    """The start function takes and gives nothing (spec §3.5.10)."""
    if module.start is None:
        return
    params, results = lookup(context.signatures, module.start, "function")
    if params or results:
        found = f"{shown(params)} -> {shown(results)}"
        raise ValidationError(f"start function must not have parameters or results: {found}")


def declared_functions(module: Module) -> set[int]:
    """The functions that anything but bodies and the start function mentions: C.refs (spec §3.5.13)."""
    exported = (entry.index for entry in module.exports if entry.kind == "func")
    constants = chain(
        (entry.init for entry in module.tables if entry.init is not None),
        (entry.init for entry in module.globals),
        *(segment.items for segment in module.elements),
        (segment.offset_expr for segment in module.elements if segment.offset_expr is not None),
        (segment.offset_expr for segment in module.datas if segment.offset_expr is not None),
    )
    named = (item.immediate for expr in constants for item in expr if item.opcode is _REF_FUNC)
    return {*exported, *named}
