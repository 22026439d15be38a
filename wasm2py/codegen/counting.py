"""Loops that count become ``for … in range(…)``.

before:  while True:                        after:  for i in range(i, n, 2):
             s = s + u8[i]                              s = s + u8[i]
             i = i + 2
             if i >= n:
                 break

A range costs as much as a few rounds, so that it pays only where there may be many, and no other way out of the loop;
and not where a function calls itself: most of its calls, those next to the leaves, have hardly any rounds.
That its numbers are those that the counter takes is known from ``Ranges.counters``.

With the test at the end of a round the way back is taken after the last round too, so that it must have no effects,
and nothing behind the loop may read what it writes. With the test at the top there may be no round at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Optional, Union

from wasm2py.analysis import Counter, Ranges
from wasm2py.analysis.facts import BITS
from wasm2py.analysis.interval import Interval
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.codegen.holding import Forms
from wasm2py.codegen.rounds import beyond, rises
from wasm2py.codegen.schedule import Schedule, effects, operand_leaves
from wasm2py.codegen.tree import (
    LEAVES,
    MIN_ROUNDS,
    Copies,
    For,
    Goto,
    If,
    Label,
    Leave,
    Loop,
    Node,
    Not,
    Straight,
    Streams,
    bodies,
    rewrite_bodies,
)
from wasm2py.codegen.tree import Test as TestOf
from wasm2py.ir import Block, Function, Value
from wasm2py.ir.dominators import Dominance

_CALL = BY_NAME["call"]


class Counting:
    """Finds the loops of one function that can count."""

    def __init__(
        self,
        function: Function,
        dominance: Dominance,
        ranges: Ranges,
        forms: Forms,
        plan: Schedule,
        names: dict[int, str],
        streams: dict[Block, Streams],
    ) -> None:
        self.streams = streams
        self.function = function
        self.dominance = dominance
        self.ranges = ranges
        self.forms = forms
        self.plan = plan
        self.names = names

    def rewrite(self, nodes: list[Node]) -> list[Node]:
        """The tree with For nodes in the place of such loops."""
        if not any(self.ranges.counters.values()):
            return nodes
        for node in nodes:
            if type(node) not in LEAVES:
                rewrite_bodies(node, self.rewrite)
        return [(self._with_streams(node) or node) if isinstance(node, Loop) else node for node in nodes]

    def _with_streams(self, loop: Loop) -> Optional[For]:
        """The loop counts: then it may iterate over arrays, too."""
        found = self._for(loop)
        if found:
            streams = self.streams.get(loop.target)
            if streams and streams.top is found.top and self._is_last(found, streams):
                found.streams = streams
        return found

    def _is_last(self, loop: For, streams: Streams) -> bool:
        """Whether the variable of the counter is still at the number of the last round behind the loop."""
        counter = loop.counter
        steps = loop.kept and self.names[counter.next.id] == self.names[counter.phi.id]
        return self._is_alone(counter, loop.target) and (not steps or counter.next in streams.dead)

    def _for(self, loop: Loop) -> Optional[For]:
        for counter in self.ranges.counters.get(loop.target, ()):
            if not self._pays(counter, loop.target) or not self._is_plain(counter, loop.target):
                continue
            for place, node in enumerate(loop.body):
                if isinstance(node, If) and _tested(node) is counter.exit.block:
                    found = self._at_test(loop, place, node, counter)
                    if found:
                        return found
        return None

    def _at_test(self, loop: Loop, place: int, node: If, counter: Counter) -> Optional[For]:
        """The loop without its test, if one way from that goes on and the other one leaves."""
        before = loop.body[:place]
        for rest, leave in _ways(node, loop.body[place + 1 :], loop.target):
            if not _leaves(leave, loop) or _leaves_early(loop, before + rest):
                continue
            if self._is_top(before, counter):
                found = self._tested_first(loop, counter, rest, leave)
            else:
                found = self._tested_last(loop, counter, before, rest, leave)
            if found:
                return found
        return None

    def _is_top(self, before: list[Node], counter: Counter) -> bool:
        """Whether nothing is done before the test of a round."""
        return not counter.exit.stepped and all(
            isinstance(each, Straight) and not self.plan.statements[each.block] for each in before
        )

    def _tested_first(self, loop: Loop, counter: Counter, body: list[Node], leave: list[Node]) -> Optional[For]:
        kept, later = self._is_kept(counter, loop.target), self._is_read_behind(counter.phi.id, loop.target)
        if later and (counter.step not in (1, -1) or not self._is_alone(counter, loop.target)):
            return None  # where it ends up takes more than a comparison
        return For(loop.target, counter, body, leave, True, True, kept, later)

    def _tested_last(
        self, loop: Loop, counter: Counter, before: list[Node], back: list[Node], leave: list[Node]
    ) -> Optional[For]:
        if not all(isinstance(each, (Straight, Copies)) for each in back):
            return None
        if not all(self._may_run_again(each, counter, loop.target) for each in back):
            return None
        kept, later = self._is_kept(counter, loop.target), self._is_read_behind(counter.next.id, loop.target)
        if later and not kept and not self._is_alone(counter, loop.target):
            return None
        certain = self._is_certain(counter, loop.target)
        return For(loop.target, counter, before + back, leave, False, certain, kept, later)

    def _may_run_again(self, node: Node, counter: Counter, header: Block) -> bool:
        """Whether it cannot be seen that this part of the way back is taken once more."""
        if isinstance(node, Straight):
            return all(
                value is counter.next or self._may_write_again(value, header)
                for value in self.plan.statements[node.block]
            )
        if isinstance(node, Copies):
            index = node.target.preds.index(node.source)
            return all(
                phi is counter.phi or self._may_copy_again(self.names.get(phi.id), phi.args[index], header)
                for phi in node.target.phis
            )
        return False

    def _may_write_again(self, value: Value, header: Block) -> bool:
        return not self._is_read_behind(self.names.get(value.id), header) and self._is_pure(value)

    def _may_copy_again(self, name: Optional[str], arg: Value, header: Block) -> bool:
        if name is None or self.names.get(arg.id) == name:
            return True  # no copy at all
        return not self._is_read_behind(name, header) and self._is_pure(arg, True)

    def _is_pure(self, value: Value, operand: bool = False) -> bool:
        if operand and value.id not in self.plan.inlined:
            return True
        return not effects(value) and all(self._is_pure(arg, True) for arg in value.args)

    def _pays(self, counter: Counter, header: Block) -> bool:
        if self.ranges.rounds(counter) < MIN_ROUNDS:
            return False
        return not any(self.dominance.in_loop(block, header) for block in self._own_calls)

    def _starts(self, counter: Counter, header: Block) -> Iterator[Interval]:
        """What the counter may be before the loop, by the ways into it."""
        for index, pred in enumerate(header.preds):
            if not self.dominance.in_loop(pred, header):
                yield self.ranges.operand(counter.phi, index)

    def _is_plain(self, counter: Counter, header: Block) -> bool:
        """Whether counter, limit and step are held as the numbers that they are known to be."""
        phi, _, exit, limit, _ = counter
        known = [self.ranges.of(phi), *self._starts(counter, header), *([limit] if exit.op == "ne" else [])]
        if not all(self._is_held(phi, counter.compared(interval)) for interval in known):
            return False
        if exit.limit and not exit.limit.is_const and not self._is_held(exit.limit, counter.compared(limit)):
            return False
        return isinstance(counter.step, int) or self._is_held(counter.step, self.ranges.of(counter.step))

    def _is_held(self, value: Value, numbers: Interval) -> bool:
        """Whether the variable of a value holds these numbers, and not others that are congruent."""
        if value.id not in self.names or value.id in self.forms.lazy:
            return False
        if value.id in self.forms.signed:
            return numbers[1] < 1 << BITS[value.type] - 1
        return numbers[0] >= 0

    def _is_certain(self, counter: Counter, header: Block) -> bool:
        """Whether the first round is one of the numbers, whatever the limit: it is not asked for."""
        if counter.exit.op == "ne":
            return True
        shift, step = beyond(counter, False)
        low, high, _ = counter.compared(counter.limit)
        low, high = low + shift + (self.ranges.of(step)[0] if step else 0), high + shift
        for start in self._starts(counter, header):
            first, last, _ = counter.compared(start)
            if not (last < low if rises(counter) else first > high):
                return False
        return True

    def _is_read_behind(self, read: Union[int, str, None], header: Block) -> bool:
        """Whether a value, by id, or a variable is read outside of a loop."""
        return not all(self.dominance.in_loop(block, header) for block in self._readers.get(read, ()))

    def _is_alone(self, counter: Counter, header: Block) -> bool:
        """Whether nothing else in the loop is written to the variable of the counter, which is read at its end."""
        variable = self.names[counter.phi.id]
        return not any(
            self.names.get(value.id) == variable
            for block in self.dominance.order
            if self.dominance.in_loop(block, header)
            for value in (*block.phis, *block.body)
            if value is not counter.phi and value is not counter.next
        )

    def _is_kept(self, counter: Counter, header: Block) -> bool:
        """Whether the next value of the counter is read within the loop."""
        return any(
            self._reads_next(counter, block)
            for block in self._readers.get(counter.next.id, ())
            if self.dominance.in_loop(block, header)
        )

    def _reads_next(self, counter: Counter, block: Block) -> bool:
        """Whether a block reads the next value, but for the test of the loop and the copy of the counter."""
        tests = block is counter.exit.block
        test = self._test(block) if tests else set()
        args = [arg for value in block.body if value.id not in test for arg in value.args]
        args += [arg for phi in block.phis if phi is not counter.phi for arg in phi.args]
        return counter.next in args or (not tests and counter.next in block.terminator.args)

    def _test(self, block: Block) -> set[int]:
        """Ids of the values that are written in the condition of the branch that ends a block."""
        found: set[int] = set()
        work = list(block.terminator.args)
        while work:
            value = work.pop()
            if value.id in self.plan.inlined:
                found.add(value.id)
                work += value.args
        return found

    @cached_property
    def _readers(self) -> dict[Union[int, str, None], list[Block]]:
        """By ids of values and by names: the blocks that read them, phis included."""
        readers: dict[Union[int, str, None], list[Block]] = {}
        for block in self.dominance.order:
            args = [arg for value in (*block.phis, *block.body) for arg in value.args] + block.terminator.args
            read = {leaf.id for leaf in operand_leaves(args, self.plan.inlined)}
            keys: set[Union[int, str]] = {*read, *(self.names[id] for id in read if id in self.names)}
            for each in keys:
                readers.setdefault(each, []).append(block)
        return readers

    @cached_property
    def _own_calls(self) -> list[Block]:
        """The blocks that call this function."""
        index = self.function.index
        return [
            block
            for block in self.dominance.order
            if any(value.op is _CALL and value.immediate == index for value in block.body)
        ]


def _leaves_early(loop: Loop, nodes: list[Node]) -> bool:
    """Whether something in the loop leaves it, other than its test."""
    inside = {loop.target}
    jumps: set[Block] = set()
    work = list(nodes)
    while work:
        node = work.pop()
        if isinstance(node, Leave):
            return True
        if isinstance(node, Goto):
            jumps.add(node.target)
        elif isinstance(node, (Label, Loop, For)):
            inside.add(node.target)
        work += [each for body in bodies(node) for each in body]
    return not jumps <= inside


def _tested(node: If) -> Optional[Block]:
    condition = node.condition
    while not isinstance(condition, TestOf):
        if not isinstance(condition, Not):
            return None
        condition = condition.operand
    return condition.block


def _ways(node: If, rest: list[Node], header: Block) -> Iterator[tuple[list[Node], list[Node]]]:
    """(what is done in a loop behind its test if it goes on, and if not), in both senses of the test."""
    for stay, leave in ((node.then, node.otherwise), (node.otherwise, node.then)):
        back = [each for each in stay if not (isinstance(each, Goto) and each.target is header)]
        if leave:
            if not (back and rest):
                yield back + rest, leave
        elif len(back) < len(stay):
            yield back, rest


def _leaves(nodes: list[Node], loop: Loop) -> bool:
    """Whether an arm leaves the loop, whatever it does before."""
    if not nodes:
        return False
    last = nodes[-1]
    if isinstance(last, If):
        return _leaves(last.then, loop) and _leaves(last.otherwise, loop)
    return isinstance(last, Leave) or (isinstance(last, Goto) and last.target is not loop.target)
