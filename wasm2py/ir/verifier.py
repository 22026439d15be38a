"""The invariants of the IR, as code: run between passes in tests."""

from __future__ import annotations

from wasm2py.ir.graph import PHI, Block, Function, Value


class InvariantError(AssertionError):
    """The IR is broken: a bug of a pass, never of the input."""


def verify(function: Function) -> None:
    """Check edges, phis and that each operand is defined on every way to its use.

    Raises InvariantError, which names the function, the block and the value.
    """
    _check_edges(function)
    defined = _defined_at_entry(function)
    for block in function.blocks:
        _check_block(function, block, defined)


def _fail(function: Function, block: Block, what: str) -> None:
    raise InvariantError(f"function {function.index} {function.name!r}, b{block.id}: {what}")


def _check_edges(function: Function) -> None:
    known = set(function.blocks)
    if function.blocks[0].preds:
        _fail(function, function.blocks[0], "the entry has predecessors")
    for block in function.blocks:
        for target in block.successors():
            if target not in known:
                _fail(function, block, f"goes to b{target.id}, which is not in the function")
            if target.preds.count(block) != 1:
                _fail(function, block, f"is not once among the predecessors of b{target.id}")
        for pred in block.preds:
            if pred not in known or block not in pred.terminator.targets:
                _fail(function, block, f"predecessor b{pred.id} does not go here")
        for phi in block.phis:
            if phi.op is not PHI or len(phi.args) != len(block.preds):
                _fail(function, block, f"phi v{phi.id} has {len(phi.args)} operands for {len(block.preds)} edges")


def _defined_at_entry(function: Function) -> dict[Block, set[int]]:
    """For each block the values defined on every way to its start (a forward data-flow fixpoint)."""
    own = {b: {v.id for v in b.phis} | {v.id for v in b.body} for b in function.blocks}
    at_entry: dict[Block, set[int]] = {function.blocks[0]: {p.id for p in function.params}}
    work = [function.blocks[0]]
    while work:
        block = work.pop()
        out = at_entry[block] | own[block]
        for target in block.successors():
            old = at_entry.get(target)
            new = set(out) if old is None else old & out
            if old is None or len(new) != len(old):
                at_entry[target] = new
                work.append(target)
    return at_entry


def _check_block(function: Function, block: Block, defined: dict[Block, set[int]]) -> None:
    if block not in defined:
        _fail(function, block, "cannot be reached from the entry")
    known = defined[block] | {phi.id for phi in block.phis}
    for value in block.body:
        _check_args(function, block, value.args, known, f"v{value.id}")
        known.add(value.id)
    _check_args(function, block, block.terminator.args, known, "the terminator")
    for target in block.successors():
        index = target.preds.index(block)
        _check_args(function, block, [phi.args[index] for phi in target.phis], known, f"the edge to b{target.id}")


def _check_args(function: Function, block: Block, args: list[Value], known: set[int], where: str) -> None:
    for arg in args:
        if arg.forward is not None:
            _fail(function, block, f"{where} uses v{arg.id}, which was replaced")
        if arg.id not in known:
            _fail(function, block, f"{where} uses v{arg.id} where it is not defined")
