"""``Module.__init__``: instantiation (spec §4.5.4), step by step, as calls of the runtime's Linkage ``m``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.codegen import pyast as py
from wasm2py.codegen.cells import Cells, atomic_name, view_name
from wasm2py.codegen.constants import constant_expression
from wasm2py.codegen.descriptors import global_type, memory_type, table_type, tag_type, type_entry
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.module import Module

_CALL = BY_NAME["call"]
#: what may lead to another function of the module, or of one that nobody knows here
_CALLS = frozenset(
    BY_NAME[prefix + name] for prefix in ("", "return_") for name in ("call", "call_indirect", "call_ref")
)


def constructor(module: Module, spaces: IndexSpaces, cells: Cells, rooms: bool) -> ast.FunctionDef:
    """Must be made after all functions: they decide which views and call lists there are.

    ``rooms``: exported functions that call others are told from the rest.
    """
    given = py.tuple_of([py.name(keyword) for keyword in cells.keywords])
    linkage = py.call(py.attribute("abi", "Linkage"), [py.name("self"), py.call("globals", []), given])
    body: list[ast.stmt] = [py.assign("m", linkage)]
    body += _definitions(module, spaces, cells)
    body += [_step("link")]
    for export in module.exports:
        nests = {"nests": py.constant(True)} if rooms and export.kind == "func" and _nests(spaces, export.index) else {}
        body.append(
            _step("export", py.constant(export.name), py.constant(export.kind), py.integer(export.index), **nests)
        )
    body += _initialisation(module, cells)
    definition = py.define("__init__", [ast.arg("self")], body)
    definition.args.kwonlyargs = [ast.arg(keyword) for keyword in cells.keywords]
    definition.args.kw_defaults = [None] * len(cells.keywords)
    return definition


def _nests(spaces: IndexSpaces, index: int) -> bool:
    """Whether a function of the module has calls that are not just of imported functions."""
    position = index - spaces.imported_functions
    return position >= 0 and any(
        opcode in _CALLS and not (opcode is _CALL and immediate < spaces.imported_functions)
        for opcode, immediate, _ in spaces.module.functions[position].body
    )


def _step(method: str, *args: ast.expr, **keywords: ast.expr) -> ast.stmt:
    call = py.call(py.attribute("m", method), args)
    call.keywords = [ast.keyword(key, value) for key, value in keywords.items()]
    return ast.Expr(call)


def _names(names: list[str]) -> list[ast.expr]:
    return [py.constant(name) for name in names]


def _definitions(module: Module, spaces: IndexSpaces, cells: Cells) -> Iterator[ast.stmt]:
    if spaces.imported_functions:
        yield _step("bind_functions", *_names(cells.functions[: spaces.imported_functions]))
    if module.functions:
        yield _step("define_functions", py.name("FUNCTIONS"), py.name("TYPES"))
    if spaces.imported_globals:
        yield _step("bind_globals", *_names(cells.globals[: spaces.imported_globals]))
    for name, entry in zip(cells.globals[spaces.imported_globals :], module.globals):
        value = constant_expression(entry.init, cells)
        yield _step("define_global", py.constant(name), global_type(entry.type), value)
    for tag in module.tags:
        yield _step("define_tag", tag_type(tag))
    for table in module.tables:
        init = [constant_expression(table.init, cells)] if table.init is not None else []
        yield _step("define_table", table_type(table.type), *init)
    for memory in module.memories:
        yield _step("define_memory", memory_type(memory))
    for index in range(len(spaces.memories)):
        formats = sorted(view[1] for view in cells.views if view[0] == index and view[2:] == (0, 1))
        if formats:
            yield _step("bind_views", py.integer(index), *_names(formats))
    for view in sorted(cells.views):
        index, format, offset, step = view
        if offset or step != 1:
            where = [py.integer(index), py.constant(format), py.integer(offset), py.integer(step)]
            yield _step("bind_stepped_view", py.constant(view_name(view)), *where)
    for atomic in sorted(cells.atomics):
        index, format, operation = atomic
        where = [py.integer(index), py.constant(format), py.constant(operation)]
        yield _step("bind_atomic", py.constant(atomic_name(atomic)), *where)
    for table_index, typeidx in sorted(cells.call_lists):
        cell = py.constant(f"calls{table_index}_{typeidx}")
        yield _step("bind_calls", cell, py.integer(table_index), type_entry(typeidx))
    for segment in module.elements:
        yield _step("define_elements", *[constant_expression(item, cells) for item in segment.items])
    for data in module.datas:
        yield _step("define_data", py.constant(data.data))


def _initialisation(module: Module, cells: Cells) -> Iterator[ast.stmt]:
    """Active segments in order, then the start function."""
    for index, segment in enumerate(module.elements):
        if segment.mode == "active":
            assert segment.offset_expr is not None
            offset = constant_expression(segment.offset_expr, cells)
            yield _step("init_elements", segment=py.integer(index), table=py.integer(segment.table), offset=offset)
        elif segment.mode == "declarative":
            yield _step("drop_elements", py.integer(index))
    for index, data in enumerate(module.datas):
        if data.mode == "active":
            assert data.offset_expr is not None
            offset = constant_expression(data.offset_expr, cells)
            yield _step("init_data", segment=py.integer(index), memory=py.integer(data.memory), offset=offset)
    if module.start is not None:
        yield _step("start", py.integer(module.start))
