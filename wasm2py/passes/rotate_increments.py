"""A variable that a loop increments before it uses it is incremented at the end of the loop instead.

before:  b1: v1 = phi b0: v0, b1: v2       after:  b0: v5 = i32.add v0 (const 4)
             v2 = i32.add v1 (const 4)             b1: v1 = phi b0: v5, b2: v6
             v3 = i32.load v2                          v3 = i32.load v1
             branch v3 b1 b2                           branch v3 b2 b3
                                                   b2: v6 = i32.add v1 (const 4), jump b1

At the end of a round more is known: what was a valid address, or not yet 0, does not wrap around with the next step. It
is done where all uses of the phi are such increments and every way back to the loop brings one of them.
"""

from __future__ import annotations

from collections import Counter

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Block, Function, Jump, Value
from wasm2py.ir.dominators import reverse_postorder
from wasm2py.ir.graph import CAUGHT, RESULT
from wasm2py.passes.edges import split_edge
from wasm2py.passes.replacing import forward_operands, replace
from wasm2py.passes.rewriting import INTEGERS, count_uses

_ADDS = frozenset((BY_NAME["i32.add"], BY_NAME["i64.add"]))


class _Rotation:
    """A phi, the constant that is added to it, and the sums."""

    def __init__(self, phi: Value, header: Block, step: int) -> None:
        self.phi = phi
        self.header = header
        self.step = step
        self.sums: set[Value] = set()


def rotate_increments(function: Function) -> None:
    candidates = _candidates(function)
    if not candidates:
        return
    uses = count_uses(function)
    _collect_sums(function, candidates, uses)
    if not candidates:
        return
    split: list[Block] = []
    for rotation in candidates.values():
        _rotate(function, rotation, split)
    sums = {value for rotation in candidates.values() for value in rotation.sums}
    for block in function.blocks:
        if not sums.isdisjoint(block.body):
            block.body = [value for value in block.body if value not in sums]
    forward_operands(function)
    for block in split:
        _sink(block, uses)


def _candidates(function: Function) -> dict[int, _Rotation]:
    """Phis of loop headers that every way back increments by the same constant, by id."""
    found: dict[int, _Rotation] = {}
    headers = [block for block in function.blocks if block.phis and any(map(_is_incremented, block.phis))]
    if not headers:
        return found
    number = {block: place for place, block in enumerate(reverse_postorder(function))}
    for header in headers:
        backs = [index for index, pred in enumerate(header.preds) if number[pred] >= number[header]]
        for phi in header.phis if backs else ():
            steps = {_step(phi, phi.args[index]) for index in backs}
            step = steps.pop()
            if step and not steps:
                found[phi.id] = _Rotation(phi, header, step)
    return found


def _is_incremented(phi: Value) -> bool:
    return any(arg.op in _ADDS and arg.args[0] is phi for arg in phi.args)


def _step(phi: Value, value: Value) -> int:
    """The constant that was added to the phi to get the value; 0 if it is something else."""
    if value.op in _ADDS and value.args[0] is phi and value.args[1].op in INTEGERS:
        step: int = value.args[1].immediate
        return step
    return 0


def _collect_sums(function: Function, candidates: dict[int, _Rotation], uses: Counter[int]) -> None:
    """Find the sums, and drop the candidates that are used for anything else."""
    for block in function.blocks:
        for value in block.body:
            if value.op in _ADDS:
                rotation = candidates.get(value.args[0].id)
                if rotation and _step(rotation.phi, value) == rotation.step:
                    rotation.sums.add(value)
    for id in [id for id, rotation in candidates.items() if uses[id] > len(rotation.sums)]:
        del candidates[id]


def _rotate(function: Function, rotation: _Rotation, split: list[Block]) -> None:
    """The phi becomes the sum: it takes the place of the sums, and its operands are incremented on their ways."""
    phi, header = rotation.phi, rotation.header
    for index in range(len(header.preds)):
        arg = phi.args[index].resolve()
        pred = header.preds[index]
        if arg in rotation.sums:
            arg = phi
            if not isinstance(pred.terminator, Jump):
                pred = split_edge(function, pred, header)
                split.append(pred)
        phi.args[index] = _incremented(function, pred, arg, rotation.step)
    for value in rotation.sums:
        replace(value, phi)


def _incremented(function: Function, block: Block, value: Value, step: int) -> Value:
    """The sum at the end of the block."""
    mask = 0xFFFFFFFF if value.type == "i32" else 0xFFFFFFFFFFFFFFFF
    base = value
    if value.op in _ADDS and value.args[1].op in INTEGERS:
        base, step = value.args[0].resolve(), step + value.args[1].immediate
    elif value.op in INTEGERS:
        step += value.immediate
    constant = function.value(BY_NAME[f"{value.type}.const"], value.type, [], step & mask)
    block.body.append(constant)
    if value.op in INTEGERS:
        return constant
    if step & mask == 0:
        return base
    result = function.value(BY_NAME[f"{value.type}.add"], value.type, [base, constant])
    block.body.append(result)
    return result


def _sink(block: Block, uses: Counter[int]) -> None:
    """Move what only the new block on the way back needs into it, so that it can be written there."""
    (pred,) = block.preds
    (header,) = block.terminator.targets
    index = header.preds.index(block)
    wanted = {phi.args[index] for phi in header.phis}
    moved: list[Value] = []
    for value in reversed(pred.body):
        if value in wanted and value.op.pure and value.op not in (RESULT, CAUGHT) and uses[value.id] == 1:
            moved.append(value)
            wanted.update(value.args)
    gone = set(moved)
    pred.body = [value for value in pred.body if value not in gone]
    block.body[:0] = reversed(moved)
