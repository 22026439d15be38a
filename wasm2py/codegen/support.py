"""Refuses what this version does not translate, before any work is done: never wrongly, never half."""

from __future__ import annotations

from collections.abc import Iterator

from wasm2py.binary.names import NameSection
from wasm2py.errors import UnsupportedFeature
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.module import Expr, Module
from wasm2py.types import EXTERNREF, FUNCREF, PAGE_SIZE, FuncType, ValType

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
    )
)
_TYPES = frozenset(("i32", "i64", "f32", "f64", FUNCREF, EXTERNREF))


def check_supported(module: Module) -> None:
    """Raise UnsupportedFeature for the first thing in the module that is not translated."""
    _check_entities(module)
    names = module.parsed_customs.get("name") or NameSection()
    imported = len(module.imported("func"))
    for index, function in enumerate(module.functions, imported):
        where = (function.offset, index, names.functions.get(index))
        composite = module.types[function.typeidx].composite
        if isinstance(composite, FuncType):
            for type in (*composite.params, *composite.results, *(type for _, type in function.locals)):
                _check_type(type, *where)
        _check_body(function.body, *where[1:])


def _check_body(body: Expr, function: int | None = None, name: str | None = None) -> None:
    for opcode, immediate, offset in body:
        if opcode.feature not in SUPPORTED:
            raise UnsupportedFeature(opcode.feature, f"instruction {opcode.name}", offset, function, name)
        if opcode.name == "ref.null":
            if immediate not in ("func", "extern"):
                raise UnsupportedFeature(_heap_feature(immediate), "instruction ref.null", offset, function, name)
        elif opcode.name == "select_t":
            _check_type(immediate[0], offset, function, name)


def _heap_feature(heap: str | int) -> str:
    if isinstance(heap, int):
        return "function-references"
    return "exceptions" if heap in ("exn", "noexn") else "gc"


def _check_type(type: ValType, offset: int | None, function: int | None = None, name: str | None = None) -> None:
    if type in _TYPES:
        return
    feature = "simd" if isinstance(type, str) else _heap_feature(type.heap)
    if not isinstance(type, str) and type.heap in ("func", "extern"):
        feature = "function-references"  # a reference that cannot be null
    raise UnsupportedFeature(feature, f"type {type}", offset, function, name)


def _check_types(module: Module) -> None:
    """Only function types that are told apart by their shape alone."""
    for type in module.types:
        if not isinstance(type.composite, FuncType):
            raise UnsupportedFeature("gc", "struct and array types")
        if not type.final or type.supertypes:
            raise UnsupportedFeature("gc", "subtypes")
    if any(length > 1 for _, length in module.rec_groups):
        raise UnsupportedFeature("gc", "recursion groups of several types")


def _check_entities(module: Module) -> None:
    _check_types(module)
    if module.tags or module.imported("tag"):
        raise UnsupportedFeature("exceptions", "tags")
    for entry in module.imports:
        if isinstance(entry.type, int):
            composite = module.types[entry.type].composite
            if isinstance(composite, FuncType):
                for type in (*composite.params, *composite.results):
                    _check_type(type, entry.offset)
    spaces = IndexSpaces(module)
    for memory in spaces.memories:
        if memory.index_type != "i32":
            raise UnsupportedFeature("memory64", "a memory with 64-bit addresses")
        if memory.page_size != PAGE_SIZE:
            raise UnsupportedFeature("custom-page-sizes", f"a memory with pages of {memory.page_size} bytes")
    for table in spaces.tables:
        if table.index_type != "i32":
            raise UnsupportedFeature("memory64", "a table with 64-bit indices")
        _check_type(table.element, None)
    for global_ in spaces.globals:
        _check_type(global_.value, None)
    for segment in module.elements:
        _check_type(segment.type if segment.type.nullable else FUNCREF, segment.offset)
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
