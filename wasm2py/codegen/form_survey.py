"""What each variable of a function would cost in each form, and which copies there are (see holding)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from wasm2py.analysis import Ranges
from wasm2py.codegen.far import far_variables, is_negative
from wasm2py.codegen.form_costs import (
    ANY,
    BITS,
    FAR_ADDRESS,
    LOADS,
    MASK,
    PRODUCTS,
    RESIGN,
    RETURNED,
    SELECTS,
    SIGN_LAZY,
    STEPS,
    SUMS,
    TWO_SIDED,
    Conventions,
    Cost,
    definition_cost,
    is_both,
    use_cost,
)  # fmt: skip
from wasm2py.instruction import Opcode
from wasm2py.ir import Block, Branch, Function, Return, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import PHI

UNSIGNED, SIGNED, LAZY = 0, 1, 2
#: what a copy costs, by the forms of what is copied and of the copy
_COPY = {(UNSIGNED, SIGNED): RESIGN, (SIGNED, UNSIGNED): MASK, (LAZY, UNSIGNED): MASK, (LAZY, SIGNED): SIGN_LAZY}
#: a place in a loop counts 8 times for each loop around it
_MAX_DEPTH = 5


@dataclass
class Copy:
    """A phi takes over a value of another variable. ``either``: its signed and unsigned forms are the same."""

    source: str
    target: str
    weight: int
    either: bool

    def cost(self, source: int, target: int) -> int:
        if self.either and source != LAZY:
            return 0
        return self.weight * _COPY.get((source, target), 0)


class Taken(Copy):
    """A sum that may have to be made signed takes in a value: of a lazy one, both ends are tested."""

    def cost(self, source: int, target: int) -> int:
        return self.weight * TWO_SIDED if source == LAZY and target == SIGNED else 0


class Survey:
    """What each variable costs in each form, which copies there are, and what is made of what."""

    def __init__(
        self,
        function: Function,
        dominance: Dominance,
        ranges: Ranges,
        names: dict[int, str],
        conventions: Conventions,
        selects: frozenset[Opcode],
    ) -> None:
        self.function = function
        self.conventions = conventions
        self.dominance = dominance
        self.ranges = ranges
        self.names = names
        #: instructions that are copies of one of their first two operands
        self.selects = selects
        self.costs: dict[str, list[int]] = {}
        self.copies: list[Copy] = []
        self.taken: list[Copy] = []
        #: what each variable is set to, by a statement or on an edge, but for copies
        self.definitions: list[tuple[str, Value]] = []
        #: integer values with a name -> what stands for their variable
        self.variable: dict[int, str] = {}
        #: loads without a name whose use wants them signed
        self.signed_loads: set[int] = set()
        self.addresses: set[int] = set()
        #: by variable: the weight of its uses in addresses
        self.addressing: Counter[str] = Counter()
        self.weight = 1

    def run(self) -> None:
        shared = Counter(self.names.values())
        self._name(self.function.params, shared)
        for block in self.function.blocks:
            self._name(block.phis, shared)
            self._name(block.body, shared)
            for value in block.body:
                if value.op.access is not None:
                    self._address(value.args[0])
        for param in self.function.params:
            if param.type in BITS:
                signed = param.immediate in self.conventions.get(self.function.index, ())
                self._add(param, (MASK, 0, 0) if signed else (0, RESIGN, 0))
        for block in self.function.blocks:
            for phi in block.phis:
                if phi.id in self.variable:
                    self._phi(phi, block)
            self.weight = self._weight_of(block)
            for value in block.body:
                self._value(value)
            self._left(block)
        for block in self.function.blocks:
            for phi in block.phis:
                if phi.id in self.addresses:
                    self.addresses.update([arg.id for arg in phi.args])
        self._far_addresses()

    def _far_addresses(self) -> None:
        """Add what ``%`` of an address takes longer if what it is made from may be far beyond memory."""
        if not self.addressing:
            return
        phis = [phi for block in self.function.blocks for phi in block.phis if phi.id in self.variable]
        negative = {self.variable[phi.id] for phi in phis if is_negative(phi)}
        negative.update(name for name, value in self.definitions if is_negative(value))
        if negative:
            for name in far_variables(negative, self.made_of(set(self.costs))) & set(self.addressing):
                self.costs[name][LAZY] += FAR_ADDRESS * self.addressing[name]

    def _address(self, value: Value) -> None:
        """What an address is, and the index that it is made from, mostly lies within memory."""
        self.addresses.add(value.id)
        while value.op in STEPS and value.args[1].is_const:
            value = value.args[0]
            self.addresses.add(value.id)

    def _name(self, values: list[Value], shared: Counter[str]) -> None:
        """Names of values that live within a block are used again, for values that have nothing in common."""
        names = self.names
        for value in values:
            if value.id in names and value.type in BITS:
                name = names[value.id]
                brief = name[0] == "t" and value.local is None and value.op is not PHI and shared[name] > 1
                self.variable[value.id] = f"{name}:{value.id}" if brief else name

    def _weight_of(self, block: Block) -> int:
        depth = self.dominance.depth.get(block, 0)
        return 1 << 3 * (depth if depth < _MAX_DEPTH else _MAX_DEPTH)

    def _add(self, value: Value, cost: Cost) -> None:
        name, weight = self.variable[value.id], self.weight
        costs = self.costs.get(name)
        if costs is None:
            costs = self.costs[name] = [0, 0, 0]
        costs[UNSIGNED] += cost[UNSIGNED] * weight
        costs[SIGNED] += cost[SIGNED] * weight
        costs[LAZY] += cost[LAZY] * weight

    def _value(self, value: Value) -> None:
        variable = self.variable
        for index, arg in enumerate(value.args):
            if arg.id in variable:
                cost = use_cost(value, index, self.ranges, self.conventions)
                if cost:
                    self._add(arg, cost)
                elif cost is None and value.id in self.addresses:
                    self.addressing[variable[arg.id]] += self.weight
            elif arg.op in LOADS or (arg.op in self.selects and arg.type in BITS):
                cost = use_cost(value, index, self.ranges, self.conventions)
                if cost and cost[SIGNED] != cost[UNSIGNED]:
                    self._wanted(arg, cost)
        if value.id in variable:
            self._defined(value, value)

    def _wanted(self, value: Value, cost: Cost) -> None:
        """A value without a name is used at a cost: so is what it passes on as it is."""
        if value.op in self.selects:
            for arg in value.args[:2]:
                if arg.id in self.variable:
                    self._add(arg, cost)
                else:
                    self._wanted(arg, cost)
        elif value.op in LOADS and cost[SIGNED] < cost[UNSIGNED]:
            self.signed_loads.add(value.id)

    def _left(self, block: Block) -> None:
        """What the terminator reads: a condition takes either form, indices are unsigned, and most results."""
        signed = isinstance(block.terminator, Return) and RETURNED in self.conventions.get(self.function.index, ())
        for index, arg in enumerate(block.terminator.args):
            if arg.id in self.variable:
                either = isinstance(block.terminator, Branch)
                both = is_both(self.ranges.terminator_operand(block, index), BITS[arg.type])
                if signed:
                    self._add(arg, (0 if both else RESIGN, 0, SIGN_LAZY))
                else:
                    self._add(arg, (0, 0 if both or either else MASK, MASK))

    def _phi(self, phi: Value, block: Block) -> None:
        target = self.variable[phi.id]
        for index, (pred, arg) in enumerate(zip(block.preds, phi.args)):
            self.weight = self._weight_of(pred)
            source = self.variable.get(arg.id)
            if source is None:
                if not arg.is_const:
                    self._defined(phi, arg)
            elif source != target:
                both = is_both(self.ranges.operand(phi, index), BITS[phi.type])
                self.copies.append(Copy(source, target, self.weight, both))

    def _defined(self, variable: Value, value: Value) -> None:
        """``variable = value``, by a statement or on an edge."""
        if value.op in self.selects:
            for index, arg in enumerate(value.args[:2]):
                self._selected(variable, value, index, arg)
            return
        cost, target = definition_cost(value, self.ranges, self.conventions), self.variable[variable.id]
        self._add(variable, cost)
        self.definitions.append((target, value))
        if value.op in SUMS and cost[SIGNED]:
            sources = {self.variable.get(arg.id, target) for arg in value.args}
            self.taken += [Taken(source, target, self.weight, False) for source in sorted(sources - {target})]

    def _selected(self, variable: Value, select: Value, index: int, arg: Value) -> None:
        """A copy of one operand or the other."""
        target, source = self.variable[variable.id], self.variable.get(arg.id)
        if source is not None and source != target:
            both = is_both(self.ranges.operand(select, index), BITS[arg.type])
            self.copies.append(Copy(source, target, self.weight, both))
        elif source is None and not arg.is_const:
            self._defined(variable, arg)

    def made_of(self, names: set[str]) -> list[tuple[str, list[str]]]:
        """For each definition of these variables: which variables it takes in, as often as it does."""
        found = [(copy.target, [copy.source]) for copy in self.copies if copy.target in names]
        return found + [(name, self._terms(value)) for name, value in self.definitions if name in names]

    def _terms(self, value: Value) -> list[str]:
        """The variables that an expression takes in as they come; twice what it multiplies."""
        if value.op not in ANY and value.op not in SELECTS:
            return []
        found: list[str] = []
        for arg in value.args[:2]:
            found += [self.variable[arg.id]] if arg.id in self.variable else self._terms(arg)
        return found * 2 if value.op in PRODUCTS else found
