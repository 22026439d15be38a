"""Small functions are written into their callers.

before:  v2 = call 1 v0 v1               after:  v3 = i32.xor v0 v1
         return v2                               v4 = i32.mul v3 (const 16777619)
         (1: return (v0 ^ v1) * 16777619)        return v4

What is known in the caller then holds in the callee and the other way round: constants, ranges, the stack pointer and
memory. Functions written into functions that are written in follow, but none into itself. The caller grows by a part of
its own size only, and by what is called nowhere else; the smallest callees come first.
"""

from __future__ import annotations

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Block, Function, Jump, Return, Throw, Value
from wasm2py.ir.graph import PHI, RESULT, Terminator
from wasm2py.passes.callees import Callees, callees_of
from wasm2py.passes.edges import remove_edge, remove_unreachable
from wasm2py.passes.replacing import forward_operands

_CALL = BY_NAME["call"]
#: how deep functions go into each other
MAX_DEPTH = 4
#: operations that may be added to any function, and for each value that it has
FREE_GROWTH, GROWTH = 24, 0.5


def inline_calls(function: Function) -> None:
    callees = callees_of(function.spaces)
    room = FREE_GROWTH + GROWTH * sum(len(block.body) for block in function.blocks)
    chains: dict[int, tuple[int, ...]] = {}
    changed = False
    for _ in range(MAX_DEPTH):
        sites = _sites(function, callees, chains)
        chosen: set[int] = set()
        touched: set[Block] = set()
        for cost, call, block in sorted(sites, key=lambda site: site[0]):
            if cost <= room or callees.is_called_once(call.immediate):
                room -= cost
                chosen.add(call.id)
                touched.add(block)
        if not chosen:
            break
        for block in [block for block in function.blocks if block in touched]:
            _inline_in(function, block, chosen, callees, chains)
        changed = True
    if changed:
        _tidy(function)


def _sites(function: Function, callees: Callees, chains: dict[int, tuple[int, ...]]) -> list[tuple[int, Value, Block]]:
    """The calls that may be replaced, with what that adds. ``chains``: the functions a copied call came out of."""
    found: list[tuple[int, Value, Block]] = []
    calls = [(value, block) for block in function.blocks for value in block.body if value.op is _CALL]
    for call, place in calls:
        cost = callees.cost(call.immediate)
        if cost is not None and call.immediate not in (function.index, *chains.get(call.id, ())):
            callee = callees.ir(function.spaces, call.immediate)
            # What a callee throws would have to find its way to the handler of the call.
            if callee and (call is not place.invoked() or not _may_throw(callee)):
                found.append((cost, call, place))
    return found


def _inline_in(
    function: Function, block: Block, chosen: set[int], callees: Callees, chains: dict[int, tuple[int, ...]]
) -> None:
    """Replace the chosen calls of a block, the last first: what follows them then moves once only."""
    for position in range(len(block.body) - 1, -1, -1):
        call = block.body[position]
        if call.id in chosen:
            callee = callees.ir(function.spaces, call.immediate)
            assert callee is not None
            copy = _Copy(function, callee, call)
            copy.insert(block, position)
            chain = (*chains.get(call.id, ()), callee.index)
            chains.update((each.id, chain) for each in copy.calls)


class _Copy:
    """The blocks of a callee as blocks of the caller; its first block continues the one with the call."""

    def __init__(self, function: Function, callee: Function, call: Value) -> None:
        self.function = function
        self.callee = callee
        self.call = call
        self.values: dict[Value, Value] = dict(zip(callee.params, call.args))
        self.calls: list[Value] = []
        self.exits: list[tuple[Block, list[Value]]] = []

    def insert(self, block: Block, position: int) -> None:
        rest = block.body[position + 1 :]
        blocks = {each: self.function.block() for each in self.callee.blocks[1:]}
        blocks[self.callee.blocks[0]] = block
        terminator = self._without_call(block)
        del block.body[position:]
        for old, new in blocks.items():
            self._copy_values(old, new)
        for old, new in blocks.items():
            self._connect(old, new, blocks)
        after, results = self._leave()
        self._replace_results(results, rest)
        after.body += [value for value in rest if value.forward is None]
        after.terminator = terminator
        if after is not block:
            for target in terminator.successors():
                target.preds[target.preds.index(block)] = after

    def _without_call(self, block: Block) -> Terminator:
        """The terminator of the block: no Invoke any more if that was about this call."""
        if block.invoked() is not self.call:
            return block.terminator
        normal, landing = block.terminator.targets
        remove_edge(block, landing)
        return Jump(normal)

    def _copy_values(self, old: Block, new: Block) -> None:
        for value in (*old.phis, *old.body):
            copy = self.function.value(value.op, value.type, value.args, value.immediate, value.offset)
            self.values[value] = copy
            (new.phis if value.op is PHI else new.body).append(copy)
            if value.op.name == "call":
                self.calls.append(copy)

    def _connect(self, old: Block, new: Block, blocks: dict[Block, Block]) -> None:
        for value in (*old.phis, *old.body):
            self.values[value].args = [self.values[arg] for arg in value.args]
        if old is not self.callee.blocks[0]:
            new.preds = [blocks[pred] for pred in old.preds]
        args = [self.values[arg] for arg in old.terminator.args]
        if isinstance(old.terminator, Return):
            self.exits.append((new, args))
        else:
            new.terminator = _same_kind(old.terminator, args, [blocks[target] for target in old.terminator.targets])

    def _leave(self) -> tuple[Block, list[Value]]:
        """The block in which the caller goes on, and the results there."""
        if len(self.exits) == 1:
            return self.exits[0]
        after = self.function.block()
        for exit_, _ in self.exits:
            exit_.terminator = Jump(after)
            after.preds.append(exit_)
        for index, type in enumerate(self.callee.type.results):
            after.phis.append(self.function.value(PHI, type, [args[index] for _, args in self.exits]))
        return after, after.phis

    def _replace_results(self, results: list[Value], rest: list[Value]) -> None:
        if self.call.type is not None:
            self.call.forward = results[0]
        for value in rest:
            if value.op is RESULT and value.args[0] is self.call:
                value.forward = results[value.immediate]


def _may_throw(callee: Function) -> bool:
    return any(
        isinstance(block.terminator, Throw) or any(value.op.calls for value in block.body) for block in callee.blocks
    )


def _same_kind(terminator: Terminator, args: list[Value], targets: list[Block]) -> Terminator:
    copy = type(terminator).__new__(type(terminator))
    Terminator.__init__(copy, args, targets)
    return copy


def _tidy(function: Function) -> None:
    """Blocks in order again, and everything that used a result of a call uses the value instead."""
    function.blocks = remove_unreachable(function)
    for number, block in enumerate(function.blocks):
        block.id = number
    forward_operands(function)
