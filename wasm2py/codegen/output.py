"""A whole module as Python text: one file, or a package for a module that is large.

The text holds the functions, each in a holder that names the cells it captures, and the class ``Module``, whose
constructor does what the spec calls instantiation (§4.5.4) by telling the runtime's Linkage step by step. In a package
the functions stand in parts, and a part is imported when one of its functions is first called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import groupby

from wasm2py.binary.metadata import Dylink
from wasm2py.codegen import pyast as py
from wasm2py.codegen.cells import Cells
from wasm2py.codegen.constructor import constructor
from wasm2py.codegen.descriptors import export_descriptors, import_descriptors, type_global, type_table
from wasm2py.codegen.module import Context, Functions, FunctionText
from wasm2py.codegen.program import MAIN, PACKAGE_MAIN, RUN_MAIN, is_command
from wasm2py.codegen.source import to_source
from wasm2py.module import Module
from wasm2py.options import Options
from wasm2py_runtime._version import __version__

#: changes when generated code and runtime stop understanding each other
ABI_VERSION = 1
#: what generated code takes from ``wasm2py_runtime.exceptions``
EXCEPTION_NAMES = frozenset(("WasmException", "new_exception", "not_null_exception"))
#: what the names of ``wasm2py_runtime.simd`` begin with
VECTOR_PREFIXES = ("v128_", "i8x16_", "i16x8_", "i32x4_", "i64x2_", "f32x4_", "f64x2_")
#: Characters of functions after which a part of a package ends: Python compiles so much in 70 ms and 12 MB.
PART = 1 << 16


@dataclass(frozen=True)
class SourceInfo:
    """What a file was made from: a name to show, SHA-256 in hex, size in bytes."""

    filename: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Pieces:
    """The text of one file: what precedes the functions, each function's holder, and what follows."""

    head: str
    functions: tuple[str, ...]
    tail: str

    @property
    def text(self) -> str:
        """The file."""
        return "".join([self.head, *self.functions, self.tail])


class Output:
    """All of a module, translated."""

    def __init__(self, context: Context, functions: Functions, source: SourceInfo) -> None:
        cells = context.cells
        cells.add(functions.views, functions.atomics, functions.call_lists, functions.float_constants, functions.types)
        self._functions = functions.texts
        self._header = _header(source, context.options)
        self._name = ascii(source.filename)[1:-1]
        # The class first: its constant expressions add to the constants that precede it in the file.
        self._class = _class(context, self._name)
        self._main = MAIN if is_command(context.spaces) else ""
        self._head = "".join(
            [
                self._header,
                _docstring(f"WebAssembly module {self._name}, compiled to Python by wasm2py."),
                _imports(functions.helpers, cells),
                f"\n__wasm2py__ = {ABI_VERSION}\n\n",
                to_source(type_table(context.module)),
                *[to_source(type_global(context.spaces, typeidx)) for typeidx in sorted(cells.types)],
                *[f"{each} = {type}_reinterpret_i{type[1:]}({bits:#x})\n" for each, (type, bits) in _constants(cells)],
            ]
        )

    def pieces(self) -> Pieces:
        """One file."""
        table = to_source(py.assign("FUNCTIONS", py.tuple_of([_row(function) for function in self._functions])))
        tail = f"\n{table}\n\n{self._class}{self._main and MAIN + RUN_MAIN}"
        return Pieces(self._head, tuple(f"\n\n{function.text}" for function in self._functions), tail)

    def package(self) -> dict[str, str]:
        """The files of a package, by name."""
        parts = list(_parts(self._functions))
        starts = tuple(part[0].index for part in parts)
        rows = "".join(_line(function) for function in self._functions)
        table = f"FUNCTIONS = abi.functions(__name__, {starts}, '''\n{rows}''')\n"
        files = {"__init__.py": f"{self._head}\n{table}\n\n{self._class}{self._main}"}
        if self._main:
            files["__main__.py"] = f"{self._header}{_docstring(f'Runs the program {self._name}.')}{PACKAGE_MAIN}"
        for number, part in enumerate(parts):
            files[f"_part{number}.py"] = self._part(part)
        return files

    def _part(self, functions: list[FunctionText]) -> str:
        first, last = functions[0].index, functions[-1].index
        docstring = _docstring(
            f"Functions {first} to {last} of {self._name}. They run in the namespace of the package."
        )
        return "".join([self._header, docstring, *[f"\n\n{function.text}" for function in functions]])


def _parts(functions: list[FunctionText]) -> Iterator[list[FunctionText]]:
    """Functions in their order, in runs that end where PART is reached."""
    part: list[FunctionText] = []
    size = 0
    for function in functions:
        part.append(function)
        size += len(function.text)
        if size >= PART:
            yield part
            part, size = [], 0
    if part:
        yield part


def _header(source: SourceInfo, options: Options) -> str:
    return (
        f"# Made by wasm2py {__version__} from {ascii(source.filename)[1:-1]}\n"
        f"# sha256: {source.sha256} ({source.size} bytes)\n"
        f"# options: {options}\n"
    )


def _docstring(text: str) -> str:
    return to_source(ast.Expr(py.constant(text)))


def _imports(helpers: set[str], cells: Cells) -> str:
    needed = helpers | cells.helpers
    needed |= {f"{type}_reinterpret_i{type[1:]}" for type, _ in cells.float_constants.values()}
    text = "\nfrom wasm2py_runtime import abi\n"
    for module, names in groupby(sorted(needed, key=lambda name: (_module_of(name), name)), _module_of):
        text += f"from wasm2py_runtime.{module} import (\n    {(',' + chr(10) + '    ').join(names)},\n)\n"
    return text


def _module_of(helper: str) -> str:
    """The module of the runtime that a helper is in."""
    if helper in EXCEPTION_NAMES:
        return "exceptions"
    if helper.startswith("tail_"):
        return "tail_calls"
    if helper.startswith(VECTOR_PREFIXES):
        return "simd"
    return "gc" if helper.startswith(("ref_", "array_", "extern_")) else "numeric"


def _constants(cells: Cells) -> list[tuple[str, tuple[str, int]]]:
    return sorted(cells.float_constants.items())


def _row(function: FunctionText) -> ast.expr:
    """What ``Linkage.define_functions`` wants to know."""
    return py.tuple_of([py.name(f"_{function.index}"), py.constant(function.name), py.integer(function.typeidx)])


def _line(function: FunctionText) -> str:
    """The same for ``abi.functions``."""
    return " ".join([function.name, str(function.typeidx), *function.cells]) + "\n"


def _dylink(module: Module) -> Iterator[ast.stmt]:
    """What a dynamic linker wants to know of a library; fields that say nothing are left out."""
    section = module.parsed_customs.get("dylink.0")
    if isinstance(section, Dylink):
        said = {field.name: getattr(section, field.name) for field in fields(section)}
        yield py.assign(
            "DYLINK", ast.parse(ascii({name: value for name, value in said.items() if value}), mode="eval").body
        )


def _class(context: Context, name: str) -> str:
    module, spaces, cells = context.module, context.spaces, context.cells
    body: list[ast.stmt] = [
        ast.Expr(py.constant(f"An instance of {name}. Takes its imports as keyword arguments.")),
        py.assign("IMPORTS", py.tuple_of(import_descriptors(module, cells))),
        py.assign("EXPORTS", py.tuple_of(export_descriptors(module, spaces))),
        *_dylink(module),
        constructor(module, spaces, cells, context.choices.rooms),
    ]
    definition = ast.ClassDef("Module", [py.attribute("abi", "Module")], [], body, [])
    return to_source(definition)
