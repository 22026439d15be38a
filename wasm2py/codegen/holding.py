"""How each variable holds its integers: unsigned, signed, or as they come (lazy), whichever costs least.

before:  l7 = u32[l5]                                             after:  l7 = i32[l5]
         if (l7 if l7 <= 2147483647 else l7 - 4294967296) < 10:           if l7 < 10:

before:  l1 = l1 + l2 & 4294967295   (in a loop)                  after:  l1 = l1 + l2
         return l1                                                        return l1 & 4294967295

The values of one variable are held alike, so that copies between them stay free. What is held lazily from round to
round may only grow by sums that take it in once: it then grows so slowly that its size never matters, while a product,
or a sum with itself, would add digits in each round. Nothing else rests on these choices: every use looks at the
interval of what it is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

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
#: how often each variable looks again at what its neighbours have chosen
_ROUNDS = 3


@dataclass
class Forms:
    """Ids of the values held signed and lazy; all others are held unsigned. ``addresses`` are mostly within memory."""

    signed: set[int] = field(default_factory=set)
    lazy: set[int] = field(default_factory=set)
    addresses: set[int] = field(default_factory=set)


def choose_forms(
    function: Function,
    dominance: Dominance,
    ranges: Ranges,
    names: dict[int, str],
    conventions: Conventions,
    lazy: bool,
    selects: bool,
    numbers: Collection[int] = (),
) -> Forms:
    """The cheapest form of each variable; with ``lazy`` false only signed and unsigned ones.

    ``selects``: a ``select`` is a copy of either operand; otherwise it is thought to be free in any form.
    ``numbers``: ids of values that are compared with many constants, so that they are not to be lazy either.
    """
    survey = _Survey(function, dominance, ranges, names, conventions, SELECTS if selects else frozenset())
    survey.run()
    forms = Forms(signed=survey.signed_loads, addresses=survey.addresses)
    chosen = _Choice(survey, lazy).run()
    for id in (*_counting(ranges), *numbers):
        if chosen.get(survey.variable.get(id, "")) == LAZY:
            chosen[survey.variable[id]] = UNSIGNED
    for id, name in survey.variable.items():
        form = chosen.get(name, UNSIGNED)
        if form:
            (forms.signed if form == SIGNED else forms.lazy).add(id)
    return forms


def _counting(ranges: Ranges) -> Iterator[int]:
    """Ids of counters of loops, and their limits: a ``range`` takes the numbers themselves."""
    for counters in ranges.counters.values():
        for counter in counters:
            yield counter.phi.id
            if counter.exit.limit is not None:
                yield counter.exit.limit.id


@dataclass
class _Copy:
    """A phi takes over a value of another variable. ``either``: its signed and unsigned forms are the same."""

    source: str
    target: str
    weight: int
    either: bool

    def cost(self, source: int, target: int) -> int:
        if self.either and source != LAZY:
            return 0
        return self.weight * _COPY.get((source, target), 0)


class _Taken(_Copy):
    """A sum that may have to be made signed takes in a value: of a lazy one, both ends are tested."""

    def cost(self, source: int, target: int) -> int:
        return self.weight * TWO_SIDED if source == LAZY and target == SIGNED else 0


class _Survey:
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
        self.copies: list[_Copy] = []
        self.taken: list[_Copy] = []
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
                self.copies.append(_Copy(source, target, self.weight, both))

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
            self.taken += [_Taken(source, target, self.weight, False) for source in sorted(sources - {target})]

    def _selected(self, variable: Value, select: Value, index: int, arg: Value) -> None:
        """A copy of one operand or the other."""
        target, source = self.variable[variable.id], self.variable.get(arg.id)
        if source is not None and source != target:
            both = is_both(self.ranges.operand(select, index), BITS[arg.type])
            self.copies.append(_Copy(source, target, self.weight, both))
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


class _Choice:
    """Each variable takes its cheapest form, looking at what those have that it is copied from and to."""

    def __init__(self, survey: _Survey, lazy: bool) -> None:
        self.survey = survey
        self.forms = (UNSIGNED, SIGNED, LAZY) if lazy else (UNSIGNED, SIGNED)
        self.barred: set[str] = set()
        self.copies: dict[str, list[_Copy]] = {}
        for copy in (*survey.copies, *survey.taken):
            self.copies.setdefault(copy.source, []).append(copy)
            self.copies.setdefault(copy.target, []).append(copy)

    def run(self) -> dict[str, int]:
        chosen = {name: self._best(name, {}) for name in self.survey.costs}
        copied = [name for name in chosen if name in self.copies]
        for _ in range(1, _ROUNDS):
            before = dict(chosen)
            for name in copied:
                chosen[name] = self._best(name, chosen)
            if chosen == before:
                break
        self._move_pairs(chosen)
        while grown := self._growing(chosen):
            self.barred |= grown
            chosen.update({name: self._best(name, chosen) for name in sorted(grown)})
        return chosen

    def _best(self, name: str, chosen: dict[str, int]) -> int:
        costs = self.survey.costs[name]
        forms = self.forms if name not in self.barred else (UNSIGNED, SIGNED)
        if not chosen or name not in self.copies:
            open = costs[: len(forms)]
            return open.index(min(open))
        return min(forms, key=lambda form: costs[form] + self._copying(name, form, chosen))

    def _copying(self, name: str, form: int, chosen: dict[str, int]) -> int:
        total = 0
        for copy in self.copies.get(name, ()):
            other = chosen.get(copy.target if copy.source == name else copy.source)
            if other is not None:
                total += copy.cost(form, other) if copy.source == name else copy.cost(other, form)
        return total

    def _move_pairs(self, chosen: dict[str, int]) -> None:
        """Give both ends of a copy another form at once, where neither alone would gain by it.

        Not a lazy one: what a loop leaves of it must be normalised, which takes longer than its rounds mostly save.
        """
        for copy in sorted(self.survey.copies, key=lambda copy: -copy.weight):
            ends = copy.source, copy.target
            if not all(end in chosen for end in ends):
                continue
            before = tuple(chosen[end] for end in ends)
            best, least = before, self._cost_of(ends, before, chosen)
            for form in (UNSIGNED, SIGNED):
                if self.survey.costs[ends[0]][form] + self.survey.costs[ends[1]][form] < least:
                    cost = self._cost_of(ends, (form, form), chosen)
                    if cost < least:
                        best, least = (form, form), cost
            chosen.update(zip(ends, best))

    def _cost_of(self, ends: tuple[str, str], forms: tuple[int, ...], chosen: dict[str, int]) -> int:
        """What the two cost in these forms, with the copies from and to them."""
        tried = dict(zip(ends, forms))
        total = sum(self.survey.costs[end][form] for end, form in tried.items())
        seen: set[int] = set()
        for end in ends:
            for copy in self.copies[end]:
                if id(copy) not in seen:
                    seen.add(id(copy))
                    source, target = (tried.get(name, chosen.get(name)) for name in (copy.source, copy.target))
                    if source is not None and target is not None:
                        total += copy.cost(source, target)
        return total

    def _growing(self, chosen: dict[str, int]) -> set[str]:
        """Lazy variables whose digits would pile up: some way around takes a variable in twice."""
        lazy = {name for name, form in chosen.items() if form == LAZY}
        if not lazy:
            return lazy
        made_of = self.survey.made_of(lazy)
        reads: dict[str, set[str]] = {name: set() for name in lazy}
        for name, terms in made_of:
            reads[name].update(lazy.intersection(terms))
        circles = _circles(reads)
        grown: set[str] = set()
        for name, terms in made_of:
            circle = circles[name]
            if sum(circles.get(each) == circle for each in terms) > 1:
                grown |= {each for each, other in circles.items() if other == circle}
        return grown


def _circles(reads: dict[str, set[str]]) -> dict[str, int]:
    """A number for each strongly connected component, by Kosaraju's algorithm; single names have one of their own."""
    order: list[str] = []
    seen: set[str] = set()
    for start in sorted(reads):
        _walk(start, reads, seen, order)
    back: dict[str, set[str]] = {name: set() for name in reads}
    for name, others in reads.items():
        for other in others:
            back[other].add(name)
    found: dict[str, int] = {}
    seen = set()
    for number, start in enumerate(reversed(order)):
        circle: list[str] = []
        _walk(start, back, seen, circle)
        found.update(dict.fromkeys(circle, number))
    return found


def _walk(start: str, edges: dict[str, set[str]], seen: set[str], order: list[str]) -> None:
    """Append what is reached from the start and was not seen, each after what it leads to."""
    stack = [(start, False)]
    while stack:
        name, done = stack.pop()
        if done:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            stack.extend((other, False) for other in sorted(edges[name]))
