"""Branches on branches become ``and`` and ``or``.

before:  A: if c1 goto T else B        after:  A: if c1 or c2 goto T else F
         B: if c2 goto T else F

B must have no statements of its own and no other way in, and the edges from A and B to the shared target must set its
phis alike.
"""

from __future__ import annotations

from wasm2py.codegen.schedule import Schedule
from wasm2py.codegen.tree import Both, Condition, Test, negate
from wasm2py.ir import Block, Branch

#: conditions of more parts than this are left alone
MAX_PARTS = 12


class Decision:
    """What a block that ends in a branch decides on; ``last`` is the block whose edge leads to each target."""

    __slots__ = ("condition", "otherwise", "parts", "sources", "then")

    def __init__(self, block: Block) -> None:
        self.condition: Condition = Test(block)
        self.then, self.otherwise = block.terminator.targets
        self.sources = [block, block]
        self.parts = 1


def decide(order: list[Block], schedule: Schedule, merge: bool = True) -> dict[Block, Decision]:
    """The decision of each branching block, the merged ones taken out. ``order``: reverse postorder."""
    decisions = {block: Decision(block) for block in order if isinstance(block.terminator, Branch)}
    if merge:
        for block in reversed(order):
            if block in decisions:
                while _absorb(decisions, decisions[block], schedule):
                    pass
    return decisions


def _absorb(decisions: dict[Block, Decision], outer: Decision, schedule: Schedule) -> bool:
    """Merge one of the two targets into the decision, if it is such a block."""
    for side, inner_block, shared in ((0, outer.then, outer.otherwise), (1, outer.otherwise, outer.then)):
        inner = decisions.get(inner_block)
        if inner is None or not _only_decides(inner_block, schedule) or outer.parts + inner.parts > MAX_PARTS:
            continue
        shared_source = outer.sources[1 - side]
        for inner_side, target in ((0, inner.then), (1, inner.otherwise)):
            if target is shared and _same_copies(target, shared_source, inner.sources[inner_side]):
                _merge(outer, inner, side, inner_side)
                del decisions[inner_block]
                return True
    return False


def _only_decides(block: Block, schedule: Schedule) -> bool:
    return not schedule.statements[block] and not block.phis and len(block.preds) == 1


def _same_copies(target: Block, a: Block, b: Block) -> bool:
    i, j = target.preds.index(a), target.preds.index(b)
    return all(phi.args[i] is phi.args[j] for phi in target.phis)


def _merge(outer: Decision, inner: Decision, side: int, inner_side: int) -> None:
    """``side``: where the inner block hangs (0: then); ``inner_side``: its way to the shared target."""
    to_shared = inner.condition if inner_side == 0 else negate(inner.condition)
    if side == 1:
        condition: Condition = Both(outer.condition, to_shared, either=True)
    else:
        condition = negate(Both(outer.condition, negate(to_shared), either=False))
    # `condition` is now true for the shared target
    other = inner.otherwise if inner_side == 0 else inner.then
    shared = outer.otherwise if side == 0 else outer.then
    shared_source, other_source = outer.sources[1 - side], inner.sources[1 - inner_side]
    outer.condition, outer.then, outer.otherwise = condition, shared, other
    outer.sources = [shared_source, other_source]
    outer.parts += inner.parts
