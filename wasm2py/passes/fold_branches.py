"""Branches whose way is known become jumps.

before:  b1: branch (const 1) b2 b3        after:  b1: jump b2

before:  b1: jump b3                       after:  b1: jump b4
         b2: jump b3                               b2: jump b3
         b3: v1 = phi b1: (const 1), b2: v0        b3: branch v0 b4 b5
             branch v1 b4 b5

The second is done for a block that does nothing but decide, and not for exits of loops: a loop with one exit more
costs more than the test. What then cannot be reached disappears.
"""

from __future__ import annotations

from collections import Counter
from typing import Optional

from wasm2py.ir import Block, Branch, Function, Jump, Switch, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import CONSTANTS
from wasm2py.passes.edges import remove_edge, remove_unreachable
from wasm2py.passes.fold import fold
from wasm2py.passes.replacing import forward_operands, replace
from wasm2py.passes.rewriting import INTEGERS, count_uses


def fold_branches(function: Function) -> None:
    changed = False
    for block in function.blocks:
        changed |= _fold(block)
    if changed:
        remove_unreachable(function)
    deciding = [block for block in function.blocks[1:] if block.phis and _only_decides(block)]
    if deciding and _thread(function, deciding):
        changed = True
        remove_unreachable(function)
    if changed:
        _drop_phis_without_choice(function)


def _fold(block: Block) -> bool:
    """Go where the constant says, or where all cases go."""
    terminator = block.terminator
    if not isinstance(terminator, (Branch, Switch)):
        return False
    condition = terminator.args[0]
    if condition.op in INTEGERS:
        target = _chosen(terminator, condition.immediate)
    elif len(set(terminator.targets)) == 1:
        target = terminator.targets[0]
    else:
        return False
    for other in terminator.successors():
        if other is not target:
            remove_edge(block, other)
    block.terminator = Jump(target)
    return True


def _chosen(terminator: Branch | Switch, number: int) -> Block:
    if isinstance(terminator, Branch):
        return terminator.targets[0 if number else 1]
    return terminator.targets[min(number, len(terminator.targets) - 1)]


def _only_decides(block: Block) -> bool:
    """By a phi of its own that may be a constant, or by comparing that with one, and has nothing else to do."""
    if not isinstance(block.terminator, (Branch, Switch)):
        return False
    condition = block.terminator.args[0]
    phi = condition.args[0] if condition in block.body and condition.args else condition
    if phi not in block.phis or not any(arg.op in INTEGERS for arg in phi.args):
        return False
    if condition is not phi and any(arg.op not in INTEGERS for arg in condition.args[1:]):
        return False
    return all(value is condition or value.op in CONSTANTS for value in block.body)


def _thread(function: Function, deciding: list[Block]) -> bool:
    uses = count_uses(function)
    private = [block for block in deciding if _is_private(block, uses)]
    if not private:
        return False
    dominance = Dominance(function)
    changed = False
    for block in private:
        # An edge past a header would be a second way into its loop.
        if not dominance.is_header(block) and _is_private(block, uses):
            loop = dominance.loop[block]
            for pred in [pred for pred in block.preds if dominance.loop[pred] is loop]:
                changed |= _lead_past(pred, block)
    return changed


def _is_private(block: Block, uses: Counter[int]) -> bool:
    """Whether the values of the block are used only in it and on the edges from it."""
    own = Counter(arg.id for value in block.body for arg in value.args)
    own.update(arg.id for arg in block.terminator.args)
    for target in block.successors():
        index = target.preds.index(block)
        own.update(phi.args[index].id for phi in target.phis)
    return all(uses[value.id] == own[value.id] for value in (*block.phis, *block.body))


def _lead_past(pred: Block, block: Block) -> bool:
    """Lead the predecessor to where the block would go, if it brings a constant to decide by."""
    index = block.preds.index(pred)
    brought = {phi: phi.args[index] for phi in block.phis}
    target = _target(block, brought)
    if target is None or target is block or pred in target.preds:
        return False
    args = [phi.args[target.preds.index(block)] for phi in target.phis]
    if not set(args).isdisjoint(block.body):
        return False
    target.preds.append(pred)
    for phi, arg in zip(target.phis, args):
        phi.args.append(brought.get(arg, arg))
    pred.terminator.targets = [target if each is block else each for each in pred.terminator.targets]
    remove_edge(pred, block)
    return True


def _target(block: Block, brought: dict[Value, Value]) -> Optional[Block]:
    terminator = block.terminator
    assert isinstance(terminator, (Branch, Switch))
    condition = terminator.args[0]
    operands = [brought.get(arg, arg) for arg in ([condition] if condition in brought else condition.args)]
    if any(operand.op not in INTEGERS for operand in operands):
        return None
    numbers = [operand.immediate for operand in operands]
    number = numbers[0] if condition in brought else fold(condition.op, numbers)
    return None if number is None else _chosen(terminator, number)


def _drop_phis_without_choice(function: Function) -> None:
    for block in function.blocks:
        if len(block.preds) == 1:
            for phi in block.phis:
                replace(phi, phi.args[0])
            block.phis = []
    forward_operands(function)
