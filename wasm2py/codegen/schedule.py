"""Which values become statements, and which are written into the expression that uses them.

A value with one use in its own block may be written at that use, if nothing that it must not be swapped with happens in
between. What may be swapped follows from what an instruction does: reads commute with reads, accesses that trap
alike commute with each other, everything else keeps its order (traps too: which trap comes first can be seen).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Optional

from wasm2py.codegen.rounding import Rounding
from wasm2py.instruction import Opcode
from wasm2py.ir import Block, Function, Jump, Switch, Value
from wasm2py.ir.graph import CONSTANTS, RESULT, is_nullable

READ, TRAP_ACCESS, TRAP_OTHER, WRITE = 1, 2, 4, 8
CALL = READ | WRITE | TRAP_OTHER
#: expressions nested deeper than this are cut: CPython's parser allows 200 parentheses
MAX_DEPTH = 24
#: and with more operations than this, so that a line stays readable
MAX_SIZE = 48


#: their Python evaluates only one of the operands, or something that may trap before them
_SELECTS = frozenset(("select", "select_t"))
_SKIPS_OPERANDS = _SELECTS | {"call_indirect", "call_ref", "return_call_indirect", "return_call_ref"}
#: they find out that their first operand is null before the others are evaluated
_NULL_FIRST = frozenset(("array.get", "array.get_s", "array.get_u", "array.set"))
#: every object that they make is another one, but when it is made cannot be seen
_ALLOCATIONS = frozenset(("struct.new", "array.new_fixed"))
#: their Python evaluates the last operand first
_RIGHT_TO_LEFT = frozenset(
    ["i32.store", "i32.store8", "i32.store16", "i64.store", "i64.store8", "i64.store16", "i64.store32"]
    + ["f32.store", "f64.store", "table.grow", "struct.set"]
)


def effects(value: Value) -> int:
    """What the instruction itself does, as a set of the bits above."""
    return _EFFECTS[value.op]


class _Effects(dict[Opcode, int]):
    """The same by opcode, looked up once."""

    def __missing__(self, op: Opcode) -> int:
        mask = (READ if op.reads else 0) | (WRITE if op.writes and op.name not in _ALLOCATIONS else 0)
        if op.traps:
            mask |= TRAP_ACCESS if op.access is not None and not op.access.store else TRAP_OTHER
        self[op] = mask = CALL if op.calls else mask
        return mask


_EFFECTS = _Effects()


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


@dataclass(slots=True)
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
            here = block, False
            for value in block.body:
                self._add(value.args, here)
            self._add(block.terminator.args, here)
            for phi in block.phis:
                for pred, arg in zip(block.preds, phi.args):
                    self._add((arg,), (pred, True))

    def _add(self, args: Sequence[Value], place: tuple[Block, bool]) -> None:
        count = self.count
        for arg in args:
            count[arg.id] = count.get(arg.id, 0) + 1
            self.place[arg.id] = place


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
        inlined, count = self.result.inlined, self.uses.count
        invoked = self.block.invoked()
        for position, value in enumerate(self.block.body):
            op = value.op
            if op in CONSTANTS or op is RESULT or value.id in inlined or (op.pure and value.id not in count):
                continue
            if value is invoked and any(tree.mask & WRITE for tree in self.pending.values()):
                self._flush()  # another call inside its arguments would be in its `try` too
            if (op.name in _SKIPS_OPERANDS or op.name in _NULL_FIRST) and self._skips_effects(value):
                self._flush()
            args = value.args[::-1] if op.name in _RIGHT_TO_LEFT else value.args
            self._place(value, self._combine(args, _EFFECTS[op], position))
        self._finish()

    def _skips_effects(self, value: Value) -> bool:
        """Whether an operand with effects might not be evaluated, or not in its turn."""
        if value.op.name in _NULL_FIRST and value.op.name != "array.set" and not is_nullable(value.args[0]):
            return False
        # The condition of a ``select`` is evaluated before either operand.
        return self._has_effects(value.args[:2] if value.op.name in _SELECTS else value.args)

    def _has_effects(self, args: list[Value]) -> bool:
        return any(arg in self.pending and self.pending[arg].mask for arg in args)

    def _place(self, value: Value, tree: _Tree) -> None:
        if self._may_wait(value, tree):
            self.pending[value] = tree
            self.result.inlined.add(value.id)
            return
        if tree.mask and self.pending and any(conflict(each.mask, tree.mask) for each in self.pending.values()):
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
        tree = _Tree(mask, position, position, 1, 1)
        pending = self.pending
        trees = [pending[arg] for arg in args if arg in pending] if pending else ()
        if not trees:
            return tree
        if not self._in_order(args, trees):
            self._flush()
            trees = [pending[arg] for arg in args if arg in pending]
        for arg in args:
            pending.pop(arg, None)
        for inner in trees:
            tree.depth = max(tree.depth, inner.depth + 1)
            tree.size += inner.size
            if inner.mask:
                tree.mask |= inner.mask
                tree.first = min(tree.first, inner.first)
        return tree

    def _in_order(self, args: list[Value], trees: Sequence[_Tree]) -> bool:
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


def operand_leaves(args: Iterable[Value], inlined: set[int]) -> list[Value]:
    """The named values that the expressions of operands read."""
    found: list[Value] = []
    work = list(args)
    while work:
        arg = work.pop()
        if arg.id in inlined:
            work += arg.args
        elif arg.op not in CONSTANTS:
            found.append(arg)
    return found
