"""Refuses what this version does not translate, before any work is done: never wrongly, never half."""

from __future__ import annotations

from collections.abc import Iterator

from wasm2py.binary.names import NameSection
from wasm2py.errors import UnsupportedFeature
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.module import Expr, Module
from wasm2py.types import PACKED_TYPES, PAGE_SIZE, ArrayType, CompositeType, FuncType, RefType, ValType

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
    )
)
#: instructions whose feature is translated but for what belongs to another one
_UNSUPPORTED = {"return_call_ref": "tail-call"}
_TYPES = frozenset(("i32", "i64", "f32", "f64", *PACKED_TYPES))


def check_supported(module: Module) -> None:
    """Raise UnsupportedFeature for the first thing in the module that is not translated."""
    _check_entities(module)
    names = module.parsed_customs.get("name") or NameSection()
    imported = len(module.imported("func"))
    for index, function in enumerate(module.functions, imported):
        where = (function.offset, index, names.functions.get(index))
        for _, type in function.locals:
            _check_type(type, *where)
        _check_body(function.body, *where[1:])


def _check_body(body: Expr, function: int | None = None, name: str | None = None) -> None:
    for opcode, immediate, offset in body:
        if opcode.feature not in SUPPORTED or opcode.name in _UNSUPPORTED:
            feature = _UNSUPPORTED.get(opcode.name, opcode.feature)
            raise UnsupportedFeature(feature, f"instruction {opcode.name}", offset, function, name)
        if opcode.name == "ref.null":
            _check_type(RefType(True, immediate), offset, function, name)
        elif opcode.name == "select_t":
            _check_type(immediate[0], offset, function, name)


def _check_type(type: ValType, offset: int | None, function: int | None = None, name: str | None = None) -> None:
    if isinstance(type, str) and type not in _TYPES:
        raise UnsupportedFeature("simd", f"type {type}", offset, function, name)


def _value_types(composite: CompositeType) -> Iterator[ValType]:
    if isinstance(composite, FuncType):
        yield from (*composite.params, *composite.results)
    else:
        fields = (composite.field,) if isinstance(composite, ArrayType) else composite.fields
        yield from (field.storage for field in fields)


def _check_entities(module: Module) -> None:
    for type in module.types:
        for each in _value_types(type.composite):
            _check_type(each, None)
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
        _check_type(segment.type, segment.offset)
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
