"""Loops that count become ``for … in range(…)``.

before:  while True:                        after:  for i in range(i, n, 2):
             s = s + u8[i]                              s = s + u8[i]
             i = i + 2
             if i != n:
                 continue
             break

A range costs as much as a few rounds, so that it pays only where there may be many, and no other way out of the loop.
What the last value of the counter is must be known when the loop begins (``Ranges.counters``). The way back is then
taken after the last round too, so that it must have no effects, and nothing behind the loop may read what it writes.
"""

from __future__ import annotations

from typing import Optional

from wasm2py.analysis import Counter, Ranges
from wasm2py.analysis.interval import Interval
from wasm2py.codegen.holding import Forms
from wasm2py.codegen.schedule import Schedule, effects, operand_leaves
from wasm2py.codegen.tree import (
    LEAVES,
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
    bodies,
    rewrite_bodies,
)
from wasm2py.codegen.tree import Test as TestOf
from wasm2py.ir import Block, Value
from wasm2py.ir.dominators import Dominance

_BITS: dict[object, int] = {"i32": 32, "i64": 64}
#: loops of fewer rounds, as far as is known, are left as they are
MIN_ROUNDS = 17


class Counting:
    """Finds the loops of one function that can count."""

    def __init__(
        self,
        dominance: Dominance,
        ranges: Ranges,
        forms: Forms,
        plan: Schedule,
        names: dict[int, str],
    ) -> None:
        self.dominance = dominance
        self.ranges = ranges
        self.forms = forms
        self.plan = plan
        self.names = names
        self._leaves_of: dict[Block, set[int]] = {}

    def rewrite(self, nodes: list[Node]) -> list[Node]:
        """The tree with For nodes in the place of such loops."""
        if not any(self.ranges.counters.values()):
            return nodes
        for node in nodes:
            if type(node) not in LEAVES:
                rewrite_bodies(node, self.rewrite)
        return [(self._for(node) or node) if isinstance(node, Loop) else node for node in nodes]

    def _for(self, loop: Loop) -> Optional[For]:
        for counter in self.ranges.counters.get(loop.target, ()):
            if self._rounds(counter) < MIN_ROUNDS:
                continue
            for place, node in enumerate(loop.body):
                if isinstance(node, If) and _tested(node) is counter.exit.block:
                    found = self._at_test(loop, place, node, counter)
                    if found:
                        return found
        return None

    def _at_test(self, loop: Loop, place: int, node: If, counter: Counter) -> Optional[For]:
        """The loop without its test, if one arm of that goes on and the other one leaves."""
        rest = loop.body[place + 1 :]
        for stay, leave in ((node.then, node.otherwise), (node.otherwise, node.then)):
            back = [each for each in stay if not (isinstance(each, Goto) and each.target is loop.target)]
            if _leaves(leave, loop) and not (back and rest):
                tail = back + rest
                if _leaves_early(loop, loop.body[:place] + tail):
                    return None
                if not self._is_plain(counter) or not all(isinstance(each, (Straight, Copies)) for each in tail):
                    continue
                kept, later, read = self._reads(counter, loop.target)
                if all(self._may_run_again(each, counter, read) for each in tail):
                    return For(loop.target, counter, loop.body[:place] + tail, leave, kept, later)
        return None

    def _may_run_again(self, node: Node, counter: Counter, read: set[str]) -> bool:
        """Whether it cannot be seen that this part of the way back is taken once more."""
        if isinstance(node, Straight):
            return all(
                value is counter.next or (self.names.get(value.id) not in read and self._is_pure(value))
                for value in self.plan.statements[node.block]
            )
        if isinstance(node, Copies):
            index = node.target.preds.index(node.source)
            return all(
                phi is counter.phi or self._may_copy_again(self.names.get(phi.id), phi.args[index], read)
                for phi in node.target.phis
            )
        return False

    def _may_copy_again(self, name: Optional[str], arg: Value, read: set[str]) -> bool:
        if name is None or self.names.get(arg.id) == name:
            return True  # no copy at all
        return name not in read and self._is_pure(arg, True)

    def _is_pure(self, value: Value, operand: bool = False) -> bool:
        if operand and value.id not in self.plan.inlined:
            return True
        return not effects(value) and all(self._is_pure(arg, True) for arg in value.args)

    def _rounds(self, counter: Counter) -> int:
        low, high, _ = self.ranges.of(counter.phi)
        return (high - low) // abs(counter.step) + 1

    def _is_plain(self, counter: Counter) -> bool:
        """Whether counter and limit are held as the numbers that they are known to be."""
        known = [(counter.phi, self.ranges.of(counter.phi))]
        if counter.exit.limit is not None:
            known.append((counter.exit.limit, counter.limit))
        return all(
            (value.id in self.names or value.is_const)
            and value.id not in self.forms.lazy
            and _is_small(interval, value)
            for value, interval in known
        )

    def _reads(self, counter: Counter, header: Block) -> tuple[bool, bool, set[str]]:
        """Whether the next value of the counter is read within the loop, and behind it; what is read behind it."""
        kept = later = False
        read: set[str] = set()
        for block in self.dominance.order:
            if self.dominance.in_loop(block, header):
                kept = kept or self._is_kept(counter, block)
            else:
                leaves = self._leaves(block)
                later = later or counter.next.id in leaves
                read.update(self.names[id] for id in leaves if id in self.names)
        return kept, later, read

    def _is_kept(self, counter: Counter, block: Block) -> bool:
        """Whether a block reads the next value, but for the test of the loop and the copy of the counter."""
        test = block.terminator.args[0] if block is counter.exit.block else None
        args = [arg for value in block.body if value is not test for arg in value.args]
        args += [arg for phi in block.phis if phi is not counter.phi for arg in phi.args]
        return counter.next in args or (test is None and counter.next in block.terminator.args)

    def _leaves(self, block: Block) -> set[int]:
        """Ids of the named values that a block reads, its phis included."""
        found = self._leaves_of.get(block)
        if found is None:
            args = [arg for value in (*block.phis, *block.body) for arg in value.args] + block.terminator.args
            found = self._leaves_of[block] = {leaf.id for leaf in operand_leaves(args, self.plan.inlined)}
        return found


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


def _is_small(a: Interval, value: Value) -> bool:
    return a[0] >= 0 and a[1] < 1 << _BITS[value.type] - 1


def _tested(node: If) -> Optional[Block]:
    condition = node.condition
    while not isinstance(condition, TestOf):
        if not isinstance(condition, Not):
            return None
        condition = condition.operand
    return condition.block


def _leaves(nodes: list[Node], loop: Loop) -> bool:
    """Whether an arm leaves the loop, whatever it does before."""
    if not nodes:
        return False
    last = nodes[-1]
    if isinstance(last, If):
        return _leaves(last.then, loop) and _leaves(last.otherwise, loop)
    return isinstance(last, Leave) or (isinstance(last, Goto) and last.target is not loop.target)
