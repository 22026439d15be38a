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

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from wasm2py.analysis import Ranges
from wasm2py.codegen.form_costs import SELECTS, Conventions
from wasm2py.codegen.form_survey import LAZY, SIGNED, UNSIGNED, Copy, Survey
from wasm2py.ir import Function
from wasm2py.ir.dominators import Dominance

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
    survey = Survey(function, dominance, ranges, names, conventions, SELECTS if selects else frozenset())
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


class _Choice:
    """Each variable takes its cheapest form, looking at what those have that it is copied from and to."""

    def __init__(self, survey: Survey, lazy: bool) -> None:
        self.survey = survey
        self.forms = (UNSIGNED, SIGNED, LAZY) if lazy else (UNSIGNED, SIGNED)
        self.barred: set[str] = set()
        #: what the copies from and to a variable cost with it in a form, until another one changes its own
        self.around: dict[tuple[str, int], int] = {}
        self.copies: dict[str, list[Copy]] = {}
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
        between: dict[frozenset[str], list[Copy]] = {}
        for copy in (*self.survey.copies, *self.survey.taken):
            between.setdefault(frozenset((copy.source, copy.target)), []).append(copy)
        for copy in sorted(self.survey.copies, key=lambda copy: -copy.weight):
            ends = copy.source, copy.target
            if ends[0] in chosen and ends[1] in chosen:
                self._move(ends, between[frozenset(ends)], chosen)

    def _move(self, ends: tuple[str, str], between: list[Copy], chosen: dict[str, int]) -> None:
        before = chosen[ends[0]], chosen[ends[1]]
        best, least = before, self._cost_of(ends, before, between, chosen)
        for form in (UNSIGNED, SIGNED):
            if self.survey.costs[ends[0]][form] + self.survey.costs[ends[1]][form] < least:
                cost = self._cost_of(ends, (form, form), between, chosen)
                if cost < least:
                    best, least = (form, form), cost
        if best != before:
            chosen.update(zip(ends, best))
            self.around.clear()

    def _cost_of(
        self, ends: tuple[str, str], forms: tuple[int, int], between: list[Copy], chosen: dict[str, int]
    ) -> int:
        """What the two cost in these forms, with the copies from and to them, of which some are between them."""
        total = 0
        for end, form in zip(ends, forms):
            around = self.around.get((end, form))
            if around is None:
                around = self.around[end, form] = self._copying(end, form, chosen)
            total += self.survey.costs[end][form] + around
        tried = dict(zip(ends, forms))
        for copy in between:  # counted at either end, as if the other one stayed as it is
            source, target = tried[copy.source], tried[copy.target]
            total += copy.cost(source, target) - copy.cost(source, chosen[copy.target])
            total -= copy.cost(chosen[copy.source], target)
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
