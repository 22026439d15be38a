"""From the graph to the statement tree, along the dominator tree.

After Ramsey, "Beyond Relooper" (2022), with two changes that Python asks for: code that a loop exits to stands after
the loop, not inside it (CPython allows 20 nested loops), and a block with many join points becomes a Dispatch.
"""

from __future__ import annotations

from wasm2py.codegen.conditions import Decision
from wasm2py.codegen.placement import Placement, ranges
from wasm2py.codegen.schedule import Schedule
from wasm2py.codegen.tree import (
    Case,
    Cases,
    Copies,
    Dispatch,
    Goto,
    If,
    Label,
    Leave,
    Loop,
    Node,
    Straight,
    Try,
    negate,
)
from wasm2py.ir import Block, Invoke, Jump, Switch
from wasm2py.ir.dominators import Dominance

#: a block with more join points than this gets a Dispatch instead of nested labels
MAX_LABELS = 6
#: labels and arms nested deeper than this are given up: the whole function becomes a Dispatch
MAX_NESTING = 60


class TooDeep(Exception):
    """The nested form would break CPython's limits; the flat form does not."""


class Structurer:
    """Builds the tree of one function. ``decisions`` come from conditions.decide."""

    def __init__(self, dominance: Dominance, decisions: dict[Block, Decision], schedule: Schedule) -> None:
        self.dominance = dominance
        self.decisions = decisions
        self.placement = Placement(dominance, decisions)
        self.schedule = schedule
        self.nesting = 0

    def nested(self) -> list[Node]:
        """The tree in nested form. Raises TooDeep."""
        self.nesting = 0
        return self._region(self.dominance.order[0])

    def flat(self) -> list[Node]:
        """One Dispatch with a state for each block: fits into any limit."""
        heads = [block for block in self.dominance.order if block in self.placement.ways_in]
        return [Dispatch([(block, [*self._own(block), *self._leave_flat(block)]) for block in heads])]

    def size(self, block: Block) -> int:
        """The number of statements of a block."""
        return len(self.schedule.statements[block])

    # -- regions -----------------------------------------------------------------------------------------------

    def _region(self, start: Block) -> list[Node]:
        """Everything that ``start`` dominates, but not what stands after a loop around it."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise TooDeep
        nodes: list[Node] = []
        block: Block | None = start
        while block is not None:
            piece, block = self._piece(block)
            nodes += piece
        self.nesting -= 1
        return nodes

    def _piece(self, block: Block) -> tuple[list[Node], Block | None]:
        """The block up to the last of the places it jumps to, whose region goes on in the same list."""
        if self.dominance.is_header(block):
            return self._labelled([Loop(block, self._body(block))], self.placement.exits.get(block, []))
        joins = self.placement.joins.get(block)
        if joins:
            return self._labelled(self._straight(block), joins)
        nodes, following = self._leave(block)
        return [*self._own(block), *nodes], following

    def _own(self, block: Block) -> list[Node]:
        """The statements of a block, if its end does not bring them."""
        return [] if isinstance(block.terminator, Invoke) else [Straight(block)]

    def _body(self, header: Block) -> list[Node]:
        nodes, following = self._labelled(self._straight(header), self.placement.joins.get(header, []))
        return nodes if following is None else nodes + self._region(following)

    def _straight(self, block: Block) -> list[Node]:
        nodes, following = self._leave(block)
        nodes = [*self._own(block), *nodes]
        return nodes if following is None else nodes + self._region(following)

    def _labelled(self, nodes: list[Node], targets: list[Block]) -> tuple[list[Node], Block | None]:
        """``nodes``, then the regions of the targets, each behind the label that jumps to it use."""
        if not targets:
            return nodes, None
        if len(targets) > MAX_LABELS:
            entries: list[tuple[Block | None, list[Node]]] = [(None, nodes)]
            entries += [(target, self._region(target)) for target in targets]
            return [Dispatch(entries)], None
        for target in targets[:-1]:
            nodes = [Label(target, nodes), *self._region(target)]
        return [Label(targets[-1], nodes)], targets[-1]

    def _leave(self, block: Block) -> tuple[list[Node], Block | None]:
        """The terminator with the blocks in its arms that have no other way in; the last such one goes on behind."""
        terminator = block.terminator
        if not terminator.targets:
            return [Leave(block)], None
        if isinstance(terminator, Invoke):
            return self._invoke(block, *terminator.targets)
        if isinstance(terminator, Jump):
            target = terminator.targets[0]
            nodes = self._copies(block, target)
            return (nodes, target) if self.placement.written_here(block, target) else ([*nodes, Goto(target)], None)
        if isinstance(terminator, Switch):
            return [Cases(block, [Case(end, self._edge(block, target)) for end, target in ranges(terminator)])], None
        return self._branch(self.decisions[block])

    def _invoke(self, block: Block, normal: Block, landing: Block) -> tuple[list[Node], Block | None]:
        """The way on after a call, and the one of an exception, which stays in the ``except`` only up to a jump.

        Python notes for each exception which other one was being handled, so nothing that may throw stands in there.
        """
        if not self.placement.written_here(block, landing):
            return self._after(Try(block, [*self._copies(block, landing), Goto(landing)], []), block, normal)
        if self._only_jumps(landing):
            return self._after(Try(block, self._region(landing), []), block, normal)
        return [Try(block, self._copies(block, landing), self._edge(block, normal))], landing

    def _after(self, node: Try, block: Block, normal: Block) -> tuple[list[Node], Block | None]:
        nodes = [node, *self._copies(block, normal)]
        return (nodes, normal) if self.placement.written_here(block, normal) else ([*nodes, Goto(normal)], None)

    def _only_jumps(self, block: Block) -> bool:
        """Whether a block does nothing but jump to where something else jumps, too."""
        terminator = block.terminator
        if not isinstance(terminator, Jump) or any(value.op.calls for value in block.body):
            return False
        return not self.dominance.is_header(block) and not self.placement.written_here(block, terminator.targets[0])

    def _branch(self, decision: Decision) -> tuple[list[Node], Block | None]:
        """``if`` around one arm; no arm ever falls out of its end, so the other one simply stands behind."""
        condition, first, second = decision.condition, decision.then, decision.otherwise
        source, other = decision.sources
        if self.placement.weight(source, first) > self.placement.weight(other, second):
            condition, first, second, source, other = negate(condition), second, first, other, source
        nodes: list[Node] = [If(condition, self._edge(source, first), []), *self._copies(other, second)]
        if self.placement.written_here(other, second):
            return nodes, second
        return [*nodes, Goto(second)], None

    def _edge(self, source: Block, target: Block) -> list[Node]:
        nodes = self._copies(source, target)
        if self.placement.written_here(source, target):
            return nodes + self._region(target)
        return [*nodes, Goto(target)]

    def _copies(self, source: Block, target: Block) -> list[Node]:
        return [Copies(source, target)] if target.phis else []

    # -- flat form -----------------------------------------------------------------------------------------------

    def _leave_flat(self, block: Block) -> list[Node]:
        terminator = block.terminator
        if not terminator.targets:
            return [Leave(block)]
        if isinstance(terminator, Invoke):
            normal, landing = terminator.targets
            return [Try(block, self._jump(block, landing), []), *self._jump(block, normal)]
        if isinstance(terminator, Jump):
            return self._jump(block, terminator.targets[0])
        if isinstance(terminator, Switch):
            return [Cases(block, [Case(end, self._jump(block, target)) for end, target in ranges(terminator)])]
        decision = self.decisions[block]
        then = self._jump(decision.sources[0], decision.then)
        return [If(decision.condition, then, self._jump(decision.sources[1], decision.otherwise))]

    def _jump(self, source: Block, target: Block) -> list[Node]:
        return [*self._copies(source, target), Goto(target)]
