"""A store goes where another one overwrites it before anybody can look.

before:  v1 = i32.load v0          after:  v1 = i32.load v0
         v2 = i32.xor v1 v3                v2 = i32.xor v1 v3
         i32.store v0 v2                   v4 = i32.mul v2 v3
         v4 = i32.mul v2 v3                i32.store v0 v4
         i32.store v0 v4

Within a block. Everybody who reads that memory looks, and so does whoever finds it after a trap: between the two stores
nothing may trap, and the first one must be sure to succeed, or else the trap would come later.
"""

from __future__ import annotations

from wasm2py.ir import Block, Function, Value
from wasm2py.passes.forwarding import Forwarding
from wasm2py.passes.slots import Slots, address_of, is_plain


def remove_dead_stores(function: Function) -> None:
    blocks = {block: roots for block in function.blocks if (roots := _stored_twice(block))}
    if not blocks:
        return
    slots = Slots(function, set().union(*blocks.values()))
    forwarding = Forwarding(function, slots.effects(slots.changes()), slots.types(), slots.bits)
    for block in blocks:
        _remove_in(block, slots, _safe(block, forwarding))


def _stored_twice(block: Block) -> set[int]:
    """The roots of addresses that are stored to twice, by one value and with one offset."""
    found: set[int] = set()
    seen: set[tuple[int, int, int]] = set()
    for value in block.body:
        if value.type is None and is_plain(value):
            address = value.args[0]
            key = (address.immediate if address.is_const else -1 - address.id, value.immediate.offset, value.op.code)
            if key in seen:
                found.add(address_of(address)[0])
            seen.add(key)
        elif seen and (value.op.calls or (value.op.traps and value.op.access is None)):
            seen.clear()  # whoever is called looks, and so does whoever finds the memory after a trap
    return found


def _safe(block: Block, forwarding: Forwarding) -> set[int]:
    """The accesses of slots that cannot trap."""
    safe: set[int] = set()
    known = forwarding.entering[block]
    for effect in forwarding.effects.get(block, ()):
        if effect.place >= 0:
            if not effect.needs & ~known and (effect.needs or known >> effect.place & 1):
                safe.add(effect.value.id)
            known |= 1 << effect.place
        known = (known & ~effect.kills) | effect.gives
    return safe


def _remove_in(block: Block, slots: Slots, safe: set[int]) -> None:
    kept: list[Value] = []
    overwritten = 0
    for value in reversed(block.body):
        slot = slots.slot.get(value.id)
        if slot is None or value.id not in safe:
            if value.op.traps or value.op.calls:
                overwritten = 0
        elif value.type is not None:
            overwritten &= ~slots.overlapping(slot)
        elif overwritten >> slots.place[slot] & 1:
            continue
        else:
            overwritten |= 1 << slots.place[slot]
        kept.append(value)
    block.body = kept[::-1]
