"""Where each block of a function is written: at its only way in, behind its dominator or behind a loop."""

from __future__ import annotations

from wasm2py.codegen.conditions import Decision
from wasm2py.codegen.exits import exited, inner_exits
from wasm2py.ir import Block, Switch
from wasm2py.ir.dominators import Dominance


class Placement:
    """``ways_in`` counts the forward edges into each block that is left; conditions took in the others.

    ``joins`` are the blocks behind another one, which several jumps lead to; ``exits`` those behind a loop.
    ``inner_exits`` are written where their loop is left.
    """

    def __init__(self, dominance: Dominance, decisions: dict[Block, Decision]) -> None:
        self.dominance = dominance
        self.decisions = decisions
        self.ways_in: dict[Block, int] = {}
        self.joins: dict[Block, list[Block]] = {}
        self.exits: dict[Block, list[Block]] = {}
        self._count_ways_in()
        self.inner_exits = inner_exits(dominance, self.ways_in, self._successors)
        self._place()

    def written_here(self, source: Block, target: Block) -> bool:
        """Whether the target is written at this edge, and not as a place that is jumped to."""
        if self.ways_in[target] != 1 or self._is_back(source, target):
            return False
        return target in self.inner_exits or exited(self.dominance, self._home(source), target) is None

    def weight(self, source: Block, target: Block) -> int:
        """The heavier target of a branch goes behind the ``if``: jumps and ends read well inside, regions do not.

        A jump back to the top of the loop is nothing at all where it stands last.
        """
        if self._is_back(source, target):
            return 2
        if not self.written_here(source, target):
            return 0
        ends = target in self.inner_exits or not target.terminator.targets
        return 1 if ends else 3

    def _is_back(self, source: Block, target: Block) -> bool:
        return self.dominance.number[target] <= self.dominance.number[source]

    def _targets(self, block: Block) -> list[tuple[Block, Block]]:
        """(source, target) of each edge out of the block, as the merged decisions have them."""
        decision = self.decisions.get(block)
        if decision is not None:
            return [(decision.sources[0], decision.then), (decision.sources[1], decision.otherwise)]
        return [(block, target) for target in block.successors()]

    def _successors(self, block: Block) -> list[Block]:
        return [target for _, target in self._targets(block)]

    def _count_ways_in(self) -> None:
        """Forward edges into each block that is still there; a Switch counts once a range of its indices."""
        self.ways_in[self.dominance.order[0]] = 0
        for block in self.dominance.order:
            if block not in self.ways_in:
                continue  # merged into the decision of another block
            if isinstance(block.terminator, Switch):
                targets = [target for _, target in ranges(block.terminator)]
            else:
                targets = self._successors(block)
            for target in targets:
                self.ways_in[target] = self.ways_in.get(target, 0) + (not self._is_back(block, target))

    def _place(self) -> None:
        """Join points go behind their dominator, exits of a loop behind the loop."""
        dominance = self.dominance
        for block in dominance.order[1:]:
            if block not in self.ways_in:
                continue
            dominator = dominance.idom[block]
            assert dominator is not None
            parent = self._home(dominator)
            loop = exited(dominance, parent, block)
            if loop is not None and block not in self.inner_exits:
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


def ranges(switch: Switch) -> list[tuple[int | None, Block]]:
    """(end, target) for runs of equal targets; the last has no end. Indices are unsigned."""
    found: list[tuple[int | None, Block]] = []
    *targets, default = switch.targets
    for index, target in enumerate(targets):
        if index + 1 < len(targets) and targets[index + 1] is target:
            continue
        found.append((index + 1, target))
    if found and found[-1][1] is default:
        found.pop()
    found.append((None, default))
    return found
