"""Locals become SSA values while the graph is being built.

The algorithm is that of Braun et al., "Simple and Efficient Construction of Static Single Assignment Form" (2013),
without recursion: phis that still need operands wait in a list. A loop header knows beforehand which locals its loop
assigns (``assigned``), and the block behind the end of a ``block`` or ``if`` which ones that assigns, so that no phi is
made for the others: they have the value that they had at its beginning.
"""

from __future__ import annotations

from typing import Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir.graph import PHI, Block, Function, Value, resolve
from wasm2py.types import RefType, ValType

#: the bit mask of all locals
_ALL = -1
#: up to so many locals, a copy of what is known of them is made rather than a way to there for each of them
_FEW = 64


class Locals:
    """The current value of each wasm local in each block."""

    def __init__(self, function: Function, types: list[ValType]) -> None:
        self.function = function
        self.types = types
        #: the values that declared locals start with, constants of the entry block
        self.zeros: list[Value] = []
        self.defs: dict[Block, dict[int, Value]] = {}
        #: block -> an earlier one from which it has all locals but those of the bit mask
        self.ways: dict[Block, tuple[Optional[Block], int]] = {}
        #: loop header, while the loop is open -> the phis that it has so far
        self.incomplete: dict[Block, list[tuple[int, Value]]] = {}
        self.waiting: list[tuple[int, Value, Block]] = []
        #: whether anything stands in for a phi
        self.replaced = False
        #: phi -> phis that use it, to be looked at again when it turns out to be trivial
        self.phi_users: dict[Value, dict[Value, Block]] = {}

    def start(self, block: Block) -> None:
        """``block`` and all its predecessors but back edges are known from now on."""
        self.defs[block] = {}
        self.ways[block] = (block.preds[0], 0) if len(block.preds) == 1 else (None, _ALL)

    def start_after(self, block: Block, source: Block) -> None:
        """``source`` has ended and is the only predecessor: what it knows, the block knows."""
        known = self.defs[source]
        self.defs[block] = known.copy() if len(known) <= _FEW else {}
        self.ways[block] = source, 0

    def start_loop(self, header: Block, assigned: int) -> None:
        self.defs[header] = {}
        self.ways[header] = header.preds[0], assigned
        self.incomplete[header] = []

    def start_join(self, block: Block, entry: Optional[Block], assigned: int) -> None:
        """``block`` is behind the end of what was opened in ``entry``."""
        self.start(block)
        if entry is not None and len(block.preds) > 1:
            self.ways[block] = entry, assigned

    def write(self, block: Block, index: int, value: Value) -> None:
        self.defs[block][index] = value
        if value.local is None:
            value.local = index

    def read(self, block: Block, index: int) -> Value:
        value = self.defs[block].get(index)
        if value is None:
            value = self._lookup(block, index)
            if self.waiting:
                self._fill_waiting()
        return value if value.forward is None else value.resolve()

    def close_loop(self, header: Block) -> None:
        """All back edges are known: give the header's phis their operands."""
        if len(header.preds) == 1:
            self.ways[header] = header.preds[0], 0
        self.waiting.extend((index, phi, header) for index, phi in self.incomplete.pop(header))
        self._fill_waiting()

    def _lookup(self, block: Block, index: int) -> Value:
        defs, ways = self.defs, self.ways
        value = defs[block].get(index)
        passed: list[Block] = []
        while value is None:
            passed.append(block)
            before, changed = ways[block]
            if before is None or changed >> index & 1:
                value = self._meet(block, index)
            else:
                block = before
                value = defs[block].get(index)
        for each in passed:
            defs[each][index] = value
        return value

    def _meet(self, block: Block, index: int) -> Value:
        """The value at the start of a block that several ways lead to, or of the function."""
        if not block.preds:
            return self.zero(self.types[index])
        phi = self._new_phi(block, index)
        if block in self.incomplete:
            self.incomplete[block].append((index, phi))
        else:
            self.waiting.append((index, phi, block))
        return phi

    def zero(self, type: ValType) -> Value:
        """The default value of a type (spec §4.2.1)."""
        name = "ref.null" if isinstance(type, RefType) else f"{type}.const"
        immediate = type.heap if isinstance(type, RefType) else 0
        value = self.function.value(BY_NAME[name], type, [], immediate)
        self.zeros.append(value)
        return value

    def _new_phi(self, block: Block, index: int) -> Value:
        phi = self.function.value(PHI, self.types[index], [])
        phi.local = index
        block.phis.append(phi)
        return phi

    def _fill_waiting(self) -> None:
        while self.waiting:
            index, phi, block = self.waiting.pop()
            phi.args = [self._lookup(pred, index) for pred in block.preds]
            self.settle(phi, block)

    def drop_settled(self) -> None:
        """Take the phis that were replaced out of their blocks."""
        for block in self.defs if self.replaced else ():
            block.phis = [phi for phi in block.phis if phi.forward is None]

    def settle(self, phi: Value, block: Block) -> None:
        """``phi`` has all its operands: if they are all one value (or itself), that value takes its place."""
        work = [(phi, block)]
        while work:
            phi, block = work.pop()
            if phi.forward is not None or not phi.args:
                continue
            resolve(phi.args)
            operands = set(phi.args)
            operands.discard(phi)
            if len(operands) != 1:
                for operand in operands:
                    if operand.op is PHI:
                        self.phi_users.setdefault(operand, {})[phi] = block
                continue
            phi.forward = operands.pop()
            self.replaced = True
            phi.args = []  # it may have been its own operand: a circle
            users = self.phi_users.pop(phi, {})
            work.extend(users.items())
            if phi.forward.op is PHI:
                self.phi_users.setdefault(phi.forward, {}).update(users)
