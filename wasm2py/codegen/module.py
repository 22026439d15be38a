"""A whole module as one Python file.

The file holds the functions, each in a holder that names the cells it captures, and the class ``Module``, whose
constructor does what the spec calls instantiation (§4.5.4) by telling the runtime's Linkage step by step.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Optional

from wasm2py.codegen import pyast as py
from wasm2py.codegen.cells import Cells
from wasm2py.codegen.constructor import constructor
from wasm2py.codegen.descriptors import export_descriptors, import_descriptors, type_table
from wasm2py.codegen.function import Choices, translate_function
from wasm2py.codegen.source import to_source
from wasm2py.codegen.support import check_supported
from wasm2py.ir import build
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.module import Module
from wasm2py.options import Options
from wasm2py.passes import Observer, run_passes
from wasm2py_runtime._version import __version__

#: called with (functions done, functions in all)
Progress = Callable[[int, int], None]
#: changes when generated code and runtime stop understanding each other
ABI_VERSION = 1


@dataclass(frozen=True)
class SourceInfo:
    """What a file was made from: a name to show, SHA-256 in hex, size in bytes."""

    filename: str
    sha256: str
    size: int


def translate(
    module: Module,
    *,
    name: str,
    source: SourceInfo,
    options: Options,
    progress: Optional[Progress] = None,
    observe: Optional[Observer] = None,
) -> str:
    """Python source of a validated module. The same input and options always give the same text.

    Raises UnsupportedFeature where the module uses what this version does not translate.
    """
    check_supported(module)
    spaces = IndexSpaces(module)
    cells = Cells(module, spaces)
    functions, helpers = _functions(module, spaces, cells, options, progress, observe)
    class_ = _class(module, spaces, cells, name)
    return "".join(
        [
            _header(source, options),
            _docstring(name),
            _imports(helpers, cells),
            f"\n__wasm2py__ = {ABI_VERSION}\n\n",
            to_source(type_table(module)),
            *[f"{each} = {type}_reinterpret_i{type[1:]}({bits:#x})\n" for each, (type, bits) in _constants(cells)],
            *functions,
            "\n",
            to_source(_function_table(module, spaces, cells)),
            "\n\n",
            class_,
        ]
    )


def _functions(
    module: Module,
    spaces: IndexSpaces,
    cells: Cells,
    options: Options,
    progress: Optional[Progress],
    observe: Optional[Observer],
) -> tuple[list[str], set[str]]:
    """The text of each function and the helpers that they use. One function at a time: their trees are large."""
    texts: list[str] = []
    helpers: set[str] = set()
    choices = choices_for(options)
    limits = spaces.memory_limits()
    for position, definition in enumerate(module.functions):
        index = spaces.imported_functions + position
        function = build(spaces, index, definition, cells.function(index))
        run_passes(function, options, observe)
        translated = translate_function(function, cells, choices, limits)
        helpers |= translated.helpers
        texts.append("\n\n" + to_source(_holder(index, translated.definition, translated.cells)))
        if progress:
            progress(position + 1, len(module.functions))
    return texts, helpers


def choices_for(options: Options) -> Choices:
    """The code generator's own optimisations by level and switch."""

    def on(name: str, level: int = 1) -> bool:
        return options.optimize >= level and name not in options.disabled_passes

    return Choices(
        inline=on("inline-expressions"),
        conditions=on("merge-conditions"),
        ranges=on("value-ranges", 2),
        signed=on("signed-values"),
        jumps=on("jumps"),
        nested="nested-control" not in options.disabled_passes,  # the readable form, so at every level
        words=options.target == "pypy",
        wired=options.wired,
        asserts=options.assert_ranges,
    )


def _holder(index: int, definition: ast.FunctionDef, cells: list[str]) -> ast.FunctionDef:
    """``def _3(cells…): def fib(…): …`` — never called, it only names what the function inside captures."""
    body: list[ast.stmt] = [definition, ast.Return(py.name(definition.name))]
    return py.define(f"_{index}", [ast.arg(cell) for cell in cells], body)


def _header(source: SourceInfo, options: Options) -> str:
    return (
        f"# Made by wasm2py {__version__} from {ascii(source.filename)[1:-1]}\n"
        f"# sha256: {source.sha256} ({source.size} bytes)\n"
        f"# options: {options}\n"
    )


def _docstring(name: str) -> str:
    return to_source(ast.Expr(py.constant(f"WebAssembly module {ascii(name)[1:-1]}, compiled to Python by wasm2py.")))


def _imports(helpers: set[str], cells: Cells) -> str:
    needed = helpers | {f"{type}_reinterpret_i{type[1:]}" for type, _ in cells.float_constants.values()}
    text = "\nfrom wasm2py_runtime import abi\n"
    if needed:
        names = ",\n    ".join(sorted(needed))
        text += f"from wasm2py_runtime.numeric import (\n    {names},\n)\n"
    return text


def _constants(cells: Cells) -> list[tuple[str, tuple[str, int]]]:
    return sorted(cells.float_constants.items())


def _function_table(module: Module, spaces: IndexSpaces, cells: Cells) -> ast.stmt:
    rows: list[ast.expr] = []
    for index in range(spaces.imported_functions, len(spaces.functions)):
        row = [py.name(f"_{index}"), py.constant(cells.function(index)), py.integer(spaces.functions[index])]
        rows.append(py.tuple_of(row))
    return py.assign("FUNCTIONS", py.tuple_of(rows))


def _class(module: Module, spaces: IndexSpaces, cells: Cells, name: str) -> str:
    body: list[ast.stmt] = [
        ast.Expr(py.constant(f"An instance of {ascii(name)[1:-1]}. Takes its imports as keyword arguments.")),
        py.assign("IMPORTS", py.tuple_of(import_descriptors(module, cells))),
        py.assign("EXPORTS", py.tuple_of(export_descriptors(module, spaces))),
        constructor(module, spaces, cells),
    ]
    definition = ast.ClassDef("Module", [py.attribute("abi", "Module")], [], body, [])
    return to_source(definition)
