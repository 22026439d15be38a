"""A global that was just written or read need not be read again.

before:  v1 = global.get 0              after:  v1 = global.get 0
         v2 = i32.sub v1 v0                     v2 = i32.sub v1 v0
         global.set 0 v2                        global.set 0 v2
         v3 = global.get 0                      i32.store v2 v0
         i32.store v3 v0

This holds over branches and loops. A call may change every mutable global. Reads and writes do not trap.
"""

from __future__ import annotations

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Function, Value
from wasm2py.passes.forwarding import Forwarding
from wasm2py.passes.places import Effect, Effects
from wasm2py.passes.replacing import forward_operands

_GET, _SET = BY_NAME["global.get"], BY_NAME["global.set"]
_TOUCHES = frozenset(op for op in BY_NAME.values() if op.calls or op in (_GET, _SET))


def forward_globals(function: Function) -> None:
    reads = [(value, block) for block in function.blocks for value in block.body if value.op is _GET]
    if len(reads) < 2 and all(block is function.blocks[0] for _, block in reads):
        return  # most functions: the stack pointer is read once, at the beginning
    types = {value.immediate: value.type for value, _ in reads}
    places = {index: place for place, index in enumerate(types)}
    forwarding = Forwarding(function, _effects(function, places), list(types.values()), len(types))
    forwarding.run()
    if forwarding.known or forwarding.redundant:
        _replace(function, forwarding)


def _effects(function: Function, places: dict[int, int]) -> Effects:
    effects: Effects = {}
    everything = (1 << len(places)) - 1
    for block in function.blocks:
        touching = [value for value in block.body if value.op in _TOUCHES]
        found = [effect for value in touching if (effect := _effect(value, places, everything))]
        if found:
            effects[block] = found
    return effects


def _effect(value: Value, places: dict[int, int], everything: int) -> Effect | None:
    if value.op.calls:
        return Effect(value, kills=everything)
    if value.op is _GET:
        return Effect(value, places[value.immediate])
    if value.op is _SET and value.immediate in places:
        return Effect(value, places[value.immediate], value.args[0])
    return None


def _replace(function: Function, forwarding: Forwarding) -> None:
    for block in function.blocks:
        for value in block.body:
            if value.id in forwarding.known:
                value.forward = forwarding.known[value.id]
        block.body = [v for v in block.body if v.forward is None and v.id not in forwarding.redundant]
    forward_operands(function)
