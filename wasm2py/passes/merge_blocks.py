"""Blocks that only pass control on disappear.

before:  b0: … jump b1        after:  b0: … body of b1, terminator of b1
         b1 (only from b0): …

before:  b0: branch c b1 b2   after:  b0: branch c b3 b2
         b1: jump b3                  (b1 has no body and no phis, and b0 does not go to b3 already)
"""

from __future__ import annotations

from wasm2py.ir import Block, Function, Jump


def merge_blocks(function: Function) -> None:
    gone: set[Block] = set()
    for block in function.blocks:
        if block not in gone:
            while _absorb_next(block, gone):
                pass
    for block in function.blocks[1:]:
        if block not in gone and _is_empty(block):
            _thread(block, gone)
    function.blocks = [block for block in function.blocks if block not in gone]


def _absorb_next(block: Block, gone: set[Block]) -> bool:
    """Join a block with the one it jumps to, if that has no other way in."""
    if not isinstance(block.terminator, Jump):
        return False
    target = block.terminator.targets[0]
    if len(target.preds) != 1 or target is block or target.phis:
        return False
    block.body += target.body
    block.terminator = target.terminator
    for successor in target.successors():
        successor.preds[successor.preds.index(target)] = block
    gone.add(target)
    return True


def _is_empty(block: Block) -> bool:
    return isinstance(block.terminator, Jump) and not block.body and not block.phis


def _thread(block: Block, gone: set[Block]) -> None:
    """Lead the predecessors of an empty block to its target, where that gives no second edge between two blocks."""
    target = block.terminator.targets[0]
    if target is block or any(pred in target.preds for pred in block.preds):
        return
    position = target.preds.index(block)
    for phi in target.phis:
        phi.args[position : position + 1] = [phi.args[position]] * len(block.preds)
    target.preds[position : position + 1] = block.preds
    for pred in block.preds:
        pred.terminator.targets = [target if each is block else each for each in pred.terminator.targets]
    gone.add(block)
