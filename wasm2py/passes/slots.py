"""Slots: the pieces of memory that a function names by an address value and a constant distance from it.

An address is taken apart into a root (a value, or nothing where it is constant) and a distance modulo 2^32. An access
that succeeds lies below 2^32, so there it touches exactly the bytes from (root + distance) mod 2^32 on. Two slots of
one root therefore are apart if their distances are; slots of different roots may be anywhere.

Reading a slot again is safe to leave out if the read would succeed, not only an earlier access of the same bytes: its
address and offset together may be beyond 2^32. It does succeed without an offset, and where an access by the same
address value reached as far (a fact, see ``Effect``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from typing import Final, NamedTuple, Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Block, Function, Value
from wasm2py.ir.graph import CONSTANTS
from wasm2py.passes.places import Effect, Effects
from wasm2py.types import ValType

#: plain accesses of integers and floats; all others are looked at only for what they may change
_PLAIN = frozenset(
    BY_NAME[name]
    for name in [f"{type}.{kind}" for type in ("i32", "i64", "f32", "f64") for kind in ("load", "store")]
    + [f"{type}.{kind}" for type in ("i32", "i64") for kind in ("store8", "store16")]
    + [f"{type}.load{width}_{sign}" for type in ("i32", "i64") for width in (8, 16) for sign in "su"]
    + ["i64.store32", "i64.load32_s", "i64.load32_u"]
)
_BULK = frozenset(BY_NAME[f"memory.{name}"] for name in ("fill", "copy", "init"))
#: everything that an effect may have to be made for
_TOUCHES = frozenset(
    op for op in BY_NAME.values() if op in _PLAIN or op in _BULK or op.calls or (op.access is not None and op.writes)
)
_SPAN = 1 << 32
_CONST, _ADD = BY_NAME["i32.const"], BY_NAME["i32.add"]
_SUMS = frozenset((_ADD, BY_NAME["i32.sub"]))
#: makes a named tuple without the function of its own that the class has for it
_new: Final = tuple.__new__
#: a function with more slots than this is left alone
MAX_SLOTS = 2000


class Slot(NamedTuple):
    """``root`` is the id of a value, or -1 for a constant address; ``type`` is that of the value on the stack."""

    memory: int
    root: int
    distance: int
    width: int
    type: str


#: the place of an access, or -1; the places that it kills; the access
Change = tuple[int, int, Value]


def address_of(value: Value) -> tuple[int, int]:
    """Root and distance of an address."""
    distance = 0
    while value.op in _SUMS and value.args[1].op is _CONST:
        step = value.args[1].immediate
        distance += step if value.op is _ADD else -step
        value = value.args[0]
    if value.op is _CONST:
        return -1, (distance + value.immediate) % _SPAN
    return value.id, distance % _SPAN


def slot_of(access: Value) -> Slot:
    assert access.op.access is not None
    root, distance = address_of(access.args[0])
    row = access.op.access
    _, offset, memory = access.immediate
    return _new(Slot, (memory, root, (distance + offset) % _SPAN, row.width, row.type))


def is_plain(value: Value) -> bool:
    """Whether the instruction is a load or store of a slot: its address has 32 bits."""
    return value.op in _PLAIN and value.args[0].type == "i32"


def _overlap(a: Slot, b: Slot) -> bool:
    return (b.distance - a.distance) % _SPAN < a.width or (a.distance - b.distance) % _SPAN < b.width


class Facts:
    """A bit for each address value and distance from it that some access reached, where that is worth knowing."""

    def __init__(self, accesses: Iterable[Value], first: int) -> None:
        self.bits: dict[object, dict[int, int]] = {}
        self.end = first
        for value in accesses:
            if value.immediate.offset:
                reached = self.bits.setdefault(address_key(value), {})
                if reach(value) not in reached:
                    reached[reach(value)] = 1 << self.end
                    self.end += 1

    def needs(self, value: Value) -> int:
        """What must be known for the access to succeed if its slot is known to lie in memory."""
        return self.bits[address_key(value)][reach(value)] if value.immediate.offset else 0

    def gives(self, value: Value) -> int:
        """What is known once the access has succeeded: all that reach no further."""
        bits = self.bits.get(address_key(value))
        if bits is None:
            return 0
        mask, ours = 0, reach(value)
        for other, bit in bits.items():
            if other <= ours:
                mask |= bit
        return mask


def address_key(access: Value) -> object:
    """The same for accesses of one memory by one address value."""
    address = access.args[0]
    return access.immediate.memory, address.immediate if address.op in CONSTANTS else -1 - address.id


def reach(access: Value) -> int:
    """How far from its address value the bytes of an access end."""
    assert access.op.access is not None
    offset: int = access.immediate.offset
    return offset + access.op.access.width


class Slots:
    """The slots of a function that are worth a bit, and the effects of its instructions on them.

    Worth it are those that are read, and accessed more than once, in a memory that no other thread can change; with
    ``roots`` instead all slots of these roots.
    """

    def __init__(self, function: Function, roots: Optional[Set[int]] = None) -> None:
        self.function = function
        memories = function.spaces.memories
        plain = [value for block in function.blocks for value in block.body if value.op in _PLAIN]
        self.accesses = [value for value in plain if value.args[0].type == "i32"]
        if any(memory.shared for memory in memories):
            self.accesses = [v for v in self.accesses if not memories[v.immediate.memory].shared]
        self.slot = {value.id: slot_of(value) for value in self.accesses}
        found = self._worthy(roots)
        self.place = {slot: place for place, slot in enumerate(found)}
        self.everything = (1 << len(found)) - 1
        self.in_memory: dict[int, int] = {}
        self.at_root: dict[tuple[int, int], list[Slot]] = {}
        for slot, place in self.place.items():
            self.in_memory[slot.memory] = self.in_memory.get(slot.memory, 0) | 1 << place
            self.at_root.setdefault(slot[:2], []).append(slot)
        self.killed: dict[Slot, int] = {}
        #: places that a store is known not to change, by its id
        self.spared: dict[int, int] = {}
        #: about the places that effects were asked for
        self.facts = Facts((), len(found))

    @property
    def bits(self) -> int:
        return self.facts.end

    def types(self) -> list[Optional[ValType]]:
        return [slot.type for slot in self.place]

    def changes(self) -> dict[Block, list[Change]]:
        """What each block does to places: effects without facts, which are much cheaper to make."""
        return {block: self._changes(block) for block in self.function.blocks}

    def _changes(self, block: Block) -> list[Change]:
        found: list[Change] = []
        slots, places = self.slot, self.place
        for value in block.body:
            if value.op in _TOUCHES:
                slot = slots.get(value.id)
                if slot is None:
                    if value.op not in _PLAIN or value.op.writes:
                        found.append((-1, self.everything, value))
                elif value.type is None:
                    found.append((places.get(slot, -1), self._kills(slot), value))
                else:
                    found.append((places.get(slot, -1), 0, value))
        return found

    def effects(self, changes: dict[Block, list[Change]], places: int = -1) -> Effects:
        """The effects on these places."""
        wanted = {slot for slot, place in self.place.items() if places >> place & 1}
        self.facts = Facts([value for value in self.accesses if self.slot[value.id] in wanted], len(self.place))
        effects: Effects = {}
        for block, found in changes.items():
            made = [effect for change in found if (effect := self._effect(change, places))]
            if made:
                effects[block] = made
        return effects

    def _worthy(self, roots: Optional[Set[int]]) -> list[Slot]:
        count = Counter(self.slot.values())
        if roots is None:
            read = {self.slot[value.id] for value in self.accesses if value.type is not None}
            found = [slot for slot in count if count[slot] > 1 and slot in read]
        else:
            found = [slot for slot in count if slot.root in roots]
        return found if len(found) <= MAX_SLOTS else []

    def _effect(self, change: Change, places: int) -> Optional[Effect]:
        place, kills, value = change
        if place >= 0 and not places >> place & 1:
            place = -1
        kills &= places
        gives = self.facts.gives(value) if self.facts.bits and value.id in self.slot else 0
        if place < 0 and not kills and not gives:
            return None
        needs = self.facts.needs(value) if place >= 0 else 0
        if value.type is None and value.id in self.slot:
            kills &= ~self.spared.get(value.id, 0)
            return _new(Effect, (value, place, value.args[1], kills, gives, needs))
        return _new(Effect, (value, place, None, kills, gives, needs))

    def overlapping(self, slot: Slot) -> int:
        """The places that an access of the slot may touch."""
        return self._kills(slot) | (1 << self.place[slot] if slot in self.place else 0)

    def _kills(self, slot: Slot) -> int:
        """All of the memory but the slot itself and what is surely apart from it."""
        mask = self.killed.get(slot)
        if mask is None:
            mask = self.in_memory.get(slot.memory, 0)
            for other in self.at_root.get(slot[:2], ()):
                if other == slot or not _overlap(slot, other):
                    mask &= ~(1 << self.place[other])
            self.killed[slot] = mask
        return mask
