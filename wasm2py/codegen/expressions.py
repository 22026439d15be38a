"""The values of one function as Python expressions.

Holds what the emitters need: the name of each value, the known range of named integers, the cells that the function
captures and the runtime helpers that it calls.
"""

from __future__ import annotations

import ast
from typing import Optional

from wasm2py.analysis import Ranges
from wasm2py.analysis.interval import Interval, signed, unsigned
from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.cells import Cells
from wasm2py.codegen.form_costs import Conventions
from wasm2py.codegen.held import Held
from wasm2py.codegen.holding import Forms
from wasm2py.codegen.magnitudes import Magnitudes
from wasm2py.codegen.registry import DOUBLE, INTEGER, OBJECT
from wasm2py.codegen.schedule import TRAP_OTHER, WRITE, Schedule, effects
from wasm2py.ir import Block, Value
from wasm2py.ir.graph import CONSTANTS

_BITS: dict[object, int] = {"i32": 32, "i64": 64}
#: most views with an offset that one function uses
_MAX_STEPPED = 24


#: what rounds an f32 that is written to it and read back
_CELL = "f32_cell"


class Expressions:
    def __init__(
        self,
        cells: Cells,
        schedule: Schedule,
        names: dict[int, str],
        taken: set[str],
        ranges: Ranges,
        forms: Forms,
        conventions: Conventions,
        magnitudes: Magnitudes,
        divides: bool,
        plain_roots: bool,
    ) -> None:
        self.cells = cells
        self.names = names
        self.schedule = schedule
        self.inlined = schedule.inlined
        self.taken = taken
        self.forms = forms
        self.conventions = conventions
        self.magnitudes = magnitudes
        #: whether signed division is written out where no helper would be needed for the usual signs
        self.divides = divides
        #: whether square roots may go without a test
        self.plain_roots = plain_roots
        self.ranges = ranges
        #: what the variable of each value can hold
        self.bounds: dict[int, tuple[int, int]] = {}
        #: cells that the function captures, and those of them that it assigns
        self.captured: set[str] = set()
        self.assigned: set[str] = set()
        self.helpers: set[str] = set()
        #: whether the function has a tail call that its caller may have to make
        self.leaves_with_call = False
        #: whether views with an offset may be used: in loops, where the addition that they save is done often
        self.stepping = False
        self._stepped: set[tuple[int, str, int, int]] = set()
        self._scratch = 0
        self._caught = ""
        self._scratch_names: list[str] = []

    # -- arithmetic ----------------------------------------------------------------------------------------------

    def computed(self, value: Value) -> Held:
        """The Python of an integer instruction."""
        return INTEGER[value.op.name](self, value)

    def fits(self, low: int, high: int) -> bool:
        """Whether numbers of this range may stand between operations: CPython's ints have no limit that is near."""
        return True

    def arithmetic(self, left: Held, op: ast.operator, right: Held, low: int, high: int) -> Held:
        """``left op right``, which lies in [low, high]."""
        return Held(py.binary(left.node, op, right.node), low, high)

    def literal(self, constant: Value) -> Held:
        return forms.literal(constant.immediate)

    # -- operands ------------------------------------------------------------------------------------------------

    def is_named(self, value: Value) -> bool:
        return value.id not in self.inlined and value.op not in CONSTANTS

    def is_simple(self, value: Value) -> bool:
        """A name or a literal: may be written twice."""
        return value.is_const or self.is_named(value)

    def is_calm(self, value: Value) -> bool:
        """Whether the expression of a value may change places with another one that is."""
        if value.is_const or self.is_named(value):
            return True
        return not effects(value) & (WRITE | TRAP_OTHER) and all(self.is_calm(arg) for arg in value.args)

    def held(self, user: Value, index: int) -> Held:
        """An integer operand of an instruction, or of a phi, in whatever form it comes."""
        value = user.args[index]
        if value.op in CONSTANTS:
            return self.literal(value)
        return self._narrowed(value, self.ranges.operand(user, index))

    def terminator_held(self, block: Block, index: int) -> Held:
        value = block.terminator.args[index]
        if value.op in CONSTANTS:
            return self.literal(value)
        return self._narrowed(value, self.ranges.terminator_operand(block, index))

    def _narrowed(self, value: Value, interval: Interval) -> Held:
        if value.id in self.inlined:
            held = self.computed(value)
        else:
            low, high = self.bounds.get(value.id) or self.bound(value)
            held = Held(py.name(self.names[value.id]), low, high)
        return forms.narrowed(held, interval, _BITS[value.type])

    def bound(self, value: Value) -> tuple[int, int]:
        """What the variable of a value can hold."""
        if value.id in self.forms.lazy:
            return self.bounds.get(value.id, (-forms.FAR, forms.FAR))
        bound = self.bounds.get(value.id)
        if bound is None:
            bits = _BITS[value.type]
            view = signed if value.id in self.forms.signed else unsigned
            low, high, _ = view(self.ranges.of(value), bits)
            bound = self.bounds[value.id] = (low, high)
        return bound

    def number(self, value: Value) -> ast.expr:
        """An integer wherever it is, unsigned."""
        if value.op in CONSTANTS:
            return self.literal(value).node
        return self.canonical(self._narrowed(value, self.ranges.of(value)), value).node

    def unsigned(self, user: Value, index: int) -> Held:
        return self.canonical(self.held(user, index), user.args[index])

    def canonical(self, held: Held, value: Value) -> Held:
        """Unsigned, as values are in calls and globals."""
        bits = _BITS[value.type]
        return forms.unsigned(held, bits, likely=forms.is_far(held, bits) and value in self.magnitudes)

    def signed(self, user: Value, index: int) -> Held:
        return self.resigned(self.held(user, index), _BITS[user.args[index].type])

    def resigned(self, held: Held, bits: int) -> Held:
        return forms.signed(held, bits, self.named)

    def test(self, user: Value, index: int) -> ast.expr:
        """An i32 operand as a Python condition."""
        return _as_test(self.held(user, index))

    def decision(self, block: Block) -> ast.expr:
        """The condition of the branch that ends a block."""
        return _as_test(self.terminator_held(block, 0))

    def object(self, value: Value) -> ast.expr:
        """A float or a reference."""
        if self.is_named(value):
            return py.name(self.names[value.id])
        return OBJECT[value.op.name](self, value)

    def plain(self, user: Value, index: int) -> ast.expr:
        """Any operand in the form that values have in calls and globals."""
        if user.args[index].type in _BITS:
            return self.unsigned(user, index).node
        return self.object(user.args[index])

    def returned(self, block: Block, index: int, signed: bool = False) -> ast.expr:
        value = block.terminator.args[index]
        if value.type in _BITS:
            if signed:
                return self.resigned(self.terminator_held(block, index), _BITS[value.type]).node
            return self.canonical(self.terminator_held(block, index), value).node
        return self.object(value)

    def copied(self, phi: Value, index: int) -> ast.expr:
        """What a phi becomes on the edge from its predecessor of that index."""
        if phi.type not in _BITS:
            return self.object(phi.args[index])
        return self._in_form(phi, self.held(phi, index)).node

    def _in_form(self, value: Value, held: Held) -> Held:
        """As the variable of the value is held."""
        if value.id in self.forms.lazy and held.low >= -2 * forms.FAR and held.high <= 2 * forms.FAR:
            return held
        if value.id in self.forms.signed:
            return self.resigned(held, _BITS[value.type])
        return self.canonical(held, value)

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

    def caught(self) -> str:
        """The variable that an ``except`` clause leaves its exception in."""
        self._caught = self._caught or self.new_name("exn")
        return self._caught

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

    def may_step(self, memory: int, format: str, offset: int, step: int) -> bool:
        """Whether a view that begins at an offset is worth it: each is one object more in an instance."""
        key = memory, format, offset, step
        if self.stepping and (key in self._stepped or len(self._stepped) < _MAX_STEPPED):
            self._stepped.add(key)
            return True
        return False

    def set_cell(self, identifier: str, value: ast.expr) -> ast.stmt:
        self.captured.add(identifier)
        self.assigned.add(identifier)
        return py.assign(identifier, value)

    def helper(self, helper: str, *args: ast.expr) -> ast.Call:
        """A call of a numeric helper of the runtime."""
        self.helpers.add(helper)
        return py.call(helper, args)

    def runtime(self, helper: str) -> ast.expr:
        """A name of the runtime."""
        self.helpers.add(helper)
        return py.name(helper)

    # -- statements ----------------------------------------------------------------------------------------------

    def bind(self, value: Value) -> list[ast.stmt]:
        """``name = expression`` for a value that is not written where it is used."""
        variable = self.names[value.id]
        if value.type in _BITS:
            held = forms.narrowed(self.computed(value), self.ranges.of(value), _BITS[value.type])
            held = self._in_form(value, held)
            self.bounds[value.id] = (held.low, held.high)
            return [py.assign(variable, held.node)]
        rounding = self.schedule.rounding
        if value.id in rounding.by_cell or value.id in rounding.by_store:
            self.helpers.add(_CELL)
            cell = py.item(_CELL, py.integer(0))
            return [py.assign_element(cell, DOUBLE[value.op.name](self, value)), py.assign(variable, cell)]
        return [py.assign(variable, OBJECT[value.op.name](self, value))]

    def rebind(self, value: Value, found: Held) -> list[ast.stmt]:
        """The same for an integer that its variable has been set to already: what is missing to its form."""
        name = self.names[value.id]
        held = self._in_form(value, Held(py.name(name), found.low, found.high))
        self.bounds[value.id] = (held.low, held.high)
        return [] if isinstance(held.node, ast.Name) else [py.assign(name, held.node)]

    def receive(self, value: Value) -> Optional[ast.stmt]:
        """What brings a parameter, or one of several results, into the form that it is held in."""
        if value.id not in self.forms.signed:
            return None
        bits = _BITS[value.type]
        name = self.names[value.id]
        return py.assign(name, self.resigned(Held(py.name(name), 0, (1 << bits) - 1), bits).node)

    def receive_param(self, param: Value, function: int) -> Optional[ast.stmt]:
        """The same for a parameter, which may come signed."""
        if param.immediate not in self.conventions.get(function, ()):
            return self.receive(param)
        if param.id in self.forms.signed or param.id in self.forms.lazy:
            return None
        bits = _BITS[param.type]
        name = self.names[param.id]
        held = Held(py.name(name), -1 << bits - 1, (1 << bits - 1) - 1)
        return py.assign(name, forms.unsigned(held, bits).node)

    def evaluate(self, value: Value) -> ast.expr:
        """The bare expression, for a value with effects that nothing uses."""
        if value.type in _BITS:
            return self.computed(value).node
        return OBJECT[value.op.name](self, value)


def _as_test(held: Held) -> ast.expr:
    if held.test is not None:
        return held.test
    return forms.zero_if_zero(held, 32).node
