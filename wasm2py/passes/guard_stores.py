"""A store to anywhere in a loop is compared with the frame, so that the variables there need not be loaded again.

before:  b2: … i32.store v9 v8             after:  b2: … i32.store v9 v8
             v10 = i32.load offset=8 v1                branch (v9 < v1 + 16) b3 b5
             …                                     b3: branch (v1 + 8 - 4 < v9) b4 b5
                                                   b4: v11 = i32.load offset=8 v1; jump b5
                                                   b5: v10 = phi …, …, v11; …

The frame is the memory at constant distances from one address, made of a global (the stack pointer) in the entry block.
No store can be proved to miss it, while nearly all do: the comparison costs half of what one load costs. It is made of
numbers of 64 bits, which do not wrap around. Only variables that surely lie in memory are loaded again (b4): the entry
block reached as far. A guard that turns out to spare nothing goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Block, Branch, Function, Jump, Value
from wasm2py.ir.dominators import Dominance, reverse_postorder
from wasm2py.passes.dead_values import remove_dead_values
from wasm2py.passes.forward_memory import replace_known
from wasm2py.passes.forwarding import Forwarding
from wasm2py.passes.merge_blocks import merge_blocks
from wasm2py.passes.places import Effect
from wasm2py.passes.slots import Slot, Slots, address_key, address_of, is_plain, reach

#: as many loads in the same loop a guard must save; the copies that it leads to cost as well
LOADS_PER_GUARD = 2


@dataclass
class Frame:
    """``address`` and the loads by it that may be repeated anywhere, by their slots."""

    address: Value
    loads: dict[Slot, Value]

    @property
    def start(self) -> int:
        offsets: list[int] = [load.immediate.offset for load in self.loads.values()]
        return min(offsets)

    @property
    def end(self) -> int:
        return max(reach(load) for load in self.loads.values())


@dataclass
class Guard:
    """After the store its block goes on at ``rest``, maybe by way of ``second`` and ``reload``."""

    store: Value
    second: Block
    reload: Block
    rest: Block


def guard_stores(function: Function) -> None:
    if len(function.blocks) < 3 or function.blocks[0].invoked() or not _takes_frame(function.blocks[0]):
        return
    slots = Slots(function)
    frame = _frame(function, slots)
    if frame is None:
        return
    stores = _worth_guarding(function, frame, slots)
    if stores:
        guards = _Guards(function, frame, slots)
        for block in list(function.blocks):
            guards.insert(block, stores)
        guards.forward()
        guards.clean_up()


def _takes_frame(entry: Block) -> bool:
    """Whether the block accesses memory at a distance from a global: a quick test."""
    pointers = {value.id for value in entry.body if value.op.name == "global.get"}
    return bool(pointers) and any(is_plain(v) and address_of(v.args[0])[0] in pointers for v in entry.body)


def _frame(function: Function, slots: Slots) -> Optional[Frame]:
    """The address that most slots are accessed by, if it is made of a global in the entry block."""
    entry = function.blocks[0]
    pointers = {value.id for value in entry.body if value.op.name == "global.get"}
    reached: dict[object, int] = {}
    for value in entry.body:
        if value.id in slots.slot and slots.slot[value.id].root in pointers:
            key = address_key(value)
            reached[key] = max(reached.get(key, 0), reach(value))
    found: dict[object, dict[Slot, Value]] = {}
    for block in function.blocks:
        for value in block.body:
            slot = slots.slot.get(value.id)
            if slot in slots.place and value.type is not None and reach(value) <= reached.get(address_key(value), 0):
                found.setdefault(address_key(value), {}).setdefault(slot, value)
    if not found:
        return None
    loads = max(found.values(), key=len)
    return Frame(next(iter(loads.values())).args[0], loads)


def _worth_guarding(function: Function, frame: Frame, slots: Slots) -> set[int]:
    """Stores to elsewhere in loops without calls, where the frame is loaded from often enough."""
    dominance = Dominance(function)
    loads: dict[Block, int] = {}
    stores: dict[Block, list[int]] = {}
    memory, root = next(iter(frame.loads))[:2]
    calling: set[Block] = set()
    for block in function.blocks:
        header = dominance.loop[block]
        if header is None:
            continue
        for value in block.body:
            slot = slots.slot.get(value.id)
            if slot in frame.loads and value.type is not None:
                loads[header] = loads.get(header, 0) + 1
            elif slot is not None and value.type is None and slot.memory == memory and slot.root != root:
                stores.setdefault(header, []).append(value.id)
            elif value.op.calls or (value.op.writes and not is_plain(value)):
                calling.add(header)
    found: set[int] = set()
    for header, ids in stores.items():
        if header not in calling and LOADS_PER_GUARD * len(ids) <= loads.get(header, 0):
            found.update(ids)
    return found


class _Guards:
    def __init__(self, function: Function, frame: Frame, slots: Slots) -> None:
        self.function = function
        self.frame = frame
        self.slots = slots
        self.guards: list[Guard] = []
        self.spared = 0
        for slot in frame.loads:
            self.spared |= 1 << slots.place[slot]
        self.limits: dict[int, Value] = {}

    def insert(self, block: Block, stores: set[int]) -> None:
        """Guard the stores of a block, the last first: what follows them then moves once only."""
        for position in range(len(block.body) - 1, -1, -1):
            if block.body[position].id in stores:
                self._split(block, position)

    def _split(self, block: Block, position: int) -> None:
        store, function, frame = block.body[position], self.function, self.frame
        guard = Guard(store, function.block(), function.block(), function.block())
        second, reload, rest = guard.second, guard.reload, guard.rest
        rest.body, rest.terminator = block.body[position + 1 :], block.terminator
        for target in rest.successors():
            target.preds[target.preds.index(block)] = rest
        del block.body[position + 1 :]
        below = self._limit(frame.end - store.immediate.offset)
        block.terminator = Branch(self._less(block, store.args[0], below), second, rest)
        above = self._limit(frame.start - reach(store))
        second.terminator = Branch(self._less(second, above, store.args[0]), reload, rest)
        reload.terminator = Jump(rest)
        second.preds, reload.preds, rest.preds = [block], [second], [block, second, reload]
        self._reload(guard)
        self.slots.spared[store.id] = self.spared
        self.guards.append(guard)

    def _limit(self, distance: int) -> Value:
        """The address of the frame plus a distance, which may be negative."""
        if distance not in self.limits:
            entry = self.function.blocks[0].body
            constant = self.function.value(BY_NAME["i64.const"], "i64", [], distance % (1 << 64))
            entry.append(constant)
            address = self._value(entry, "i64.extend_i32_u", "i64", self.frame.address)
            self.limits[distance] = self._value(entry, "i64.add", "i64", address, constant)
        return self.limits[distance]

    def _less(self, block: Block, *operands: Value) -> Value:
        wide = [
            self._value(block.body, "i64.extend_i32_u", "i64", each) if each.type == "i32" else each
            for each in operands
        ]
        return self._value(block.body, "i64.lt_s", "i32", *wide)

    def _value(self, body: list[Value], name: str, type: str, *args: Value) -> Value:
        value = self.function.value(BY_NAME[name], type, list(args))
        body.append(value)
        return value

    def _reload(self, guard: Guard) -> None:
        for slot, load in self.frame.loads.items():
            again = self.function.value(load.op, load.type, load.args, load.immediate, load.offset)
            self.slots.slot[again.id] = slot
            guard.reload.body.append(again)

    def forward(self) -> None:
        """As ``forward_memory`` does, but a guarded store kills the slots of the frame only where it hit them."""
        effects = self.slots.effects(self.slots.changes())
        for guard in self.guards:
            effects[guard.reload].insert(0, Effect(guard.store, kills=self.spared))
        forwarding = Forwarding(self.function, effects, self.slots.types(), self.slots.bits)
        forwarding.run()
        replace_known(self.function, forwarding)

    def clean_up(self) -> None:
        again = {load.id for guard in self.guards for load in guard.reload.body}
        remove_dead_values(self.function, again)
        for guard in self.guards:
            if not guard.reload.body:
                (block,) = guard.second.preds
                block.terminator, guard.rest.preds = Jump(guard.rest), [block]
        self.function.blocks = reverse_postorder(self.function)
        merge_blocks(self.function)
        remove_dead_values(self.function)
