"""Which named values share a Python variable.

A phi and its operands share one where none of them is still needed when another is written: the copy on the edge is
then no code at all. Two values in SSA form are in each other's way exactly when one is live where the other is
defined, and for a set of values it is enough to look at each one and its nearest dominating member
(Budimlić et al., "Fast Copy Coalescing and Live-Range Identification", 2002).
"""

from __future__ import annotations

from wasm2py.codegen.liveness import Liveness
from wasm2py.ir import Block, Function, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import PARAM

#: A merge takes time for each member, so that without a bound a local with n versions would take n * n.
MAX_MEMBERS = 128


class Classes:
    """A partition of the named values; the members of a class are kept in dominance order."""

    def __init__(self, dominance: Dominance, liveness: Liveness) -> None:
        self.dominance = dominance
        self.liveness = liveness
        self.leader: dict[int, int] = {}
        self.members: dict[int, list[Value]] = {}

    def find(self, id: int) -> int:
        root = id
        while (up := self.leader.get(root, root)) != root:
            root = up
        while id != root:
            self.leader[id], id = root, self.leader.get(id, root)
        return root

    def class_of(self, value: Value) -> list[Value]:
        return self.members.get(self.find(value.id), [value])

    def merge(self, a: Value, b: Value) -> bool:
        """Put the classes of two values together if nothing speaks against it."""
        root_a, root_b = self.find(a.id), self.find(b.id)
        if root_a == root_b:
            return True
        ours, theirs = self.class_of(a), self.class_of(b)
        if ours[0].op is PARAM and theirs[0].op is PARAM:
            return False  # parameters have a name each, even if unused
        if len(ours) + len(theirs) > MAX_MEMBERS:
            return False
        both = sorted(ours + theirs, key=self._order)
        if self._interfere(both):
            return False
        self.leader[root_b] = root_a
        self.members.pop(root_b, None)
        self.members[root_a] = both
        return True

    def _order(self, value: Value) -> tuple[int, int, int]:
        block, position = self.liveness.place[value.id]
        return (self.dominance.enter[block], position, value.id)

    def _interfere(self, members: list[Value]) -> bool:
        stack: list[tuple[Value, Block]] = []
        for value in members:
            block, position = self.liveness.place[value.id]
            while stack and not self.dominance.dominates(stack[-1][1], block):
                stack.pop()
            if stack and self.liveness.live_at(stack[-1][0].id, block, position):
                return True
            stack.append((value, block))
        return False


def coalesce(function: Function, dominance: Dominance, liveness: Liveness) -> Classes:
    """Merge phis with their operands, those in the innermost loops first."""
    classes = Classes(dominance, liveness)
    blocks = sorted(function.blocks, key=lambda block: -dominance.depth[block])
    for block in blocks:
        for phi in block.phis:
            for arg in phi.args:
                if arg.id in liveness.place:
                    classes.merge(phi, arg)
    return classes
