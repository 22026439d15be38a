"""One wasm function as a Python function (an AST).

The steps: which values get names (schedule), which names can be shared (liveness, coalesce), what they are called
(variables), the statement tree (conditions, structure, tidy) and its Python (lower, with the values' expressions).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Optional

from wasm2py.analysis import Ranges, value_ranges
from wasm2py.analysis.facts import BITS
from wasm2py.codegen import emitters  # noqa: F401 - fills the registry
from wasm2py.codegen import pyast as py
from wasm2py.codegen.addresses import shared_addresses
from wasm2py.codegen.callers import Callers
from wasm2py.codegen.cells import Cells
from wasm2py.codegen.conditions import decide
from wasm2py.codegen.control import lower_control
from wasm2py.codegen.counting import Counting
from wasm2py.codegen.exceptions import Clauses, raised
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.form_costs import RETURNED, Conventions
from wasm2py.codegen.held import Held
from wasm2py.codegen.holding import Forms, choose_forms
from wasm2py.codegen.magnitudes import Magnitudes
from wasm2py.codegen.registry import STATEMENT
from wasm2py.codegen.rounding import fold_rounding
from wasm2py.codegen.rounds import end_value, numbers
from wasm2py.codegen.schedule import Schedule, schedule
from wasm2py.codegen.slices import Slices
from wasm2py.codegen.state import TAIL
from wasm2py.codegen.streams import streams
from wasm2py.codegen.structure import Structurer
from wasm2py.codegen.switches import Compared, compared, compared_values
from wasm2py.codegen.tree import Both, Condition, For, Not, Test
from wasm2py.codegen.variables import variables
from wasm2py.codegen.words import WordExpressions, word_values
from wasm2py.ir import Block, Function, Invoke, Return, Throw, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import RESULT
from wasm2py.ir.tail_calls import TAIL_CALLS


@dataclass(frozen=True)
class Choices:
    """What the code generator may do; every one of them can be switched off."""

    inline: bool = True
    conditions: bool = True
    ranges: bool = True
    signed: bool = True
    lazy: bool = True
    #: a ``select`` is a copy where forms of integers are chosen
    selects: bool = True
    #: sums that hardly ever are beyond their bits take ``%`` (see magnitudes)
    sums: bool = True
    #: signed division asks for signs first (see division)
    division: bool = True
    #: functions agree with their callers on signed parameters and results (see conventions)
    agreed: bool = True
    #: parameters are within what all callers pass (see callers)
    parameters: bool = True
    stepped: bool = True
    counting: bool = True
    streams: bool = True
    #: switches compare what their index is counted from
    switches: bool = True
    nested: bool = True
    jumps: bool = True
    rounding: bool = True
    #: square roots of what is known not to be below zero are taken without a test (see float_signs)
    roots: bool = True
    #: calls with one handler share a ``try``
    tries: bool = True
    #: exported functions that call others get room on Python's stack (see constructor, and the runtime's room)
    rooms: bool = True
    #: no integer leaves a machine word (see words): for PyPy
    words: bool = False
    #: not an optimisation: whether ``wasm2py.wiring`` is going to put in the jumps
    wired: bool = False
    #: nor this: write what value ranges say as assertions
    asserts: bool = False


@dataclass
class Translated:
    """The definition, the cells it captures and the runtime helpers it calls."""

    definition: ast.FunctionDef
    cells: list[str]
    helpers: set[str]


def translate_function(
    function: Function,
    cells: Cells,
    choices: Choices,
    memory_limits: Sequence[int],
    conventions: Optional[Conventions] = None,
    callers: Optional[Callers] = None,
) -> Translated:
    """The Python of a function. ``function`` is not changed. ``memory_limits``: see ``value_ranges``."""
    conventions = conventions or {}
    dominance = Dominance(function)
    ranges = Ranges()
    if choices.ranges:
        analyse = partial(value_ranges, function, dominance, memory_limits)
        ranges = callers.ranges(function, analyse) if callers else analyse()
    # An access written later than it stands, but before anything that shows, may find out late that a sum has wrapped:
    # the assertions would find out first.
    inline = choices.inline and not choices.asserts
    shared = shared_addresses(function, dominance, ranges) if choices.stepped else set()
    read = streams(function, dominance, ranges, memory_limits) if choices.streams and choices.counting else {}
    streamed = {load.id: header for header, found in read.items() for load in found.loads}
    counted = compared_values(function) - shared if choices.switches else set()
    plan = schedule(function, inline, shared, fold_rounding(function) if choices.rounding else None, streamed, counted)
    names = variables(function, dominance, plan, cells)
    lazy = choices.lazy and not choices.words
    forms = Forms()
    if choices.signed:
        forms = choose_forms(function, dominance, ranges, names, conventions, lazy, choices.selects, counted)
    if choices.words:
        forms.signed |= word_values(function)
    decisions = decide(dominance.order, plan, choices.conditions)
    structurer = Structurer(dominance, decisions, plan)

    def emitter() -> FunctionEmitter:
        return FunctionEmitter(function, dominance, cells, plan, names, ranges, forms, conventions, choices)

    counting = Counting(function, dominance, ranges, forms, plan, names, read) if choices.counting else None
    # A jump into a `try` would pass by the table that says where exceptions go.
    jumps = (
        choices.jumps and choices.wired and not any(isinstance(block.terminator, Invoke) for block in function.blocks)
    )
    made, body = lower_control(structurer, emitter, choices.nested, jumps, counting)
    return made.finish(body)


class FunctionEmitter:
    """Python for what hangs on the blocks: statements, copies, returns, conditions."""

    def __init__(
        self,
        function: Function,
        dominance: Dominance,
        cells: Cells,
        plan: Schedule,
        names: dict[int, str],
        ranges: Ranges,
        forms: Forms,
        conventions: Conventions,
        choices: Choices,
    ) -> None:
        self.function = function
        self.asserts = choices.asserts
        self.choices = choices
        self.dominance = dominance
        self.plan = plan
        self.names = names
        self.ranges = ranges
        self.forms = forms
        taken = set(names.values())
        sums = Magnitudes(forms.addresses, choices.sums and not choices.words)
        expressions = WordExpressions if choices.words else Expressions
        self.expressions = expressions(
            cells, plan, names, taken, ranges, forms, conventions, sums, choices.division, choices.roots
        )
        self.clauses = Clauses(self.expressions)
        self.cells = cells
        #: phis that ``for`` loops step, or do not need, and increments that are not written
        self.counters: set[Value] = set()
        self.skipped: set[Value] = set()
        #: loads that loops iterate over, and how what is read comes
        self.streamed: dict[Value, Held] = {}

    def finish(self, body: list[ast.stmt]) -> Translated:
        e = self.expressions
        name = self.cells.function(self.function.index)
        args = [ast.arg(self.names[param.id]) for param in self.function.params]
        received = [e.receive_param(param, self.function.index) for param in self.function.params]
        body = [*[each for each in received if each], *body]
        assigned = sorted(e.assigned)
        if assigned:
            body = [ast.Nonlocal(assigned), *body]
        definition = py.define(name, args, body or [ast.Pass()])
        if e.leaves_with_call:
            definition.args.args.append(ast.arg(TAIL))
            definition.args.defaults.append(py.constant(False))
        return Translated(definition, sorted(e.captured), e.helpers)

    def settled(self) -> set[str]:
        """The variables that are set before anything of the body runs, and those of the cells."""
        return {self.names[param.id] for param in self.function.params} | self.expressions.assigned

    def new_name(self, hint: str) -> str:
        return self.expressions.new_name(hint)

    def enter(self, block: Block) -> None:
        """What follows is code of this block."""
        self.expressions.stepping = self.choices.stepped and self.dominance.loop[block] is not None

    def statements(self, block: Block) -> list[ast.stmt]:
        """All of a block; the call that ends it with an Invoke is apart."""
        self.enter(block)
        result: list[ast.stmt] = []
        if self.asserts:
            known = block.phis + (self.function.params if block is self.function.blocks[0] else [])
            result += [each for value in known for each in self._assertion(value)]
        values = self.plan.statements[block]
        for value in values[:-1] if isinstance(block.terminator, Invoke) else values:
            if value not in self.skipped:
                result += self._whole_statement(value, block)
        return result

    def invocation(self, block: Block) -> list[ast.stmt]:
        """The call that an Invoke is about."""
        return self._whole_statement(self.plan.statements[block][-1], block)

    def joins_tries(self) -> bool:
        return self.choices.tries

    def handler(self, landing: Block, body: list[ast.stmt]) -> ast.ExceptHandler:
        return self.clauses.handler(landing, body)

    def _whole_statement(self, value: Value, block: Block) -> list[ast.stmt]:
        result = self._statement(value, block)
        if self.asserts:
            result += self._assertion(value)
        self.expressions.end_statement()
        return result

    def _assertion(self, value: Value) -> list[ast.stmt]:
        """That the variable of an integer is within the range that code around it may rest on."""
        if value.type not in BITS or not self.plan.uses.get(value.id):
            return []
        variable = py.name(self.names[value.id])
        if value.id in self.forms.lazy:
            low, high, _ = self.ranges.of(value)
            residue = py.binary(py.plus(variable, -low), py.MOD, py.integer(1 << BITS[value.type]))
            return [ast.Assert(py.compare(residue, py.LE, py.integer(high - low)), None)]
        low, high = self.expressions.bound(value)
        return [ast.Assert(py.between(low, py.LE, variable, py.LE, high), None)]

    def _statement(self, value: Value, block: Block) -> list[ast.stmt]:
        e = self.expressions
        if value in self.streamed:
            return e.rebind(value, self.streamed[value])
        if value.type is not None:
            if self.plan.uses.get(value.id):
                return e.bind(value)
            return [ast.Expr(e.evaluate(value))]
        if value.op.calls:
            results = [v for v in block.body if v.op is RESULT and v.args[0] is value]
            if results:
                call = STATEMENT[value.op.name](e, value)[0]
                assert isinstance(call, ast.Expr)
                received = [e.receive(result) for result in results]
                assignment = py.assign_tuple([self.names[result.id] for result in results], call.value)
                return [assignment, *[each for each in received if each]]
        return STATEMENT[value.op.name](e, value)

    def copies(self, source: Block, target: Block) -> list[ast.stmt]:
        """The phis of the target all at once: in one assignment where one reads what another writes."""
        self.enter(source)
        index, names = target.preds.index(source), self.names
        pairs: list[tuple[str, ast.expr]] = []
        for phi in target.phis:
            variable = names.get(phi.id)
            if variable is None or variable == names.get(phi.args[index].id):
                continue  # nothing reads it, or it is there already: a variable has one form
            if not (phi in self.counters and self.dominance.in_loop(source, target)):
                pairs.append((variable, self.expressions.copied(phi, index)))
        self.expressions.end_statement()
        return _parallel(pairs)

    def counting(self, loop: For, body: Callable[[], list[ast.stmt]]) -> list[ast.stmt]:
        """A loop that counts, around the ``body``; its increments are not written any more."""
        self.counters.add(loop.counter.phi)
        if not loop.kept:
            self.skipped.add(loop.counter.next)
        if not loop.streams:
            return [py.loop(py.target(self.names[loop.counter.phi.id]), numbers(loop, self.names), body())]
        self.counters |= loop.streams.dead
        slices = Slices(self.expressions, loop, loop.streams)
        self.streamed.update(slices.integers)
        self.skipped |= loop.streams.dead.union([load for load in loop.streams.loads if load.type == "f64"])
        self.expressions.end_statement()
        return [*slices.before, py.loop(slices.target, slices.values, body()), *slices.behind]

    def counted(self, loop: For) -> list[ast.stmt]:
        """What did not pass the test, when the counting ends, if something behind the loop reads it."""
        if not loop.later:
            return []
        if loop.top:
            return [end_value(loop, self.names)]
        return [] if loop.kept else self.expressions.bind(loop.counter.next)

    def leave(self, block: Block) -> list[ast.stmt]:
        e = self.expressions
        self.enter(block)
        terminator = block.terminator
        if isinstance(terminator, Throw):
            return raised(e, terminator.args[0])
        if not isinstance(terminator, Return):
            if block.body and block.body[-1].op in TAIL_CALLS:
                return []  # its statement has returned
            return [ast.Raise(e.helper("unreachable"), None)]
        signed = RETURNED in e.conventions.get(self.function.index, ())
        values = [e.returned(block, index, signed) for index in range(len(terminator.args))]
        e.end_statement()
        if len(values) > 1:
            return [ast.Return(py.tuple_of(values))]
        return [ast.Return(values[0] if values else None)]

    def condition(self, condition: Condition) -> ast.expr:
        node = self._condition(condition)
        self.expressions.end_statement()
        return node

    def _condition(self, condition: Condition) -> ast.expr:
        if isinstance(condition, Test):
            self.enter(condition.block)
            return self.expressions.decision(condition.block)
        if isinstance(condition, Not):
            return py.negation(self._condition(condition.operand))
        assert isinstance(condition, Both)
        left = self._condition(condition.left)
        return py.both(left, self._condition(condition.right), condition.either)

    def compared(self, block: Block) -> Compared:
        self.enter(block)
        found = compared(self.expressions, block)
        self.expressions.end_statement()
        return found


def _parallel(pairs: list[tuple[str, ast.expr]]) -> list[ast.stmt]:
    """Assignments that all read before any of them writes."""
    written: set[str] = set()
    apart = True
    for variable, node in pairs:
        apart = apart and not (written and written & py.read_names(node))
        written.add(variable)
    if apart:
        return [py.assign(variable, node) for variable, node in pairs]
    return [py.assign_tuple([variable for variable, _ in pairs], py.tuple_of([node for _, node in pairs]))]
