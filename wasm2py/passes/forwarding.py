"""Reads of places whose value is known: the engine behind the passes that forward globals and memory.

A value is known at a point if every way there writes the place, or reads it, and nothing after that may change it.
That is a question of sets of bits, answered for all places at once. Only then, and only for the reads that were
asked for, the values are looked up, with phis where the ways there bring different ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Optional

from wasm2py.ir import Block, Function, Value
from wasm2py.ir.dominators import reverse_postorder
from wasm2py.ir.graph import PHI
from wasm2py.passes.places import Effect, Effects
from wasm2py.types import ValType

#: what a block keeps known, and what it makes known
Summary = tuple[int, int]


def known_on_entry(order: list[Block], summary: Callable[[Block], Summary], everything: int) -> dict[Block, int]:
    """What is known at the start of each block. Optimistic, so that a loop does not forget what it does not change."""
    summaries = [(block, *summary(block)) for block in order]
    entering: dict[Block, int] = {}
    back: list[tuple[Block, Block]] = []
    for block in order:
        back += [(pred, block) for pred in block.preds if pred not in entering]
        entering[block] = everything if block.preds else 0
    leaving = dict.fromkeys(order, everything)
    again = True
    while again:
        for block, kept, made in summaries:
            known = entering[block]
            for pred in block.preds:
                known &= leaving[pred]
            entering[block] = known
            leaving[block] = (known & kept) | made
        again = any(entering[header] & ~leaving[pred] for pred, header in back)
    return entering


class Forwarding:
    """``known`` maps the ids of reads to what they read; ``redundant`` are writes of what a place holds already.

    ``types`` are the types of the places. New phis are in their blocks afterwards; nothing else is changed.
    """

    def __init__(self, function: Function, effects: Effects, types: Sequence[Optional[ValType]], bits: int) -> None:
        self.function = function
        self.effects = effects
        self.types = types
        self.known: dict[int, Value] = {}
        self.redundant: set[int] = set()
        self.order = reverse_postorder(function)
        #: the places and facts known at the start of each block
        self.entering = known_on_entry(self.order, self._summary, (1 << bits) - 1)
        #: the values that places have at the end of a block, as far as they were looked up
        self.leaving: dict[Block, dict[int, Value]] = {}
        self.phis: dict[tuple[Block, int], Value] = {}
        self.waiting: list[tuple[Block, int, Value]] = []

    def run(self) -> None:
        for block in self.order:
            self._walk(block)
        while self.waiting:
            block, place, phi = self.waiting.pop()
            phi.args = [self._leaving(pred, place) for pred in block.preds]
        self._drop_trivial()
        self._place_phis()

    def _summary(self, block: Block) -> Summary:
        kept, made = -1, 0
        for effect in self.effects.get(block, ()):
            kept &= ~effect.kills
            made = (made & ~effect.kills) | effect.gives
            if effect.place >= 0:
                made |= 1 << effect.place
        return kept, made

    def _walk(self, block: Block) -> None:
        known = self.entering[block]
        current = self.leaving[block] = {}
        for effect in self.effects.get(block, ()):
            place = effect.place
            holds = place >= 0 and bool(known >> place & 1)
            if holds and not effect.needs & ~known:
                self._known_effect(effect, block, current)
            if effect.kills & known:
                known &= ~effect.kills
                for each in [each for each in current if effect.kills >> each & 1]:
                    del current[each]
            known |= effect.gives
            if place >= 0:
                known |= 1 << place
                if effect.stored is not None:
                    current[place] = self.known.get(effect.stored.id, effect.stored)
                elif not holds:
                    current[place] = effect.value

    def _known_effect(self, effect: Effect, block: Block, current: dict[int, Value]) -> None:
        """A read or write of a place whose value is known, where the instruction cannot trap."""
        place, stored = effect.place, effect.stored
        if stored is None:
            if place not in current:
                current[place] = self._entering(block, place)
            self.known[effect.value.id] = current[place]
        elif place in current and current[place] is self.known.get(stored.id, stored):
            self.redundant.add(effect.value.id)

    def _entering(self, block: Block, place: int) -> Value:
        """The value of a place, known at the start of the block."""
        if len(block.preds) == 1:
            return self._leaving(block.preds[0], place)
        phi = self.phis.get((block, place))
        if phi is None:
            phi = self.phis[block, place] = self.function.value(PHI, self.types[place], [])
            self.waiting.append((block, place, phi))
        return phi

    def _leaving(self, block: Block, place: int) -> Value:
        """The value of a place, known at the end of the block; kept for the blocks passed on the way there."""
        passed: list[Block] = []
        while place not in self.leaving[block] and len(block.preds) == 1:
            passed.append(block)
            block = block.preds[0]
        value = self.leaving[block].get(place) or self._entering(block, place)
        for each in passed:
            self.leaving[each][place] = value
        return value

    def _drop_trivial(self) -> None:
        """Phis whose operands are all one value, or the phi itself, make way for that value."""
        users: dict[Value, list[Value]] = {}
        pending = list(self.phis.values())
        for phi in pending:
            for arg in phi.args:
                users.setdefault(arg, []).append(phi)
        while pending:
            phi = pending.pop()
            operands = {arg.resolve() for arg in phi.args} - {phi}
            if phi.forward is None and len(operands) == 1:
                phi.forward = operands.pop()
                again = users.pop(phi, [])
                users.setdefault(phi.forward, []).extend(again)
                pending += again

    def _place_phis(self) -> None:
        """Into their blocks, but where there is one of the same operands already."""
        for (block, _), phi in self.phis.items():
            if phi.forward is None:
                phi.args = [arg.resolve() for arg in phi.args]
                phi.forward = next((other for other in block.phis if other.args == phi.args), None)
                if phi.forward is None:
                    block.phis.append(phi)
