"""The invariants of the IR, as code: run between passes in tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import (
    PARAM,
    PHI,
    RESULT,
    Block,
    Branch,
    Function,
    Invoke,
    Jump,
    Return,
    Switch,
    Throw,
    Unreachable,
    Value,
)
from wasm2py.ir.signatures import result_type
from wasm2py.types import ValType

_INTEGER_BITS = {"i32.const": 32, "i64.const": 64, "f32.const": 32, "f64.const": 64}
#: kind of terminator -> number of operands and of targets; None: any
_SHAPES: dict[type, tuple[Optional[int], Optional[int]]] = {
    Jump: (0, 1), Branch: (1, 2), Switch: (1, None), Return: (None, 0), Unreachable: (0, 0),
    Invoke: (0, 2), Throw: (1, 0)
}  # fmt: skip
#: where each value is defined: the block and the place in it
_Places = dict[int, tuple[Block, int]]


class InvariantError(AssertionError):
    """The IR is broken: a bug of a pass, never of the input."""


def verify(function: Function) -> None:
    """Check edges, phis, types, and that the definition of each operand dominates its use.

    Raises InvariantError, which names the function, the block and the value.
    """
    _check_edges(function)
    dominance = Dominance(function)
    for block in function.blocks:
        if block not in dominance.number:
            _fail(function, block, "cannot be reached from the entry")
    places = _places(function)
    for block in function.blocks:
        _check_shape(function, block)
        _check_uses(function, block, places, dominance)
        _check_types(function, block)


def _fail(function: Function, block: Block, what: str) -> None:
    raise InvariantError(f"function {function.index} {function.name!r}, b{block.id}: {what}")


def _check_edges(function: Function) -> None:
    known = set(function.blocks)
    if function.blocks[0].preds:
        _fail(function, function.blocks[0], "the entry has predecessors")
    if len(known) != len(function.blocks) or len({block.id for block in known}) != len(known):
        _fail(function, function.blocks[0], "a block or the number of one stands twice in the function")
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


def _places(function: Function) -> _Places:
    """Phis are at -1, parameters before everything."""
    entry = function.blocks[0]
    places: _Places = {param.id: (entry, -1) for param in function.params}
    for block in function.blocks:
        for position, value in [*((-1, phi) for phi in block.phis), *enumerate(block.body)]:
            if value.id in places:
                _fail(function, block, f"v{value.id} is defined twice")
            places[value.id] = (block, position)
    return places


def _check_shape(function: Function, block: Block) -> None:
    """The terminator has the operands and targets of its kind; the results of a call follow it."""
    terminator = block.terminator
    args, targets = _SHAPES.get(type(terminator), (-1, -1))
    if args not in (None, len(terminator.args)) or targets not in (None, len(terminator.targets)):
        _fail(function, block, f"a {type(terminator).__name__} with {terminator.args} and {terminator.targets}")
    if isinstance(terminator, Invoke) and not (block.body and _last(block).op.calls):
        _fail(function, block, "an Invoke without a call before it")
    previous: Optional[Value] = None
    for value in block.body:
        if value.op in (PHI, PARAM):
            _fail(function, block, f"v{value.id}, a {value.op.name}, stands in the body")
        if value.op is RESULT and not (previous and value.args[0] in (previous, *previous.args[:1])):
            _fail(function, block, f"result v{value.id} is apart from its call")
        previous = value


def _last(block: Block) -> Value:
    """The last instruction, the results of a call not counted."""
    return next((value for value in reversed(block.body) if value.op is not RESULT), block.body[0])


def _check_uses(function: Function, block: Block, places: _Places, dominance: Dominance) -> None:
    for position, value in enumerate(block.body):
        _check_args(function, block, position, value.args, places, dominance, f"v{value.id}")
    end = len(block.body)
    _check_args(function, block, end, block.terminator.args, places, dominance, "the terminator")
    for target in block.successors():
        index = target.preds.index(block)
        args = [phi.args[index] for phi in target.phis]
        _check_args(function, block, end, args, places, dominance, f"the edge to b{target.id}")


def _check_args(
    function: Function,
    block: Block,
    position: int,
    args: Sequence[Value],
    places: _Places,
    dominance: Dominance,
    where: str,
) -> None:
    for arg in args:
        if arg.forward is not None:
            _fail(function, block, f"{where} uses v{arg.id}, which was replaced")
        if arg.id not in places:
            _fail(function, block, f"{where} uses v{arg.id}, which is not defined")
        home, at = places[arg.id]
        defined = at < position if home is block else dominance.dominates(home, block)
        if not defined:
            _fail(function, block, f"{where} uses v{arg.id} where it is not defined")


def _check_types(function: Function, block: Block) -> None:
    for phi in block.phis:
        _check_type(function, block, phi, [phi.type] * len(phi.args))
    for value in block.body:
        _check_value_types(function, block, value)
    args = block.terminator.args
    if isinstance(block.terminator, (Branch, Switch)) and args[0].type != "i32":
        _fail(function, block, f"decides by v{args[0].id}, which is not an i32")
    if isinstance(block.terminator, Return):
        types, expected = [arg.type for arg in args], function.type.results
        if len(types) != len(expected) or not all(map(_fits, types, expected)):
            _fail(function, block, f"returns {types} instead of {list(expected)}")


def _check_value_types(function: Function, block: Block, value: Value) -> None:
    op = value.op
    if op.name in _INTEGER_BITS and not 0 <= value.immediate < 1 << _INTEGER_BITS[op.name]:
        _fail(function, block, f"v{value.id} is the constant {value.immediate}")
    if op.params is not None:
        _check_type(function, block, value, op.params)
    elif op.access is not None:
        _check_type(function, block, value, [value.args[0].type, *op.access.operands])
    elif op.name in ("select", "select_t"):
        _check_type(function, block, value, [value.type, value.type, "i32"])
    if op.results is not None and value.type != result_type(op):
        _fail(function, block, f"v{value.id} has the type {value.type}")


def _check_type(function: Function, block: Block, value: Value, expected: Sequence[Optional[ValType]]) -> None:
    types = [arg.type for arg in value.args]
    if len(types) != len(expected) or not all(map(_fits, types, expected)):
        _fail(function, block, f"v{value.id} has operands {types} instead of {list(expected)}")


def _fits(actual: Optional[ValType], expected: Optional[ValType]) -> bool:
    """Numbers are told apart; which reference is a subtype of which is the validator's business."""
    return actual == expected or not (isinstance(actual, str) or isinstance(expected, str))
