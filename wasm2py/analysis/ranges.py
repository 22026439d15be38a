"""Value ranges: the interval of each integer, and tighter ones where conditions and memory accesses say more.

One walk over the blocks, each after what leads to it; a loop is walked until what was assumed of the phis of its
header holds for what the ways back bring. A fact (``v < 10`` behind a branch, ``v`` within memory behind a load from
``v``) is kept with the block in which it begins to hold, and holds in all blocks that this one dominates.

Any assumption that a whole walk of the loop confirms is right, so how it was guessed does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Optional

from wasm2py.analysis.conditions import LED_BACK, facts_of, origins
from wasm2py.analysis.counters import counters
from wasm2py.analysis.distances import distance
from wasm2py.analysis.facts import BITS, Facts
from wasm2py.analysis.induction import Exit, Linear, Lookup, Stepping, Varying, stepping_phis
from wasm2py.analysis.interval import FULL, Interval, join, meet, single
from wasm2py.analysis.order import loop_order
from wasm2py.analysis.result import Counter, Ranges
from wasm2py.analysis.sources import brought
from wasm2py.analysis.tops import address_tops
from wasm2py.analysis.transfer import result_of
from wasm2py.analysis.widening import LoopPhis
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Block, Branch, Function, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import CONSTANTS
from wasm2py.ir.spaces import MAXIMUM_ELEMENTS

_SELECT = BY_NAME["select"]
_ELEMENTS = frozenset(BY_NAME[f"array.{name}"] for name in ("get", "get_s", "get_u", "set"))
#: what is learnt of an operand of these later on says something of their results
_LED_ON = frozenset(
    BY_NAME[name]
    for name in [f"i{bits}.{op}" for bits in (32, 64) for op in ("add", "sub", "and", "shl", "shr_u", "shr_s")]
    + ["i64.extend_i32_u", "i64.extend_i32_s", "i32.wrap_i64", "select"]
)
#: results that are kept in mind for one operand, and how far a fact is led on
_MAX_RESULTS, _MAX_STEPS = 8, 4
#: visits of blocks, for each block and besides, after which nothing is guessed any more
_WALKS, _MORE_VISITS = 1.5, 100
#: blocks in a loop above which a guess that fails costs more than one that proves right is worth
_MANY = 40


def value_ranges(
    function: Function,
    dominance: Dominance,
    memory_limits: Sequence[int],
    params: Sequence[Optional[Interval]] = (),
) -> Ranges:
    """Analyse a function. ``memory_limits``: the most bytes that each memory can ever have (spec §2.5.5).

    ``params``: the intervals of the parameters, as far as they are known.
    """
    analysis = _Analysis(function, dominance, memory_limits)
    analysis.facts.of_value.update(
        {param.id: interval for param, interval in zip(function.params, params) if interval is not None}
    )
    return analysis.run()


class _Analysis:
    def __init__(self, function: Function, dominance: Dominance, memory_limits: Sequence[int]) -> None:
        self.function = function
        self.dominance = dominance
        self.memory_limits = memory_limits
        self.facts = Facts(dominance)
        self.result = Ranges()
        self.result.of_value = self.facts.of_value
        self.loops: dict[Block, LoopPhis] = {}
        self.varying: dict[Block, list[Varying]] = {}
        self.tops: dict[int, int] = {}
        #: by a test that a loop goes on by: the loop, and what that says of a phi
        self.going_on: dict[Block, tuple[Block, Value, Interval]] = {}
        #: blocks in each loop
        self.size: dict[Block, int] = {}
        self.visits = 0
        #: results by the operand that they are led on from
        self.results: dict[int, list[Value]] = {}

    def run(self) -> Ranges:
        order, place, ends = loop_order(self.dominance)
        self.size = {header: place[last] - place[header] + 1 for last in ends for header in ends[last]}
        position = 0
        while position < len(order):
            block = order[position]
            self._visit(block)
            self.visits += 1
            position += 1
            for header in ends.get(block, ()):
                if not self._proved(header):
                    self.facts.forget(order[place[header] : position])
                    position = place[header]
                    break
        self.result.counters = {header: self._counters(header) for header in self.loops}
        return self.result

    # -- blocks --------------------------------------------------------------------------------------------------

    def _visit(self, block: Block) -> None:
        of_value, by_value = self.facts.of_value, self.facts.by_value
        self.facts.begin(block)
        entries = block.preds if len(block.preds) == 1 else self._entries(block)
        if len(entries) == 1:  # what was there before a loop stays as it is
            for fact, interval in self._edge_facts(entries[0], block):
                self._note(fact, interval, block)
        if self.dominance.is_header(block):
            self._enter_loop(block)
        elif block.phis:
            of_value.update(self._incoming(block, range(len(block.preds))))
        for value in block.body:
            if value.op not in CONSTANTS:
                self._evaluate(value, block)
            elif value.id not in of_value and value.type in BITS:
                of_value[value.id] = single(value.immediate, BITS[value.type])
        for index, arg in enumerate(block.terminator.args):
            if arg.id in by_value:
                self._record(-1 - block.id, index, arg, block)

    def _evaluate(self, value: Value, block: Block) -> None:
        facts = self.facts
        of_value, by_value = facts.of_value, facts.by_value
        operands: list[Interval] = []
        for index, arg in enumerate(value.args):
            id = arg.id
            if id in by_value:  # now, or in an earlier walk
                operands.append(self._record(value.id, index, arg, block))
            elif id in of_value:
                operands.append(of_value[id])
            elif arg.type in BITS:
                operands.append(facts.at(arg, block))
        bits, op = BITS.get(value.type), value.op
        if bits:
            if op in _LED_ON:
                self._keep_in_mind(value)
            if op is _SELECT:
                of_value[value.id] = self._select(value, block, facts.at)
            else:
                of_value[value.id] = result_of(op, operands, bits)
        if op.access is not None:
            self._accessed(value, operands[0], block)
        elif op in _ELEMENTS:
            self._within(value.args[1], operands[0], MAXIMUM_ELEMENTS - 1, block)

    def _select(self, value: Value, block: Block, at: Callable[[Value, Block], Interval]) -> Interval:
        """One operand where the condition holds, with what it says of it, or the other."""
        found: list[Interval] = []
        for arg, holds in ((value.args[0], True), (value.args[1], False)):
            known = at(arg, block)
            for fact, interval in facts_of(value.args[2], holds, lambda each: at(each, block)):
                if fact is arg:
                    known = meet(known, interval, BITS[arg.type]) or known
            found.append(known)
        return join(found[0], found[1], BITS[value.type])

    def _keep_in_mind(self, value: Value) -> None:
        operands = [arg for arg in value.args[:2] if arg.op not in CONSTANTS]
        if len(operands) < 2 or value.op is _SELECT:
            for arg in operands:
                results = self.results.get(arg.id)
                if results is None:
                    self.results[arg.id] = [value]
                elif len(results) < _MAX_RESULTS and value not in results:
                    results.append(value)

    def again(self, value: Value, block: Block, at: Callable[[Value, Block], Interval]) -> Interval:
        """The interval of a result that was kept in mind, with what is known now."""
        if value.op is _SELECT:
            return self._select(value, block, at)
        return result_of(value.op, [at(arg, block) for arg in value.args], BITS[value.type])

    def _note(self, value: Value, interval: Interval, block: Block, steps: int = _MAX_STEPS) -> None:
        if self.facts.note(value, interval, block) and steps:
            for result in self.results.get(value.id, ()):
                if result.id in self.facts.of_value:  # if not, it is still to come in this walk
                    self._note(result, self.again(result, block, self.facts.at), block, steps - 1)

    def _record(self, user: int, index: int, arg: Value, block: Block) -> Interval:
        """What is known of an operand, noted down if it is more than what is known everywhere."""
        known = self.facts.at(arg, block)
        if known != self.facts.of_value.get(arg.id):
            self.result.at_use[user, index] = known
        elif self.loops:  # an earlier walk may have noted something
            self.result.at_use.pop((user, index), None)
        return known

    def _accessed(self, value: Value, address: Interval, block: Block) -> None:
        """The access succeeded: all of it lies within memory."""
        assert value.op.access is not None
        last = self.memory_limits[value.immediate.memory] - value.immediate.offset - value.op.access.width
        self._within(value.args[0], address, last, block)

    def _within(self, index: Value, known: Interval, last: int, block: Block) -> None:
        """From here on an unsigned number, so far known to be in an interval, is known to be ``last`` at most."""
        if last >= 0 and not 0 <= known[0] <= known[1] <= last:
            self._note(index, (0, last, 1), block)
            if index.op in LED_BACK:
                at = self.facts.at
                for origin, interval in origins(index, at(index, block), lambda each: at(each, block)):
                    self._note(origin, interval, block)

    # -- edges ---------------------------------------------------------------------------------------------------

    def _edge_facts(self, pred: Block, target: Block) -> list[tuple[Value, Interval]]:
        terminator = pred.terminator
        if not isinstance(terminator, Branch) or terminator.targets[0] is terminator.targets[1]:
            return []
        holds = terminator.targets[0] is target
        found = facts_of(terminator.args[0], holds, lambda value: self.facts.at(value, pred))
        if pred in self.going_on:
            header, phi, interval = self.going_on[pred]
            if self.dominance.in_loop(target, header):
                found.append((phi, interval))
        return found

    def _incoming(self, block: Block, indices: Iterable[int]) -> dict[int, Interval]:
        """The intervals of the block's integer phis over some of its edges."""
        found: dict[int, Interval] = {}
        phis = [phi for phi in block.phis if phi.type in BITS]
        for index in indices if phis else ():
            pred = block.preds[index]
            at = self._on_edge(pred, block)
            for phi in phis:
                interval = at(phi.args[index], pred)
                self.result.at_use[phi.id, index] = interval
                before = found.get(phi.id)
                found[phi.id] = join(before, interval, BITS[phi.type]) if before else interval
        return found

    def _on_edge(self, pred: Block, target: Block) -> Callable[[Value, Block], Interval]:
        """What is known at the end of a block, once it has decided to go on to another one."""
        facts = self._edge_facts(pred, target)
        if not facts:
            return self.facts.at
        edge = _Edge(self)
        for value, interval in facts:
            known = edge.at(value, pred)
            edge.said[value.id] = meet(known, interval, BITS[value.type]) or known
        return edge.at

    def knows_again(self, value: Value) -> bool:
        """Whether ``again`` may find out more of the value when more is known of its first operand."""
        return any(value in self.results.get(arg.id, ()) for arg in value.args[:2])

    # -- loops ---------------------------------------------------------------------------------------------------

    def _latches(self, header: Block) -> list[Block]:
        number = self.dominance.number
        return [pred for pred in header.preds if number[pred] >= number[header]]

    def _entries(self, block: Block) -> list[Block]:
        """The blocks that lead to a block first."""
        number = self.dominance.number
        return [pred for pred in block.preds if number[pred] < number[block]]

    def _enter_loop(self, header: Block) -> None:
        latches = self._latches(header)
        if header not in self.loops:
            self.loops[header] = self._plan(header, latches)
        outside = [index for index, pred in enumerate(header.preds) if pred not in latches]
        starts = self._incoming(header, outside)
        self.facts.of_value.update(starts)
        loop = self.loops[header]
        for exit in loop.counted.values():
            self.going_on.pop(exit.block, None)
        assumed = loop.assume(starts, lambda value: self.facts.at(value, header), partial(self._apart, header))
        self.facts.of_value.update(assumed)
        for id, exit in loop.counted.items():
            going_on = loop.going_on[id]
            if going_on:
                self.going_on[exit.block] = (header, loop.linear[id].phi, going_on)
            for index in outside:
                start = self.result.at_use[id, index]
                self.result.at_use[id, index] = meet(start, assumed[id], loop.bits[id]) or start

    def _apart(self, header: Block, phi: Value, exit: Exit, start: Interval) -> Interval:
        """How far a phi of a loop has to go, as far as is known of its starts and the limit together."""
        starts = [(phi.args[header.preds.index(pred)], pred) for pred in self._entries(header)]
        limit = self.facts.at(exit.limit, header) if exit.limit else (0, 0, 0)
        ways = [(arg, (pred, header), self._lookup(pred, header)) for arg, pred in starts]
        return distance(exit, (start, limit), ways, self.dominance)

    def _lookup(self, pred: Block, target: Block) -> Lookup:
        """What is known on an edge."""
        at = self._on_edge(pred, target)
        return lambda value: at(value, pred)

    def _plan(self, header: Block, latches: list[Block]) -> LoopPhis:
        if not self.loops:
            self.tops = address_tops(self.function)
        linear, self.varying[header] = stepping_phis(header, latches, self.dominance, self._is_visited)
        bits = {phi.id: BITS[phi.type] for phi in header.phis if phi.type in BITS}
        return LoopPhis(bits, linear, self.varying[header], self._brought(header, latches, linear), self.tops)

    def _brought(self, header: Block, latches: list[Block], linear: list[Linear]) -> dict[int, Interval]:
        """What the ways back seem to bring to the phis of a loop that do not step."""
        stepping = {each.phi for each in linear} | {each.phi for each in self.varying[header]}
        found: dict[int, Interval] = {}
        for phi in header.phis:
            if phi.type in BITS and phi not in stepping:
                ways = [arg for pred, arg in zip(header.preds, phi.args) if pred in latches]
                interval = brought(phi, ways, self.facts.of_value)
                if interval is None and self.size[header] > _MANY:
                    interval = FULL[BITS[phi.type]]
                if interval is not None:
                    found[phi.id] = interval
        return found

    def _counters(self, header: Block) -> list[Counter]:
        loop = self.loops[header]
        stepping: list[Stepping] = [*loop.linear.values(), *self.varying[header]]
        latches = self._latches(header)
        return counters(stepping, loop.counted, header, latches, lambda value: self.facts.at(value, header))

    def _is_visited(self, value: Value) -> bool:
        return value.is_const or value in self.function.params or value.id in self.facts.of_value

    def _proved(self, header: Block) -> bool:
        latches = self._latches(header)
        inside = [index for index, pred in enumerate(header.preds) if pred in latches]
        backs = self._incoming(header, inside)
        proved = self.loops[header].holds(backs, self.visits < _WALKS * len(self.dominance.order) + _MORE_VISITS)
        if proved:
            self.facts.of_value.update(self.loops[header].seen(backs))
        return proved


class _Edge:
    """What is known on an edge: ``said`` is what the branch at its start says of some values."""

    def __init__(self, analysis: _Analysis) -> None:
        self.analysis = analysis
        self.said: dict[int, Interval] = {}

    def at(self, value: Value, block: Block) -> Interval:
        """``block`` is the one that the edge leaves."""
        known = self.said.get(value.id)
        if known is not None:
            return known
        known = self.analysis.facts.at(value, block)
        if any(arg.id in self.said for arg in value.args) and self.analysis.knows_again(value):
            known = meet(known, self.analysis.again(value, block, self.at), BITS[value.type]) or known
        return known
