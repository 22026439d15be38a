"""The values of one function as Python expressions.

Holds what the emitters need: the name of each value, the known range of named integers, the cells that the function
captures and the runtime helpers that it calls.
"""

from __future__ import annotations

import ast

from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.cells import Cells
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import INTEGER, OBJECT
from wasm2py.codegen.schedule import Schedule
from wasm2py.ir import Value
from wasm2py.ir.graph import PARAM, PHI, RESULT

_FULL = {"i32": (0, (1 << 32) - 1), "i64": (0, (1 << 64) - 1)}


class Expressions:
    def __init__(
        self, cells: Cells, schedule: Schedule, names: dict[int, str], taken: set[str], signed_values: set[int]
    ) -> None:
        self.cells = cells
        self.names = names
        self.schedule = schedule
        self.taken = taken
        self.signed_values = signed_values
        self.ranges: dict[int, tuple[int, int]] = {}
        #: cells that the function captures, and those of them that it assigns
        self.captured: set[str] = set()
        self.assigned: set[str] = set()
        self.helpers: set[str] = set()
        self._scratch = 0
        self._scratch_names: list[str] = []

    # -- operands ------------------------------------------------------------------------------------------------

    def is_named(self, value: Value) -> bool:
        return value.op in (PARAM, PHI, RESULT) or not (value.is_const or value.id in self.schedule.inlined)

    def is_simple(self, value: Value) -> bool:
        """A name or a literal: may be written twice."""
        return value.is_const or self.is_named(value)

    def held(self, value: Value) -> Held:
        """An integer in whatever form it comes."""
        if value.is_const:
            return forms.literal(value.immediate)
        if self.is_named(value):
            low, high = self.ranges.get(value.id) or _FULL[str(value.type)]
            return Held(py.name(self.names[value.id]), low, high)
        return INTEGER[value.op.name](self, value)

    def unsigned(self, value: Value) -> Held:
        return forms.unsigned(self.held(value), 32 if value.type == "i32" else 64)

    def signed(self, value: Value) -> Held:
        return forms.signed(self.held(value), 32 if value.type == "i32" else 64, self.named)

    def test(self, value: Value) -> ast.expr:
        """An i32 as a Python condition."""
        held = self.held(value)
        if held.test is not None:
            return held.test
        return forms.zero_if_zero(held, 32).node

    def object(self, value: Value) -> ast.expr:
        """A float or a reference."""
        if self.is_named(value):
            return py.name(self.names[value.id])
        return OBJECT[value.op.name](self, value)

    def plain(self, value: Value) -> ast.expr:
        """Any value in the form that it has in variables, calls and globals."""
        if value.type in _FULL:
            return self.unsigned(value).node
        return self.object(value)

    # -- names ---------------------------------------------------------------------------------------------------

    def named(self, node: ast.expr) -> tuple[ast.expr, ast.expr]:
        """(to evaluate first, to read again): the node as it is if it is a name, else bound by ``:=``."""
        if isinstance(node, (ast.Name, ast.Constant)):
            return node, node
        scratch = self.scratch()
        return py.walrus(scratch, node), py.name(scratch)

    def scratch(self) -> str:
        """A variable that nothing else in the current statement uses."""
        if self._scratch == len(self._scratch_names):
            self._scratch_names.append(self.new_name("x"))
        self._scratch += 1
        return self._scratch_names[self._scratch - 1]

    def end_statement(self) -> None:
        self._scratch = 0

    def new_name(self, hint: str) -> str:
        """A variable name that the function does not use yet."""
        candidate, number = hint, 0
        while candidate in self.taken or self.cells.is_taken(candidate):
            number += 1
            candidate = f"{hint}_{number}"
        self.taken.add(candidate)
        return candidate

    def cell(self, identifier: str) -> str:
        """Capture a cell by its name."""
        self.captured.add(identifier)
        return identifier

    def set_cell(self, identifier: str, value: ast.expr) -> ast.stmt:
        self.captured.add(identifier)
        self.assigned.add(identifier)
        return py.assign(identifier, value)

    def helper(self, helper: str, *args: ast.expr) -> ast.Call:
        """A call of a numeric helper of the runtime."""
        self.helpers.add(helper)
        return py.call(helper, args)

    # -- statements ----------------------------------------------------------------------------------------------

    def bind(self, value: Value) -> ast.stmt:
        """``name = expression`` for a value that is a statement of its own."""
        variable = self.names[value.id]
        if value.type in _FULL:
            held, bits = INTEGER[value.op.name](self, value), 32 if value.type == "i32" else 64
            if value.id not in self.signed_values or not forms.is_signed(held, bits):
                held = forms.unsigned(held, bits)
            self.ranges[value.id] = (held.low, held.high)
            return py.assign(variable, held.node)
        return py.assign(variable, OBJECT[value.op.name](self, value))

    def evaluate(self, value: Value) -> ast.expr:
        """The bare expression, for a value with effects that nothing uses."""
        if value.type in _FULL:
            return INTEGER[value.op.name](self, value).node
        return OBJECT[value.op.name](self, value)
