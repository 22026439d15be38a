"""Changing the edges between blocks. Phis keep one operand for each predecessor, in their order."""

from __future__ import annotations

from wasm2py.ir import Block, Function, Jump
from wasm2py.ir.dominators import reverse_postorder


def split_edge(function: Function, source: Block, target: Block) -> Block:
    """A new block between the two, which jumps on; ``source`` may go to ``target`` in more than one case."""
    middle = function.block()
    middle.preds = [source]
    middle.terminator = Jump(target)
    source.terminator.targets = [middle if each is target else each for each in source.terminator.targets]
    target.preds[target.preds.index(source)] = middle
    return middle


def remove_edge(source: Block, target: Block) -> None:
    """Tell the target that the source does not go there any more."""
    index = target.preds.index(source)
    del target.preds[index]
    for phi in target.phis:
        del phi.args[index]


def remove_unreachable(function: Function) -> list[Block]:
    """Take out the blocks that nothing leads to, and the edges from them; the others in reverse postorder."""
    order = reverse_postorder(function)
    if len(order) == len(function.blocks):
        return order
    reached = set(order)
    for block in function.blocks:
        if block not in reached:
            for target in block.successors():
                if target in reached:
                    remove_edge(block, target)
    function.blocks = [block for block in function.blocks if block in reached]
    return order
