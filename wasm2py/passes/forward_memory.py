"""What was just stored or loaded need not be loaded again.

before:  i32.store offset=12 v1 v0      after:  i32.store offset=12 v1 v0
         i32.store offset=8 v1 v2               i32.store offset=8 v1 v2
         v3 = i32.load offset=12 v1             v4 = i32.add v0 v0
         v4 = i32.add v3 v0

This holds over branches and loops. Unoptimised code keeps every variable in memory, at constant distances from the
stack pointer: those become values, while the stores remain, as somebody may look at them. A store to anywhere else may
change a slot, and so may a call. Narrow loads get the low bits of what was stored.
"""

from __future__ import annotations

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Block, Function, Value
from wasm2py.ir.dominators import reverse_postorder
from wasm2py.passes.forwarding import Forwarding, Summary, known_on_entry
from wasm2py.passes.replacing import forward_operands
from wasm2py.passes.slots import Change, Slots


def forward_memory(function: Function) -> None:
    slots = Slots(function)
    if not slots.place:
        return
    changes = slots.changes()
    met = _met_again(function, slots, changes)
    if not met:
        return
    forwarding = Forwarding(function, slots.effects(changes, met), slots.types(), slots.bits)
    forwarding.run()
    if forwarding.known or forwarding.redundant:
        replace_known(function, forwarding)


def _met_again(function: Function, slots: Slots, changes: dict[Block, list[Change]]) -> int:
    """The places that are read, or maybe written what they hold, where they are known: there is nothing in others."""
    order = reverse_postorder(function)
    entering = known_on_entry(order, lambda block: _summary(changes[block]), slots.everything)
    met = 0
    again: set[Value] = set()
    for block, known in entering.items():
        held: dict[int, Value] = {}
        for place, kills, value in changes[block]:
            if place >= 0:
                holds = known >> place & 1
                if value.type is not None:
                    held[place] = value
                    if holds:
                        again.add(value)
                        met |= 1 << place
                else:
                    before, stored = held.get(place), value.args[1]
                    held[place] = stored
                    if holds and before and (before is stored or before in again or stored in again):
                        met |= 1 << place
                known |= 1 << place
            known &= ~kills
    return met


def _summary(changes: list[Change]) -> Summary:
    kept, made = -1, 0
    for place, kills, _ in changes:
        if kills:
            kept &= ~kills
            made &= ~kills
        if place >= 0:
            made |= 1 << place
    return kept, made


def replace_known(function: Function, forwarding: Forwarding) -> None:
    """Take out the loads of known slots, and the stores of what is there."""
    for block in function.blocks:
        body: list[Value] = []
        for value in block.body:
            if value.id in forwarding.known:
                body += _instead(function, value, forwarding.known[value.id])
            elif value.id not in forwarding.redundant:
                body.append(value)
        block.body = body
    forward_operands(function)


def _instead(function: Function, load: Value, known: Value) -> list[Value]:
    """What stands in the place of a load of a known slot: nothing, or the narrowing of the value."""
    access = load.op.access
    assert access is not None
    if not access.sign or known.op is load.op:
        load.forward = known
        return []
    bits = 8 * access.width
    if access.sign == "s":
        load.op, load.args = BY_NAME[f"{access.type}.extend{bits}_s"], [known]
        load.immediate = None
        return [load]
    mask = function.value(BY_NAME[f"{access.type}.const"], access.type, [], (1 << bits) - 1)
    load.op, load.args, load.immediate = BY_NAME[f"{access.type}.and"], [known, mask], None
    return [mask, load]
