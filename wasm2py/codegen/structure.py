"""From the graph to the statement tree, along the dominator tree.

After Ramsey, "Beyond Relooper" (2022), with two changes that Python asks for: code that a loop exits to stands after
the loop, not inside it (CPython allows 20 nested loops), and a block with many join points becomes a Dispatch.
"""

from __future__ import annotations

from wasm2py.codegen.conditions import Decision
from wasm2py.codegen.schedule import Schedule
from wasm2py.codegen.tree import Case, Cases, Copies, Dispatch, Goto, If, Label, Leave, Loop, Node, Straight, negate
from wasm2py.ir import Block, Jump, Return, Switch, Unreachable
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
        self.schedule = schedule
        self.ways_in: dict[Block, int] = {}
        self.joins: dict[Block, list[Block]] = {}
        self.exits: dict[Block, list[Block]] = {}
        self.nesting = 0
        self._count_ways_in()
        self._place()

    def nested(self) -> list[Node]:
        """The tree in nested form. Raises TooDeep."""
        self.nesting = 0
        return self._region(self.dominance.order[0])

    def flat(self) -> list[Node]:
        """One Dispatch with a state for each block: fits into any limit."""
        heads = [block for block in self.dominance.order if block in self.ways_in]
        return [Dispatch([(block, [Straight(block), *self._leave_flat(block)]) for block in heads])]

    # -- where each block goes ---------------------------------------------------------------------------------

    def _targets(self, block: Block) -> list[tuple[Block, Block]]:
        """(source, target) of each edge out of the block, as the merged decisions have them."""
        decision = self.decisions.get(block)
        if decision is not None:
            return [(decision.sources[0], decision.then), (decision.sources[1], decision.otherwise)]
        return [(block, target) for target in block.successors()]

    def _count_ways_in(self) -> None:
        """Forward edges into each block that is still there; a Switch counts once a range of its indices."""
        number = self.dominance.number
        self.ways_in[self.dominance.order[0]] = 0
        for block in self.dominance.order:
            if block not in self.ways_in:
                continue  # merged into the decision of another block
            if isinstance(block.terminator, Switch):
                targets = [target for _, target in _ranges(block.terminator)]
            else:
                targets = [target for _, target in self._targets(block)]
            for target in targets:
                forward = number[target] > number[block]
                self.ways_in[target] = self.ways_in.get(target, 0) + forward

    def _place(self) -> None:
        """Join points go behind their dominator, exits of a loop behind the loop."""
        dominance = self.dominance
        for block in dominance.order[1:]:
            if block not in self.ways_in:
                continue
            dominator = dominance.idom[block]
            assert dominator is not None
            parent = self._home(dominator)
            loop = self._exited(parent, block)
            if loop is not None and not self._ends_at_once(block):
                self.exits.setdefault(loop, []).append(block)
            elif self.ways_in[block] > 1:
                self.joins.setdefault(parent, []).append(block)

    def _home(self, block: Block) -> Block:
        """The block itself, or the one whose decision it was merged into."""
        while block not in self.ways_in:
            parent = self.dominance.idom[block]
            assert parent is not None
            block = parent
        return block

    def _exited(self, parent: Block, block: Block) -> Block | None:
        """The header of the outermost loop that ``parent`` is in and ``block`` is not."""
        found = None
        loop = self.dominance.loop[parent]
        while loop is not None and not self.dominance.in_loop(block, loop):
            found = loop
            loop = self.dominance.outer[loop]
        return found

    def _ends_at_once(self, block: Block) -> bool:
        """A return or trap that can stand where it is reached from, inside the loop too."""
        return self.ways_in[block] == 1 and isinstance(block.terminator, (Return, Unreachable))

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
            return self._labelled([Loop(block, self._body(block))], self.exits.get(block, []))
        joins = self.joins.get(block)
        if joins:
            return self._labelled(self._straight(block), joins)
        nodes, following = self._leave(block)
        return [Straight(block), *nodes], following

    def _body(self, header: Block) -> list[Node]:
        nodes, following = self._labelled(self._straight(header), self.joins.get(header, []))
        return nodes if following is None else nodes + self._region(following)

    def _straight(self, block: Block) -> list[Node]:
        nodes, following = self._leave(block)
        nodes = [Straight(block), *nodes]
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
        if isinstance(terminator, (Return, Unreachable)):
            return [Leave(block)], None
        if isinstance(terminator, Jump):
            target = terminator.targets[0]
            nodes = self._copies(block, target)
            return (nodes, target) if self._written_here(block, target) else ([*nodes, Goto(target)], None)
        if isinstance(terminator, Switch):
            return [Cases(block, [Case(end, self._edge(block, target)) for end, target in _ranges(terminator)])], None
        return self._branch(self.decisions[block])

    def _branch(self, decision: Decision) -> tuple[list[Node], Block | None]:
        """``if`` around one arm; no arm ever falls out of its end, so the other one simply stands behind."""
        condition, first, second = decision.condition, decision.then, decision.otherwise
        source, other = decision.sources
        if self._written_here(source, first) and not self._written_here(other, second):
            condition, first, second, source, other = negate(condition), second, first, other, source
        nodes: list[Node] = [If(condition, self._edge(source, first), []), *self._copies(other, second)]
        if self._written_here(other, second):
            return nodes, second
        return [*nodes, Goto(second)], None

    def _edge(self, source: Block, target: Block) -> list[Node]:
        nodes = self._copies(source, target)
        if self._written_here(source, target):
            return nodes + self._region(target)
        return [*nodes, Goto(target)]

    def _copies(self, source: Block, target: Block) -> list[Node]:
        return [Copies(source, target)] if target.phis else []

    def _written_here(self, source: Block, target: Block) -> bool:
        """Whether the target is written at this edge, its only way in, and not as a place that is jumped to."""
        if self.ways_in[target] != 1 or self.dominance.number[target] <= self.dominance.number[source]:
            return False
        return self._exited(self._home(source), target) is None or self._ends_at_once(target)

    # -- flat form -----------------------------------------------------------------------------------------------

    def _leave_flat(self, block: Block) -> list[Node]:
        terminator = block.terminator
        if isinstance(terminator, (Return, Unreachable)):
            return [Leave(block)]
        if isinstance(terminator, Jump):
            return self._jump(block, terminator.targets[0])
        if isinstance(terminator, Switch):
            return [Cases(block, [Case(end, self._jump(block, target)) for end, target in _ranges(terminator)])]
        decision = self.decisions[block]
        then = self._jump(decision.sources[0], decision.then)
        return [If(decision.condition, then, self._jump(decision.sources[1], decision.otherwise))]

    def _jump(self, source: Block, target: Block) -> list[Node]:
        return [*self._copies(source, target), Goto(target)]


def _ranges(switch: Switch) -> list[tuple[int | None, Block]]:
    """(end, target) for runs of equal targets; the last has no end. Indices are unsigned."""
    ranges: list[tuple[int | None, Block]] = []
    *targets, default = switch.targets
    for index, target in enumerate(targets):
        if index + 1 < len(targets) and targets[index + 1] is target:
            continue
        ranges.append((index + 1, target))
    if ranges and ranges[-1][1] is default:
        ranges.pop()
    ranges.append((None, default))
    return ranges
