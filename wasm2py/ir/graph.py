"""Values, blocks and terminators of the IR.

A function is a graph of blocks. A block holds phis (values chosen by the edge that was taken), a body of values in
program order, and one terminator. A value is the result of an instruction of the table, or of one of the few rows
below that only the IR has. i32 and i64 constants are held unsigned, float constants as their bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Opcode
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.types import FuncType, RefType, ValType

#: a parameter of the function; the immediate is its index
PARAM = Opcode("param", -1)
#: one operand a predecessor, in the order of ``block.preds``
PHI = Opcode("phi", -2)
#: the n-th result of a multi-value call; the immediate is n
RESULT = Opcode("result", -3)
#: the exception that the landing block of an Invoke was entered with
CAUGHT = Opcode("caught", -4)
#: whether an exception has a tag, whose index is the immediate
HAS_TAG = Opcode("has_tag", -5)
#: the n-th value of an exception; the immediate is n
TAG_VALUE = Opcode("tag_value", -6)
#: a new exception with a tag, whose index is the immediate, and the operands as its values
NEW_EXCEPTION = Opcode("new_exception", -7)
#: an exnref that is not null; traps if it is
NOT_NULL = Opcode("not_null_exception", -8, traps=True)


class Value:
    """One SSA value, or an instruction without a result (``type`` is None).

    ``local`` is the wasm local that the value was first stored to, for naming only. ``forward`` leads from a value
    that was replaced to the one that stands in for it.
    """

    __slots__ = ("args", "forward", "id", "immediate", "local", "offset", "op", "type")

    def __init__(
        self, id: int, op: Opcode, type: Optional[ValType], args: list[Value], immediate: Any = None, offset: int = 0
    ) -> None:
        self.id = id
        self.op = op
        self.type = type
        self.args = args
        self.immediate = immediate
        self.offset = offset
        self.local: Optional[int] = None
        self.forward: Optional[Value] = None

    def resolve(self) -> Value:
        """The value that stands for this one after replacements."""
        value = self
        while value.forward is not None:
            value = value.forward
        if self.forward is not None and self.forward is not value:
            self.forward = value  # shorten the way for the next one
        return value

    @property
    def is_const(self) -> bool:
        return self.op in CONSTANTS

    def __repr__(self) -> str:
        return f"v{self.id}"


def is_nullable(value: Value) -> bool:
    """Whether a reference may be null as far as its type says."""
    return not isinstance(value.type, RefType) or value.type.nullable


CONST_OPS = frozenset(("i32.const", "i64.const", "f32.const", "f64.const", "v128.const", "ref.null"))
CONSTANTS = frozenset(BY_NAME[name] for name in CONST_OPS)


def resolve(args: list[Value]) -> None:
    """Take what stands in for the operands, in place."""
    for index, arg in enumerate(args):
        if arg.forward is not None:
            args[index] = arg.resolve()


def resolve_all(values: list[Value]) -> None:
    """The same for the operands of values."""
    for value in values:
        args = value.args
        for arg in args:
            if arg.forward is not None:
                resolve(args)
                break


class Terminator:
    """How control leaves a block: ``args`` are the values it reads, ``targets`` the blocks it may go to."""

    __slots__ = ("args", "targets")

    def __init__(self, args: Sequence[Value], targets: Sequence[Block]) -> None:
        self.args = list(args)
        self.targets = list(targets)

    def successors(self) -> list[Block]:
        """The distinct targets, in order: not to be changed."""
        targets = self.targets
        if len(targets) < 2 or (len(targets) == 2 and targets[0] is not targets[1]):  # nearly always
            return targets
        return list(dict.fromkeys(targets))


class Jump(Terminator):
    __slots__ = ()

    def __init__(self, target: Block) -> None:
        self.args = []
        self.targets = [target]


class Branch(Terminator):
    """To ``targets[0]`` if the i32 condition is not zero, else to ``targets[1]``."""

    __slots__ = ()

    def __init__(self, condition: Value, then: Block, otherwise: Block) -> None:
        self.args = [condition]
        self.targets = [then, otherwise]


class Switch(Terminator):
    """br_table: to ``targets[index]``, or to the last target if the index is beyond the others."""

    __slots__ = ()

    def __init__(self, index: Value, targets: Sequence[Block]) -> None:
        super().__init__((index,), targets)


class Return(Terminator):
    __slots__ = ()

    def __init__(self, values: Iterable[Value]) -> None:
        super().__init__(list(values), ())


class Unreachable(Terminator):
    """The ``unreachable`` instruction: a trap."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__((), ())


class Invoke(Terminator):
    """The block ends with a call: to ``targets[0]`` if it returns, to ``targets[1]``, the landing, if it throws.

    The landing block has no other way in unless it ignores the exception. The results of the call exist only where
    the call returned.
    """

    __slots__ = ()

    def __init__(self, normal: Block, landing: Block) -> None:
        super().__init__((), (normal, landing))


class Throw(Terminator):
    """An exception leaves the function. One that is caught in the function jumps to its handler."""

    __slots__ = ()

    def __init__(self, exception: Value) -> None:
        super().__init__((exception,), ())


class Block:
    __slots__ = ("body", "id", "phis", "preds", "terminator")

    def __init__(self, id: int) -> None:
        self.id = id
        self.phis: list[Value] = []
        self.body: list[Value] = []
        self.preds: list[Block] = []
        self.terminator: Terminator = _OPEN

    def successors(self) -> list[Block]:
        return self.terminator.successors()

    def invoked(self) -> Optional[Value]:
        """The call that an Invoke at the end of the block is about."""
        if not isinstance(self.terminator, Invoke):
            return None
        return next(value for value in reversed(self.body) if value.op is not RESULT)

    def __repr__(self) -> str:
        return f"b{self.id}"


#: terminator of a block that is still being built
_OPEN = Terminator((), ())


class Function:
    """The IR of one function: ``blocks[0]`` is the entry, which has no predecessors."""

    __slots__ = ("blocks", "index", "name", "next_block", "next_id", "params", "spaces", "type")

    def __init__(self, spaces: IndexSpaces, index: int, name: str, type: FuncType) -> None:
        self.spaces = spaces
        self.index = index
        self.name = name
        self.type = type
        self.params: list[Value] = []
        self.blocks: list[Block] = []
        self.next_id = 0
        self.next_block = 0

    def value(
        self, op: Opcode, type: Optional[ValType], args: list[Value], immediate: Any = None, offset: int = 0
    ) -> Value:
        """A new value of this function, not yet in any block."""
        id = self.next_id
        self.next_id = id + 1
        return Value(id, op, type, args, immediate, offset)

    def dissolve(self) -> None:
        """Take the graph apart when it is not needed any more: without circles it need not wait for the collector."""
        for block in self.blocks:
            for phi in block.phis:
                phi.args = []
            block.preds = []
            block.terminator = _OPEN

    def block(self) -> Block:
        """A new block at the end of ``blocks``."""
        block = Block(self.next_block)
        self.next_block += 1
        self.blocks.append(block)
        return block
