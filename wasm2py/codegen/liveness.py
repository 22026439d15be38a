"""Where named values are live, at the granularity of statements.

In a block with n statements, statement k reads at k and writes at k; the terminator reads at n, the copies on the
edges out of it at n + 1. Phis are written before statement 0, and so is what a loop iterates over.

The results of a call that ends its block with an Invoke are written at the start of the block where it returns to, at
-2: an exception finds the variables as they were before.
"""

from __future__ import annotations

from typing import Optional

from wasm2py.codegen.schedule import Schedule, operand_leaves
from wasm2py.ir import Block, Function
from wasm2py.ir.graph import RESULT

#: more (block, value) pairs than this are not kept: variables are then not shared (see coalesce)
MAX_PAIRS = 1_500_000


class TooLarge(Exception):
    """The function has too many blocks times live values for this analysis."""


class Liveness:
    """``place``: block and position where each value is written. ``live_in``/``live_out``: ids by block."""

    def __init__(self, function: Function, schedule: Schedule) -> None:
        self.place: dict[int, tuple[Block, int]] = {}
        self.live_in: dict[Block, set[int]] = {block: set() for block in function.blocks}
        #: for each block: value id -> last position where the block reads the value
        self.last_use: dict[Block, dict[int, int]] = {}
        self._pairs = 0
        for param in function.params:
            self.place[param.id] = (function.blocks[0], -1)
        for block in function.blocks:
            self._find_definitions(block, schedule)
        self.place.update({id: (header, -1) for id, header in schedule.streamed.items()})
        for block in function.blocks:
            self._find_uses(block, schedule)
        self.live_out = {block: self._live_out(block) for block in function.blocks}

    def live_after(self, id: int, block: Block, position: int) -> bool:
        """Whether the value is read after ``position`` in ``block`` or later."""
        return id in self.live_out[block] or self.last_use[block].get(id, -1) > position

    def live_at(self, id: int, block: Block, position: int) -> bool:
        """Whether the value is defined before and read after ``position`` of ``block``."""
        if self.place[id][0] is not block and id not in self.live_in[block]:
            return False
        return self.live_after(id, block, position)

    def _find_definitions(self, block: Block, schedule: Schedule) -> None:
        for phi in block.phis:
            self.place[phi.id] = (block, -1)
        for position, value in enumerate(schedule.statements[block]):
            self.place[value.id] = (block, position)
        invoked = block.invoked()
        if invoked and _returned(block):
            self.place[invoked.id] = (block.terminator.targets[0], -2)
        for value in block.body:
            if value.op is RESULT:
                self.place[value.id] = self.place[value.args[0].id]

    def _find_uses(self, block: Block, schedule: Schedule) -> None:
        statements, inlined = schedule.statements[block], schedule.inlined
        uses = self.last_use[block] = {}
        for position, value in enumerate(statements):
            for leaf in operand_leaves(value.args, inlined):
                uses[leaf.id] = position
        for leaf in operand_leaves(block.terminator.args, inlined):
            uses[leaf.id] = len(statements)
        for target in block.successors():
            if target.phis:
                index = target.preds.index(block)
                for leaf in operand_leaves([phi.args[index] for phi in target.phis], inlined):
                    uses[leaf.id] = len(statements) + 1
        live, place = self.live_in[block], self.place
        for id in uses:
            home = place[id][0]
            if home is not block and id not in live:
                self._extend(id, home, block)

    def _extend(self, id: int, home: Block, block: Block) -> None:
        """The value is live from its home up to the block, which reads it."""
        live_in = self.live_in
        live_in[block].add(id)
        found = [block]
        for each in found:
            for pred in each.preds:
                if pred is not home and id not in (live := live_in[pred]):
                    live.add(id)
                    found.append(pred)
        self._pairs += len(found)
        if self._pairs > MAX_PAIRS:
            raise TooLarge

    def _live_out(self, block: Block) -> set[int]:
        """What is live in any successor; not to be changed."""
        targets = block.successors()
        if len(targets) == 1:
            return self.live_in[targets[0]]
        return set().union(*[self.live_in[target] for target in targets])


def _returned(block: Block) -> Optional[Block]:
    """Where the call at the end of a block returns to, if nothing else leads there."""
    normal = block.terminator.targets[0]
    return normal if len(normal.preds) == 1 and not normal.phis else None
