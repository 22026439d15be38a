"""Which values become statements, and which are written into the expression that uses them.

A value with one use in its own block may be written at that use, if nothing that it must not be swapped with happens in
between. What may be swapped follows from what an instruction does: reads commute with reads, accesses that trap
alike commute with each other, everything else keeps its order (traps too: which trap comes first can be seen).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Optional

from wasm2py.codegen.rounding import Rounding
from wasm2py.ir import Block, Function, Jump, Switch, Value
from wasm2py.ir.graph import RESULT

READ, TRAP_ACCESS, TRAP_OTHER, WRITE = 1, 2, 4, 8
CALL = READ | WRITE | TRAP_OTHER
#: expressions nested deeper than this are cut: CPython's parser allows 200 parentheses
MAX_DEPTH = 24
#: and with more operations than this, so that a line stays readable
MAX_SIZE = 48


#: their Python evaluates only one of the operands, or something that may trap before them
_SKIPS_OPERANDS = frozenset(("select", "select_t", "call_indirect"))
#: their Python evaluates the last operand first
_RIGHT_TO_LEFT = frozenset(
    ["i32.store", "i32.store8", "i32.store16", "i64.store", "i64.store8", "i64.store16", "i64.store32"]
    + ["f32.store", "f64.store", "table.grow"]
)


def effects(value: Value) -> int:
    """What the instruction itself does, as a set of the bits above."""
    op = value.op
    if op.calls:
        return CALL
    mask = (READ if op.reads else 0) | (WRITE if op.writes else 0)
    if op.traps:
        mask |= TRAP_ACCESS if op.access is not None and not op.access.store else TRAP_OTHER
    return mask


def conflict(a: int, b: int) -> bool:
    """Whether two instructions with these effects must keep their order."""
    if (a | b) & WRITE and a and b:
        return True
    return bool((a & TRAP_OTHER and b & (TRAP_ACCESS | TRAP_OTHER)) or (b & TRAP_OTHER and a & TRAP_ACCESS))


@dataclass
class Schedule:
    """``statements`` of each block in order; ``inlined`` are the ids of values written at their use."""

    statements: dict[Block, list[Value]] = field(default_factory=dict)
    inlined: set[int] = field(default_factory=set)
    uses: dict[int, int] = field(default_factory=dict)
    rounding: Rounding = field(default_factory=Rounding)


@dataclass
class _Tree:
    """A value not yet written, with all that is written inside it: effects and the span of their positions."""

    mask: int
    first: int
    last: int
    depth: int
    size: int


class _Uses:
    """How often each value is used, and for a single use where: in which block, and by an edge or not."""

    def __init__(self, function: Function) -> None:
        self.count: dict[int, int] = {}
        self.place: dict[int, tuple[Block, bool]] = {}
        for block in function.blocks:
            for value in block.body:
                self._add(value.args, block, False)
            self._add(block.terminator.args, block, False)
            for phi in block.phis:
                for pred, arg in zip(block.preds, phi.args):
                    self._add([arg], pred, True)

    def _add(self, args: list[Value], block: Block, edge: bool) -> None:
        for arg in args:
            self.count[arg.id] = self.count.get(arg.id, 0) + 1
            self.place[arg.id] = (block, edge)


def schedule(
    function: Function, inline: bool = True, everywhere: Collection[int] = (), rounding: Optional[Rounding] = None
) -> Schedule:
    """Decide for the whole function; without ``inline`` each value but constants becomes a statement.

    ``everywhere``: ids of values that are written at each of their uses. They have no effects, and read variables only.
    """
    uses = _Uses(function)
    result = Schedule(uses=uses.count, inlined=set(everywhere), rounding=rounding or Rounding())
    for block in function.blocks:
        _BlockScheduler(block, uses, result, inline).run()
    return result


class _BlockScheduler:
    def __init__(self, block: Block, uses: _Uses, result: Schedule, inline: bool) -> None:
        self.block = block
        self.uses = uses
        self.result = result
        self.inline = inline
        self.pending: dict[Value, _Tree] = {}
        self.statements: list[Value] = []
        result.statements[block] = self.statements

    def run(self) -> None:
        for position, value in enumerate(self.block.body):
            if value.is_const or value.op is RESULT or value.id in self.result.inlined:
                continue
            if value.op.pure and not self.uses.count.get(value.id):
                continue
            if value.op.name in _SKIPS_OPERANDS and self._has_effects(value.args):
                self._flush()
            args = value.args[::-1] if value.op.name in _RIGHT_TO_LEFT else value.args
            self._place(value, self._combine(args, effects(value), position))
        self._finish()

    def _has_effects(self, args: list[Value]) -> bool:
        return any(arg in self.pending and self.pending[arg].mask for arg in args)

    def _place(self, value: Value, tree: _Tree) -> None:
        if self._may_wait(value, tree):
            self.pending[value] = tree
            self.result.inlined.add(value.id)
            return
        if tree.mask and any(conflict(other.mask, tree.mask) for other in self.pending.values()):
            self._flush()
        self.statements.append(value)

    def _may_wait(self, value: Value, tree: _Tree) -> bool:
        if not self.inline or value.type is None or self.uses.count.get(value.id) != 1:
            return False
        if value.id in self.result.rounding.by_cell:
            return False
        block, edge = self.uses.place[value.id]
        if block is not self.block or tree.depth > MAX_DEPTH or tree.size > MAX_SIZE:
            return False
        return not (edge and tree.mask and not isinstance(self.block.terminator, Jump))

    def _combine(self, args: list[Value], mask: int, position: int) -> _Tree:
        """The tree of an instruction with its waiting operands inside; operands that cannot wait are flushed."""
        trees = [self.pending[arg] for arg in args if arg in self.pending]
        if trees and not self._in_order(args, trees):
            self._flush()
            trees = [self.pending[arg] for arg in args if arg in self.pending]
        for arg in args:
            self.pending.pop(arg, None)
        tree = _Tree(mask, position, position, 1, 1)
        for inner in trees:
            tree.depth = max(tree.depth, inner.depth + 1)
            tree.size += inner.size
            if inner.mask:
                tree.mask |= inner.mask
                tree.first = min(tree.first, inner.first)
        return tree

    def _in_order(self, args: list[Value], trees: list[_Tree]) -> bool:
        """Whether evaluating the operands left to right, now, swaps nothing that must keep its order."""
        impure = [tree for tree in trees if tree.mask]
        for i, left in enumerate(impure):
            for right in impure[i + 1 :]:
                if left.last > right.first and conflict(left.mask, right.mask):
                    return False
        if not impure:
            return True
        first = min(tree.first for tree in impure)
        mask = 0
        for tree in impure:
            mask |= tree.mask
        others = [tree for value, tree in self.pending.items() if tree.mask and value not in args]
        return not any(other.last > first and conflict(other.mask, mask) for other in others)

    def _flush(self) -> None:
        """Write all waiting values with effects as statements, in program order."""
        for value in [value for value, tree in self.pending.items() if tree.mask]:
            del self.pending[value]
            self.result.inlined.discard(value.id)
            self.statements.append(value)

    def _finish(self) -> None:
        terminator = self.block.terminator
        if isinstance(terminator, Switch):  # its index is compared many times: needs a name
            for arg in terminator.args:
                if arg in self.pending:
                    self._flush()
                if arg in self.pending:
                    self.result.inlined.discard(arg.id)
                    del self.pending[arg]
                    self.statements.append(arg)
        self._combine(terminator.args, 0, len(self.block.body))
        if isinstance(terminator, Jump):
            target = terminator.targets[0]
            index = target.preds.index(self.block)
            phis = [phi for phi in target.phis if self.uses.count.get(phi.id)]  # the others are not written
            self._combine([phi.args[index] for phi in phis], 0, len(self.block.body))
        self._flush()  # what only values that nothing needs would have read


def leaves(value: Value, inlined: set[int]) -> list[Value]:
    """The named values that the expression of ``value``'s operands reads."""
    found: list[Value] = []
    work = list(value.args)
    while work:
        arg = work.pop()
        if arg.id in inlined:
            work.extend(arg.args)
        elif not arg.is_const:
            found.append(arg)
    return found


def operand_leaves(args: list[Value], inlined: set[int]) -> list[Value]:
    """The same for a list of operands."""
    found: list[Value] = []
    for arg in args:
        if arg.id in inlined:
            found += leaves(arg, inlined)
        elif not arg.is_const:
            found.append(arg)
    return found
