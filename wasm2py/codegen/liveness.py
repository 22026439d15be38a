"""Where named values are live, at the granularity of statements.

In a block with n statements, statement k reads at k and writes at k; the terminator reads at n, the copies on the
edges out of it at n + 1. Phis are written before statement 0.
"""

from __future__ import annotations

from wasm2py.codegen.schedule import Schedule, leaves, operand_leaves
from wasm2py.ir import Block, Function, Value
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
        self.live_out: dict[Block, set[int]] = {block: set() for block in function.blocks}
        #: (value id, block id) -> last position where the block reads the value
        self.last_use: dict[tuple[int, int], int] = {}
        self._pairs = 0
        for param in function.params:
            self.place[param.id] = (function.blocks[0], -1)
        for block in function.blocks:
            self._find_definitions(block, schedule)
        for block in function.blocks:
            self._find_uses(block, schedule)

    def live_after(self, id: int, block: Block, position: int) -> bool:
        """Whether the value is read after ``position`` in ``block`` or later."""
        if id in self.live_out[block]:
            return True
        return self.last_use.get((id, block.id), -1) > position

    def live_at(self, id: int, block: Block, position: int) -> bool:
        """Whether the value is defined before and read after ``position`` of ``block``."""
        if self.place[id][0] is not block and id not in self.live_in[block]:
            return False
        return self.live_after(id, block, position)

    def _find_definitions(self, block: Block, schedule: Schedule) -> None:
        for phi in block.phis:
            self.place[phi.id] = (block, -1)
        position = {value.id: i for i, value in enumerate(schedule.statements[block])}
        for value in block.body:
            if value.op is RESULT:
                self.place[value.id] = (block, position[value.args[0].id])
            elif value.id in position:
                self.place[value.id] = (block, position[value.id])

    def _find_uses(self, block: Block, schedule: Schedule) -> None:
        statements, inlined = schedule.statements[block], schedule.inlined
        for position, value in enumerate(statements):
            for leaf in leaves(value, inlined):
                self._use(leaf, block, position)
        for leaf in operand_leaves(block.terminator.args, inlined):
            self._use(leaf, block, len(statements))
        for target in block.successors():
            index = target.preds.index(block)
            for leaf in operand_leaves([phi.args[index] for phi in target.phis], inlined):
                self._use(leaf, block, len(statements) + 1)

    def _use(self, value: Value, block: Block, position: int) -> None:
        id = value.id
        key = (id, block.id)
        if self.last_use.get(key, -1) < position:
            self.last_use[key] = position
        home = self.place[id][0]
        if home is block or id in self.live_in[block]:
            return
        work = [block]
        while work:
            block = work.pop()
            if id in self.live_in[block]:
                continue
            self.live_in[block].add(id)
            self._pairs += 1
            for pred in block.preds:
                self.live_out[pred].add(id)
                if pred is not home:
                    work.append(pred)
        if self._pairs > MAX_PAIRS:
            raise TooLarge
