"""Which values become statements, and which are written into the expression that uses them.

A value with one use in its own block may be written at that use, if nothing that it must not be swapped with happens in
between. What may be swapped follows from what an instruction does: reads commute with reads, accesses that trap
alike commute with each other, everything else keeps its order (traps too: which trap comes first can be seen).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Optional

from wasm2py.codegen.rounding import Rounding
from wasm2py.codegen.switches import counted_from
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


class _Manner(NamedTuple):
    """How an instruction is written."""

    #: what the instruction itself does, as a set of the bits above
    effects: int
    right_to_left: bool
    #: it may skip operands, or trap before them
    skips: bool
    null_first: bool


def effects(value: Value) -> int:
    """What the instruction itself does, as a set of the bits above."""
    return _MANNERS[value.op].effects


class _Manners(dict[Opcode, _Manner]):
    """By opcode, looked up once."""

    def __missing__(self, op: Opcode) -> _Manner:
        null_first = op.name in _NULL_FIRST
        skips = null_first or op.name in _SKIPS_OPERANDS
        manner = self[op] = _Manner(_effects(op), op.name in _RIGHT_TO_LEFT, skips, null_first)
        return manner


_MANNERS = _Manners()


def _effects(op: Opcode) -> int:
    if op.calls:
        return CALL
    mask = (READ if op.reads else 0) | (WRITE if op.writes and op.name not in _ALLOCATIONS else 0)
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
    #: ids of loads that have a name since a loop may iterate over them: where its rounds begin
    streamed: dict[int, Block] = field(default_factory=dict)
    #: ids of values that have a name since switches compare them
    compared: Collection[int] = ()


@dataclass(slots=True)
class _Tree:
    """A value not yet written, with all that is written inside it: effects and the span of their positions."""

    mask: int
    first: int
    last: int
    depth: int
    size: int

    def take_in(self, operand: _Tree) -> None:
        self.size += operand.size
        if operand.depth >= self.depth:
            self.depth = operand.depth + 1
        if operand.mask:
            self.mask |= operand.mask
            if operand.first < self.first:
                self.first = operand.first


class _Uses:
    """How often each value is used, and for a single use where: in which block, and by an edge or not."""

    def __init__(self, function: Function) -> None:
        self.place: dict[int, tuple[Block, bool]] = {}
        used: list[int] = []
        for block in function.blocks:
            ids = [arg.id for value in block.body for arg in value.args]
            ids += [arg.id for arg in block.terminator.args]
            self.place.update(dict.fromkeys(ids, (block, False)))
            used += ids
            if block.phis:
                for index, pred in enumerate(block.preds):
                    ids = [phi.args[index].id for phi in block.phis]
                    self.place.update(dict.fromkeys(ids, (pred, True)))
                    used += ids
        self.count: dict[int, int] = Counter(used)


def schedule(
    function: Function,
    inline: bool = True,
    everywhere: Collection[int] = (),
    rounding: Optional[Rounding] = None,
    streamed: Optional[dict[int, Block]] = None,
    compared: Collection[int] = (),
) -> Schedule:
    """Decide for the whole function; without ``inline`` each value but constants becomes a statement.

    ``everywhere``: ids of values that are written at each of their uses. They have no effects, and read variables only.
    ``streamed`` and ``compared``: see Schedule.
    """
    uses = _Uses(function)
    result = Schedule({}, set(everywhere), uses.count, rounding or Rounding(), streamed or {}, compared)
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
            if not self.pending and count.get(value.id) != 1:  # a statement that has nothing to do with others
                self.statements.append(value)
                continue
            if value is invoked and any(tree.mask & WRITE for tree in self.pending.values()):
                self._flush()  # another call inside its arguments would be in its `try` too
            manner = _MANNERS[op]
            if manner.skips and self._skips_effects(value, manner):
                self._flush()
            args = value.args[::-1] if manner.right_to_left else value.args
            self._place(value, self._combine(args, manner.effects, position))
        self._finish()

    def _skips_effects(self, value: Value, manner: _Manner) -> bool:
        """Whether an operand with effects might not be evaluated, or not in its turn."""
        if manner.null_first and value.op.name != "array.set" and not is_nullable(value.args[0]):
            return False
        # The condition of a ``select`` is evaluated before either operand.
        args = value.args[:2] if value.op.name in _SELECTS else value.args
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
        result = self.result
        if value.id in result.rounding.by_cell or value.id in result.streamed or value.id in result.compared:
            return False
        block, edge = self.uses.place[value.id]
        if block is not self.block or tree.depth > MAX_DEPTH or tree.size > MAX_SIZE:
            return False
        return not (edge and tree.mask and not isinstance(self.block.terminator, Jump))

    def _combine(self, args: list[Value], mask: int, position: int) -> _Tree:
        """The tree of an instruction with its waiting operands inside."""
        tree = _Tree(mask, position, position, 1, 1)
        if self.pending:
            for operand in self._taken(args):
                tree.take_in(operand)
        return tree

    def _taken(self, args: list[Value]) -> list[_Tree]:
        """The trees of the operands that wait, and now wait no longer; those that cannot have been flushed."""
        pending = self.pending
        operands = [arg for arg in args if arg in pending]
        if operands and not self._in_order(operands):
            self._flush()
            operands = [arg for arg in args if arg in pending]
        return [pending.pop(arg) for arg in operands]

    def _in_order(self, operands: list[Value]) -> bool:
        """Whether evaluating the operands left to right, now, swaps nothing that must keep its order."""
        if len(self.pending) == 1:
            return True
        impure = [tree for tree in map(self.pending.__getitem__, operands) if tree.mask]
        if not impure:
            return True
        for i, left in enumerate(impure):
            for right in impure[i + 1 :]:
                if left.last > right.first and conflict(left.mask, right.mask):
                    return False
        if len(self.pending) == len(operands):
            return True
        first = min([tree.first for tree in impure])
        mask = 0
        for tree in impure:
            mask |= tree.mask
        others = [tree for value, tree in self.pending.items() if tree.mask and value not in operands]
        return not any(other.last > first and conflict(other.mask, mask) for other in others)

    def _flush(self) -> None:
        """Write all waiting values with effects as statements, in program order."""
        for value in [value for value, tree in self.pending.items() if tree.mask]:
            del self.pending[value]
            self.result.inlined.discard(value.id)
            self.statements.append(value)

    def _finish(self) -> None:
        if not self.pending:
            return
        terminator = self.block.terminator
        compared = counted_from(self.block)
        if compared and compared[0].id in self.result.compared:
            pass  # instead of the index
        elif isinstance(terminator, Switch):  # its index is compared many times: needs a name
            for arg in terminator.args:
                if arg in self.pending:
                    self._flush()
                if arg in self.pending:
                    self.result.inlined.discard(arg.id)
                    del self.pending[arg]
                    self.statements.append(arg)
        self._taken(terminator.args)
        if isinstance(terminator, Jump):
            target = terminator.targets[0]
            index = target.preds.index(self.block)
            phis = [phi for phi in target.phis if self.uses.count.get(phi.id)]  # the others are not written
            self._taken([phi.args[index] for phi in phis])
        self._flush()  # what only values that nothing needs would have read


def operand_leaves(args: Iterable[Value], inlined: set[int]) -> list[Value]:
    """The named values that the expressions of operands read."""
    found: list[Value] = []
    read = list(args)
    for arg in read:
        if arg.id in inlined:
            read += arg.args  # which the loop gets to
        elif arg.op not in CONSTANTS:
            found.append(arg)
    return found
