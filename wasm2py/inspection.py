"""What is in a module, for ``wasm2py inspect`` and for programs."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wasm2py.binary import decode
from wasm2py.errors import Wasm2pyError
from wasm2py.feature_use import features_of
from wasm2py.features import DEFAULT_FEATURES, FEATURES
from wasm2py.module import ExternKind, Module
from wasm2py.reading import WasmFile
from wasm2py.types import PAGE_SIZE, FuncType, GlobalType, Limits, MemoryType, TableType
from wasm2py.validate import validate


@dataclass(frozen=True)
class External:
    """An import or export. ``module`` is "" for exports; ``type`` is a text such as ``[i32 i32] -> [i64]``."""

    module: str
    name: str
    kind: ExternKind
    type: str


@dataclass(frozen=True)
class Counts:
    """How many there are of what the module itself defines."""

    types: int
    functions: int
    instructions: int
    code_bytes: int
    tags: int
    element_segments: int
    data_segments: int
    data_bytes: int


@dataclass(frozen=True)
class Inspection:
    """What is in a module. Types are given in the words of the text format."""

    name: str
    size: int
    sha256: str
    #: why the module is not valid with all features on; None if it is
    invalid: str | None
    #: what the module uses, in the order in which the features came
    features: tuple[str, ...]
    imports: tuple[External, ...]
    exports: tuple[External, ...]
    #: all memories, tables and globals, imported ones first
    memories: tuple[str, ...]
    tables: tuple[str, ...]
    globals: tuple[str, ...]
    #: index of the start function
    start: int | None
    counts: Counts
    #: field -> "name version" of each producer
    producers: dict[str, list[str]]
    #: (name, bytes) of each custom section
    custom_sections: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain data, ready for JSON."""
        return dataclasses.asdict(self)

    @property
    def unusual_features(self) -> list[str]:
        """Features in use that are off unless switched on."""
        return [name for name in self.features if name not in DEFAULT_FEATURES]


def inspect_module(file: WasmFile) -> Inspection:
    """Describe a module. Raises DecodeError."""
    module = decode(file.data)
    used = features_of(module)
    return Inspection(
        name=file.name,
        size=len(file.data),
        sha256=hashlib.sha256(file.data).hexdigest(),
        invalid=_why_invalid(module),
        features=tuple(name for name in FEATURES if name in used),
        imports=tuple(External(i.module, i.name, i.kind, _type_text(module, i.kind, i.type)) for i in module.imports),
        exports=_exports(module),
        memories=tuple(_memory_text(type) for type in _space(module, "memory")),
        tables=tuple(_table_text(type) for type in _space(module, "table")),
        globals=tuple(_global_text(type) for type in _space(module, "global")),
        start=module.start,
        counts=_counts(module),
        producers=_producers(module),
        custom_sections=tuple((custom.name, len(custom.data)) for custom in module.customs),
        warnings=module.warnings,
    )


def _why_invalid(module: Module) -> str | None:
    try:
        validate(module, frozenset(FEATURES))
    except Wasm2pyError as error:
        return str(error)
    return None


def _exports(module: Module) -> tuple[External, ...]:
    """The exports; the type of one whose index is out of range (an invalid module) is "?"."""
    spaces = {export.kind: _space(module, export.kind) for export in module.exports}
    found = []
    for export in module.exports:
        space = spaces[export.kind]
        type = _type_text(module, export.kind, space[export.index]) if export.index < len(space) else "?"
        found.append(External("", export.name, export.kind, type))
    return tuple(found)


def _space(module: Module, kind: ExternKind) -> list[Any]:
    """The types in an index space: those of the imports, then those of the definitions (spec §2.5)."""
    imported: list[Any] = [entry.type for entry in module.imported(kind)]
    defined: dict[str, list[Any]] = {
        "func": [function.typeidx for function in module.functions],
        "table": [table.type for table in module.tables],
        "memory": list(module.memories),
        "global": [entry.type for entry in module.globals],
        "tag": list(module.tags),
    }
    return imported + defined[kind]


def _type_text(module: Module, kind: ExternKind, type: Any) -> str:
    if kind == "func":
        return _signature(module, type)
    if kind == "tag":
        return _signature(module, type.typeidx)
    texts: dict[str, Callable[[Any], str]] = {"memory": _memory_text, "table": _table_text, "global": _global_text}
    return texts[kind](type)


def _signature(module: Module, typeidx: int) -> str:
    composite = module.types[typeidx].composite if typeidx < len(module.types) else None
    return str(composite) if isinstance(composite, FuncType) else "?"


def _global_text(type: GlobalType) -> str:
    return f"(mut {type.value})" if type.mutable else str(type.value)


def _memory_text(type: MemoryType) -> str:
    text = f"{_limits(type.limits)} pages" + (f" of {type.page_size} bytes" if type.page_size != PAGE_SIZE else "")
    return text + (", shared" if type.shared else "") + (", i64" if type.index_type == "i64" else "")


def _table_text(type: TableType) -> str:
    return f"{_limits(type.limits)} × {type.element}" + (", i64" if type.index_type == "i64" else "")


def _limits(limits: Limits) -> str:
    return f"{limits.minimum}..{'' if limits.maximum is None else limits.maximum}"


def _counts(module: Module) -> Counts:
    return Counts(
        types=len(module.types),
        functions=len(module.functions),
        instructions=sum(len(function.body) for function in module.functions),
        code_bytes=sum(function.size for function in module.functions),
        tags=len(module.tags),
        element_segments=len(module.elements),
        data_segments=len(module.datas),
        data_bytes=sum(len(segment.data) for segment in module.datas),
    )


def _producers(module: Module) -> dict[str, list[str]]:
    """Field -> "name version" of each producer, from the custom section ``producers``."""
    producers = module.parsed_customs.get("producers")
    fields = producers.fields if producers else {}
    return {field: [" ".join(filter(None, pair)) for pair in pairs] for field, pairs in fields.items()}
