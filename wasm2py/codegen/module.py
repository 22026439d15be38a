"""The functions of a module as Python text, range by range, so that several processes can share the work.

What all functions rest on is in a ``Context``. It is made from the module and the options alone, so it is the same in
every process. What a range of functions uses of the module goes back with their text: the head of the file and the
constructor are made from all of it (see output.py).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Optional

from wasm2py.codegen import pyast as py
from wasm2py.codegen.callers import Callers
from wasm2py.codegen.cells import Atomic, Cells, View
from wasm2py.codegen.conventions import signed_places
from wasm2py.codegen.form_costs import Conventions
from wasm2py.codegen.function import Choices, translate_function
from wasm2py.codegen.source import to_source
from wasm2py.ir import build
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.module import Module
from wasm2py.options import Options
from wasm2py.passes import Observer, run_passes
from wasm2py.validate import validate

#: called with (functions done, functions in all)
Progress = Callable[[int, int], None]

#: Instructions below which one process is as quick as two; then what a function is given by its callers can be known.
WORTH_IT = 20_000


class Context:
    """What the translation of every function of a validated module needs; made once in each process."""

    def __init__(self, module: Module, options: Options) -> None:
        self.module = module
        self.options = options
        self.spaces = IndexSpaces(module)
        self.cells = Cells(module, self.spaces)
        self.choices = choices_for(options)
        self.memory_limits = self.spaces.memory_limits()
        #: whether one process translates all of it
        self.small = is_small(module)
        self.conventions: Conventions = signed_places(self.spaces) if self.choices.agreed else {}


def is_small(module: Module) -> bool:
    """Whether sharing the work out among processes would gain nothing."""
    return sum(len(function.body) for function in module.functions) < WORTH_IT


def checked_context(module: Module, options: Options) -> Context:
    """The context of a module, which is validated. Raises ValidationError."""
    validate(module, options.features)
    return Context(module, options)


@dataclass(frozen=True)
class FunctionText:
    """The text of the holder of a function, and what the function table says of it."""

    index: int
    name: str
    typeidx: int
    #: the cells that it captures, in order
    cells: tuple[str, ...]
    text: str


@dataclass
class Functions:
    """Functions, in order of their index when all are there, and what they use of the module."""

    texts: list[FunctionText] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    views: set[View] = field(default_factory=set)
    atomics: set[Atomic] = field(default_factory=set)
    call_lists: set[tuple[int, int]] = field(default_factory=set)
    float_constants: dict[str, tuple[str, int]] = field(default_factory=dict)
    types: set[int] = field(default_factory=set)

    def extend(self, other: Functions) -> None:
        """Add other functions of the module."""
        self.texts += other.texts
        self.helpers |= other.helpers
        self.views |= other.views
        self.atomics |= other.atomics
        self.call_lists |= other.call_lists
        self.float_constants.update(other.float_constants)
        self.types |= other.types


def translate_functions(
    context: Context,
    positions: range,
    progress: Optional[Progress] = None,
    observe: Optional[Observer] = None,
) -> Functions:
    """Translate the functions at these positions among those that the module defines.

    The same input and options always give the same text. One function at a time: their trees are large.
    """
    cells = context.cells
    done = Functions()
    callers = _callers(context, positions)
    for count, position in enumerate(callers.order if callers else positions, 1):
        done.texts.append(_translate_one(context, position, callers, done.helpers, observe))
        if progress:
            progress(count, len(positions))
    done.texts.sort(key=lambda each: each.index)
    done.views |= cells.views
    done.atomics |= cells.atomics
    done.call_lists |= cells.call_lists
    done.float_constants |= cells.float_constants
    done.types |= cells.types
    return done


def _callers(context: Context, positions: range) -> Optional[Callers]:
    """What callers pass is known where they are translated here too, whatever the number of processes."""
    if context.choices.parameters and context.small and len(positions) == len(context.module.functions):
        return Callers(context.module, context.spaces)
    return None


def _translate_one(
    context: Context, position: int, callers: Optional[Callers], helpers: set[str], observe: Optional[Observer]
) -> FunctionText:
    """Adds to ``helpers``."""
    cells, spaces = context.cells, context.spaces
    index = spaces.imported_functions + position
    function = build(spaces, index, context.module.functions[position], cells.function(index))
    run_passes(function, context.options, observe)
    limits, conventions = context.memory_limits, context.conventions
    translated = translate_function(function, cells, context.choices, limits, conventions, callers)
    function.dissolve()
    helpers |= translated.helpers
    text = to_source(_holder(index, translated.definition, translated.cells))
    return FunctionText(index, cells.function(index), spaces.functions[index], tuple(translated.cells), text)


def choices_for(options: Options) -> Choices:
    """The code generator's own optimisations by level and switch."""

    def on(name: str, level: int = 1) -> bool:
        return options.optimize >= level and name not in options.disabled_passes

    return Choices(
        inline=on("inline-expressions"),
        conditions=on("merge-conditions"),
        ranges=on("value-ranges", 2),
        signed=on("signed-values"),
        lazy=on("lazy-values", 2),
        selects=on("copied-selects"),
        sums=on("likely-sums"),
        division=on("written-division"),
        agreed=on("signed-params", 2) and options.target == "cpython",
        parameters=on("parameter-ranges", 2),
        stepped=on("stepped-views", 2) and options.target == "cpython",
        counting=on("counting-loops", 2),
        streams=on("streamed-loads", 2) and options.target == "cpython",
        switches=on("direct-switches"),
        jumps=on("jumps"),
        rounding=on("fold-rounding", 2) and options.target == "cpython",
        roots=on("float-signs", 2),
        tries=on("join-tries"),
        rooms=on("stack-room") and options.target == "cpython",
        nested="nested-control" not in options.disabled_passes,  # the readable form, so at every level
        words=options.target == "pypy",
        wired=options.wired,
        asserts=options.assert_ranges,
    )


def _holder(index: int, definition: ast.FunctionDef, cells: list[str]) -> ast.FunctionDef:
    """``def _3(cells…): def fib(…): …`` — never called, it only names what the function inside captures."""
    body: list[ast.stmt] = [definition, ast.Return(py.name(definition.name))]
    return py.define(f"_{index}", [ast.arg(cell) for cell in cells], body)
