"""Which features of WebAssembly a module uses: what each of its parts needs beyond WebAssembly 1.0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from wasm2py.module import ElementSegment, Expr, Module
from wasm2py.types import (
    EXTERNREF,
    FUNCREF,
    PAGE_SIZE,
    ArrayType,
    FuncType,
    GlobalType,
    MemoryType,
    RefType,
    StructType,
    SubType,
    TableType,
    ValType,
)

_GC_HEAPS = {"any", "eq", "i31", "struct", "array", "none", "nofunc", "noextern"}


def features_of(module: Module) -> set[str]:
    """The names of the features in use; "mvp" is always among them."""
    parts = (_types(module), _externals(module), _definitions(module), _segments(module), _code(module))
    return {"mvp", *chain.from_iterable(parts)}


def _types(module: Module) -> Iterator[str]:
    if any(length > 1 for _, length in module.rec_groups):
        yield "gc"
    for entry in module.types:
        yield from _sub_type(entry)


def _sub_type(entry: SubType) -> Iterator[str]:
    composite = entry.composite
    if entry.supertypes or not entry.final or isinstance(composite, (StructType, ArrayType)):
        yield "gc"
    if isinstance(composite, FuncType):
        if len(composite.results) > 1:
            yield "multi-value"
        yield from _val_types(composite.params + composite.results)


def _val_types(types: Iterable[ValType]) -> Iterator[str]:
    for type in types:
        if type == "v128":
            yield "simd"
        elif isinstance(type, RefType):
            yield _ref_type(type)


def _ref_type(type: RefType) -> str:
    if type in (FUNCREF, EXTERNREF):
        return "reference-types"
    if type.heap in _GC_HEAPS:
        return "gc"
    return "exceptions" if type.heap in ("exn", "noexn") else "function-references"


def _externals(module: Module) -> Iterator[str]:
    if module.tags or module.imported("tag"):
        yield "exceptions"
    imported = [entry.type for entry in module.imported("global")]
    space = imported + [entry.type for entry in module.globals]
    exported = [space[entry.index] for entry in module.exports if entry.kind == "global" and entry.index < len(space)]
    if any(isinstance(type, GlobalType) and type.mutable for type in imported + exported):
        yield "mutable-globals"


def _definitions(module: Module) -> Iterator[str]:
    memories = [entry.type for entry in module.imported("memory")] + list(module.memories)
    tables = [entry.type for entry in module.imported("table")] + [table.type for table in module.tables]
    if len(memories) > 1:
        yield "multi-memory"
    if len(tables) > 1:
        yield "reference-types"
    for memory in memories:
        if isinstance(memory, MemoryType):
            yield from _memory(memory)
    for table in tables:
        if isinstance(table, TableType):
            yield from ["memory64"] * (table.index_type == "i64")
            yield from [] if table.element == FUNCREF else [_ref_type(table.element)]
    yield from _val_types(entry.type.value for entry in module.globals)
    if any(table.init for table in module.tables):
        yield "function-references"


def _memory(memory: MemoryType) -> Iterator[str]:
    uses = {
        "threads": memory.shared,
        "memory64": memory.index_type == "i64",
        "custom-page-sizes": memory.page_size != PAGE_SIZE,
    }
    yield from (name for name, used in uses.items() if used)


def _segments(module: Module) -> Iterator[str]:
    modes = {segment.mode for segment in module.datas} | {segment.mode for segment in module.elements}
    if "passive" in modes or module.data_count is not None:
        yield "bulk-memory"
    if any(segment.mode == "declarative" or not _old_element(segment) for segment in module.elements):
        yield "reference-types"
    for segment in module.elements:
        yield from [] if segment.type.heap == "func" else [_ref_type(segment.type)]


def _old_element(segment: ElementSegment) -> bool:
    """Whether WebAssembly 1.0 could write this segment: functions only, into table 0."""
    return segment.table == 0 and all(item[0].opcode.name == "ref.func" for item in segment.items if item)


def _code(module: Module) -> Iterator[str]:
    """What the instructions, their block types, the locals and the constant expressions need."""
    bodies = [function.body for function in module.functions]
    yield from {instruction.opcode.feature for body in bodies for instruction in body}
    yield from _val_types({type for function in module.functions for _, type in function.locals})
    if any(_block_types(body) for body in bodies):
        yield "multi-value"
    for expr in _constants(module):
        for instruction in expr:
            # Arithmetic came to constant expressions later than to functions; ref.func there is as old as segments.
            name, feature = instruction.opcode.name, instruction.opcode.feature
            if name.endswith((".add", ".sub", ".mul")):
                yield "extended-const"
            elif name != "ref.func":
                yield feature
    if "metadata.code.branch_hint" in module.parsed_customs:
        yield "branch-hinting"


def _block_types(body: Expr) -> bool:
    """Whether a block has a type index: parameters or several results."""
    return any(item.opcode.immediates == ("blocktype",) and isinstance(item.immediate, int) for item in body)


def _constants(module: Module) -> Iterator[Expr]:
    yield from (entry.init for entry in module.globals)
    yield from (table.init for table in module.tables if table.init)
    yield from (segment.offset_expr for segment in module.elements if segment.offset_expr)
    yield from (segment.offset_expr for segment in module.datas if segment.offset_expr)
    yield from (item for segment in module.elements for item in segment.items)
