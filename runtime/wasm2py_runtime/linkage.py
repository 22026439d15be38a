"""Linking one instance: what the constructor of a generated module calls, step by step (spec §4.5).

Every piece of state that generated code uses is a closure cell with a name. A cell comes into being when a function
captures it or when something is bound to it, whichever is first; ``link`` makes sure that none stays empty.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from types import CellType, FunctionType
from typing import Any, Union

from . import jit, limits, room, stack
from .boundary import RawFunction
from .deferred import Deferred
from .errors import InternalError, LinkError
from .exceptions import Tag
from .exports import Exports
from .functions import inner_code, make_function
from .global_ import Global
from .imports import Import, resolve
from .memory import Memory
from .table import Table
from .traps import translate
from .types import FuncType, GlobalType, MemoryType, TableType, TagType

#: A defined function: the holder with its code (or what stands for it), the name of its cell, the index of its type.
Definition = tuple[Union[FunctionType, Deferred], str, int]


#: the entities that are in cells of their own, and how those are called
_BOUND = {TableType: "table", MemoryType: "memory", TagType: "tag"}


class _Cells(dict[str, CellType]):
    """Cells by name; one that is asked for and does not exist is made, empty."""

    def __missing__(self, name: str) -> CellType:
        cell = self[name] = CellType()
        return cell


class Linkage:
    """The index spaces and cells of one instance while it is being made.

    ``given`` are the objects for ``IMPORTS``, in order; LinkError if they do not fit. ``globals_`` is the namespace of
    the generated module, which its functions use as their globals.
    """

    def __init__(self, instance: Any, globals_: dict[str, Any], given: Sequence[Any]) -> None:
        stack.prepare()
        jit.tune()
        imports: tuple[Import, ...] = type(instance).IMPORTS
        resolved, problems = resolve(imports, given)
        if problems:
            raise LinkError(str(globals_.get("__name__")), problems)
        self.instance = instance
        self.cells = _Cells()
        self.tables: list[Table] = []
        self.memories: list[Memory] = []
        self.globals: list[Global] = []
        self.tags: list[Any] = []
        self._namespace = globals_
        self._functions: list[RawFunction] = []
        self._pending: list[tuple[Definition, FuncType]] = []
        self._bound: set[str] = set()
        self._segments = {"elem": 0, "data": 0}
        self._sort(imports, resolved)
        instance.exports = Exports()

    def _sort(self, imports: Sequence[Import], resolved: Sequence[Any]) -> None:
        """Imports come first in each index space (spec §2.5)."""
        spaces: dict[type, list[Any]] = {
            FuncType: self._functions,
            TableType: self.tables,
            MemoryType: self.memories,
            GlobalType: self.globals,
            TagType: self.tags,
        }
        for wanted, value in zip(imports, resolved):
            space = spaces[type(wanted.type)]
            kind = _BOUND.get(type(wanted.type))
            if kind:
                self._bind(f"{kind}{len(space)}", value)
            space.append(value)

    def _bind(self, name: str, value: Any) -> None:
        self.cells[name].cell_contents = value
        self._bound.add(name)

    # Functions ------------------------------------------------------------------------------------------------------

    def bind_functions(self, *names: str) -> None:
        """Name the cells of the imported functions, in order. One that stands in for another notes its cells."""
        for name, function in zip(names, self._functions):
            self._bind(name, function)
            if "wasm_late" in function.__dict__:
                function.wasm_late.append(self.cells[name])

    def define_functions(self, definitions: Sequence[Definition], types: Sequence[FuncType]) -> None:
        """Declare the functions of the module; they are made when first used, at the latest by ``link``."""
        self._pending.extend((definition, types[definition[2]]) for definition in definitions)

    @property
    def functions(self) -> list[RawFunction]:
        """The index space of functions: raw functions, imported ones first."""
        if self._pending:
            self._make_functions()
        return self._functions

    def _make_functions(self) -> None:
        """Thousands of functions and no garbage among them: the collector is held off."""
        pending, self._pending = self._pending, []
        enabled = gc.isenabled()
        gc.disable()
        try:
            for (holder, name, _), function_type in pending:
                function = self._make_function(holder, name, function_type)
                function.wasm_type = function_type
                self.cells[name].cell_contents = function
                self._functions.append(function)
        finally:
            if enabled:
                gc.enable()
        self._bound.update([definition[1] for definition, _ in pending])

    def _make_function(self, holder: Union[FunctionType, Deferred], name: str, type: FuncType) -> RawFunction:
        if isinstance(holder, Deferred):
            return holder.stub(name, len(type.params), self._namespace, self.cells)
        code = inner_code(holder.__code__)
        captured = tuple(map(self.cells.__getitem__, code.co_freevars))
        return make_function(code, self._namespace, name, captured)

    def link(self) -> None:
        """Make the functions; check that every cell they capture has been bound, else InternalError with its name."""
        self.functions  # noqa: B018  (makes them)
        empty = sorted(set(self.cells) - self._bound)
        if empty:
            raise InternalError(f"bug in wasm2py, please report it: nothing is bound to {', '.join(empty)}")

    # Tables, memories, globals, tags --------------------------------------------------------------------------------

    def define_table(self, type: TableType, init: Any = None) -> None:
        """Add a table, filled with the raw reference ``init``; its cell is ``table{index}``."""
        self._bind(f"table{len(self.tables)}", Table.of_type(type, init))
        self.tables.append(self.cells[f"table{len(self.tables)}"].cell_contents)

    def bind_calls(self, name: str, table: int, type: FuncType) -> None:
        """Bind the call list of a signature (``call_indirect``)."""
        self._bind(name, self.tables[table].calls(type))

    def define_memory(self, type: MemoryType) -> None:
        """Add a memory; its cell is ``memory{index}``."""
        subject = str(self._namespace.get("__name__"))
        self._bind(f"memory{len(self.memories)}", limits.current().make(subject, len(self.memories), type))
        self.memories.append(self.cells[f"memory{len(self.memories)}"].cell_contents)

    def bind_views(self, memory: int, *names: str) -> None:
        """Bind the views ``u8`` … ``f64`` of a memory: to cells of these names, ``u8_1`` … for memory 1, and so on."""
        suffix = f"_{memory}" if memory else ""
        for name in names:
            self._bind(name + suffix, self.memories[memory].typed_view(name))

    def bind_stepped_view(self, cell: str, memory: int, name: str, offset: int, step: int) -> None:
        """Bind a view whose element *i* begins at byte ``offset + i * step`` of a memory."""
        self._bind(cell, self.memories[memory].typed_view(name, offset, step))

    def bind_atomic(self, cell: str, memory: int, view: str, operation: str) -> None:
        """Bind an atomic operation of a memory on the integers of a view (see atomics.py)."""
        self._bind(cell, self.memories[memory].atomics.operation(view, operation))

    def bind_globals(self, *names: str) -> None:
        """Name the cells of the imported globals, in order. Their own cells are shared, so this precedes functions."""
        for name, variable in zip(names, self.globals):
            if name in self.cells:
                raise InternalError(f"bug in wasm2py, please report it: {name} is captured before it is imported")
            self.cells[name] = variable.cell
            self._bound.add(name)

    def define_global(self, name: str, type: GlobalType, value: Any) -> None:
        """Add a global with a canonical value."""
        self._bind(name, value)
        self.globals.append(Global.of_cell(type, self.cells[name]))

    def define_tag(self, type: TagType) -> None:
        """Add a tag, another one for each instance; its cell is ``tag{index}``."""
        tag = Tag.of_type(type)
        self._bind(f"tag{len(self.tags)}", tag)
        self.tags.append(tag)

    # Segments -------------------------------------------------------------------------------------------------------

    def _define_segment(self, kind: str, contents: Any) -> None:
        self._bind(f"{kind}{self._segments[kind]}", contents)
        self._segments[kind] += 1

    def define_elements(self, *references: Any) -> None:
        """Add an element segment of raw references; its cell is ``elem{index}``."""
        self._define_segment("elem", references)

    def define_data(self, data: bytes) -> None:
        """Add a data segment; its cell is ``data{index}``."""
        self._define_segment("data", data)

    def init_elements(self, segment: int, table: int, offset: int) -> None:
        """Write an active element segment and drop it. TableOutOfBounds if it does not fit."""
        references = self.cells[f"elem{segment}"].cell_contents
        self.tables[table].init(offset, references, 0, len(references))
        self.drop_elements(segment)

    def drop_elements(self, segment: int) -> None:
        """``elem.drop`` (spec §4.4)."""
        self.cells[f"elem{segment}"].cell_contents = ()

    def init_data(self, segment: int, memory: int, offset: int) -> None:
        """Write an active data segment and drop it. MemoryOutOfBounds if it does not fit."""
        data = self.cells[f"data{segment}"].cell_contents
        self.memories[memory].init(offset, data, 0, len(data))
        self.cells[f"data{segment}"].cell_contents = b""

    # Exports and start ----------------------------------------------------------------------------------------------

    def export(self, name: str, kind: str, index: int, nests: bool = False) -> None:
        """Export entry ``index`` of an index space: "func", "table", "memory", "global" or "tag".

        ``nests``: it is a function that calls others, which may need room on the stack (see room.py).
        """
        space: dict[str, list[Any]] = {
            "table": self.tables,
            "memory": self.memories,
            "global": self.globals,
            "tag": self.tags,
        }
        value = self.functions[index] if kind == "func" else space[kind][index]
        if kind == "func" and not hasattr(value, "wasm_name"):
            value.wasm_name = name
        if nests and room.AVAILABLE:
            value.wasm_pace = type(self.instance).PACES.setdefault(index, room.Pace())
        self.instance.exports[name] = value
        if kind != "func" and name.isidentifier() and not hasattr(self.instance, name):
            setattr(self.instance, name, value)

    def start(self, index: int) -> None:
        """Call the start function (spec §4.5); its traps leave as from an exported function."""
        try:
            room.call_with_room(self.functions[index])
        except Exception as error:
            trap = translate(error)
            if trap is None:
                raise
        else:
            return
        raise trap
