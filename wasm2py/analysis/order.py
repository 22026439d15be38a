"""An order of the blocks in which a loop is all of a piece: a weak topological order (Bourdoncle, 1993)."""

from __future__ import annotations

from wasm2py.ir import Block
from wasm2py.ir.dominators import Dominance


def loop_order(dominance: Dominance) -> tuple[list[Block], dict[Block, int], dict[Block, list[Block]]]:
    """(blocks in order, place of each, headers of the loops that end with a block, inner ones first)."""
    members: dict[Block, list[Block]] = {header: [] for header in dominance.outer}
    top: list[Block] = []
    for block in dominance.order:
        loop = dominance.outer[block] if block in dominance.outer else dominance.loop[block]
        (members[loop] if loop else top).append(block)
    order: list[Block] = []
    ends: dict[Block, list[Block]] = {}
    work: list[tuple[Block, bool]] = [(block, False) for block in reversed(top)]
    while work:
        block, ended = work.pop()
        if ended:
            ends.setdefault(order[-1], []).append(block)
            continue
        order.append(block)
        if block in members:
            work.append((block, True))
            work.extend((member, False) for member in reversed(members[block]))
    return order, {block: place for place, block in enumerate(order)}, ends
