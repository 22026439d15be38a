"""Structured control instructions become blocks and edges (spec §4.6.9).

A forward label gets its block when something branches to it; a function-level label becomes a return block of its
own for each branch, which structures better than one shared exit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Instruction
from wasm2py.ir.graph import PHI, Block, Branch, Jump, Return, Switch, Unreachable, Value
from wasm2py.types import FuncType, RefType

if TYPE_CHECKING:
    from wasm2py.ir.builder import Builder
    from wasm2py.ir.exceptions import Region


#: the instructions that an ``end`` belongs to (or, for ``try``, a ``delegate``)
OPENERS = frozenset(("block", "loop", "if", "try_table", "try"))
_ASSIGNS = frozenset((BY_NAME["local.set"], BY_NAME["local.tee"]))
_OPENS = frozenset(map(BY_NAME.__getitem__, OPENERS))
_CLOSES = frozenset((BY_NAME["end"], BY_NAME["delegate"]))
#: what ``assigned_within`` looks at
NOTED = _ASSIGNS | _OPENS | _CLOSES


class Frame:
    """An open ``block``, ``loop``, ``if``, ``try_table``, ``try`` or the function body itself.

    ``target`` is where a branch to it goes (None: nothing does so yet); ``incoming`` holds the values each edge to
    a forward target passes, in the order of its predecessors. ``entry`` is the block in which it was opened,
    ``assigned`` the bit mask of the locals that are assigned in it. ``region`` is the code in it that a handler is for.
    """

    __slots__ = (
        "assigned",
        "entry",
        "header_phis",
        "height",
        "incoming",
        "kind",
        "otherwise",
        "params",
        "region",
        "target",
        "type",
    )

    def __init__(self, kind: str, height: int, type: FuncType) -> None:
        self.kind = kind
        self.height = height
        self.type = type
        self.target: Optional[Block] = None
        self.incoming: list[list[Value]] = []
        self.header_phis: list[Value] = []
        self.otherwise: Optional[Block] = None
        self.params: list[Value] = []
        self.entry: Optional[Block] = None
        self.assigned = -1
        self.region: Optional[Region] = None

    @property
    def label_arity(self) -> int:
        return len(self.type.params if self.kind == "loop" else self.type.results)


def assigned_within(body: Sequence[Instruction]) -> dict[int, int]:
    """Offset of each instruction that opens a frame -> bit mask of the locals that are assigned within it."""
    masks: dict[int, int] = {}
    open_: list[tuple[int, int]] = []
    current = 0
    for opcode, immediate, offset in body:
        if opcode in _ASSIGNS:
            current |= 1 << immediate
        elif opcode in _OPENS:
            open_.append((offset, current))
            current = 0
        elif opcode in _CLOSES and open_:
            start, outer = open_.pop()
            masks[start] = current
            current |= outer
    return masks


def _edge(source: Block, target: Block) -> None:
    if source not in target.preds:
        target.preds.append(source)


def branch(b: Builder, source: Block, depth: int, values: list[Value]) -> Block:
    """Add the edge for a branch out of ``source`` that passes ``values``; the block it goes to."""
    frame = b.frames[-1 - depth]
    if frame.kind == "func":
        exit_block = b.function.block()
        exit_block.terminator = Return(values)
        _edge(source, exit_block)
        b.locals.start(exit_block)
        return exit_block
    if frame.target is None:
        frame.target = b.function.block()
    if source not in frame.target.preds:
        frame.target.preds.append(source)
        if frame.kind == "loop":
            for phi, value in zip(frame.header_phis, values):
                phi.args.append(value)
        else:
            frame.incoming.append(values)
    return frame.target


def _top(b: Builder, depth: int) -> list[Value]:
    """The values that a branch to ``depth`` would pass; they stay on the stack."""
    arity = b.frames[-1 - depth].label_arity
    return b.stack[-arity:] if arity else []


def enter(b: Builder, kind: str, immediate: Any) -> Frame:
    type = b.spaces.block_type(immediate)
    frame = Frame(kind, len(b.stack) - len(type.params), type)
    frame.entry, frame.assigned = b.block, b.assigned[b.offset]
    b.frames.append(frame)
    return frame


def _block(b: Builder, immediate: Any) -> None:
    enter(b, "block", immediate)


def _loop(b: Builder, immediate: Any) -> None:
    frame = enter(b, "loop", immediate)
    before = b.current()
    header = frame.target = b.function.block()
    before.terminator = Jump(header)
    header.preds.append(before)
    b.locals.start_loop(header, frame.assigned)
    for i, type in enumerate(frame.type.params):
        phi = b.function.value(PHI, type, [b.stack[frame.height + i]])
        frame.header_phis.append(phi)
        header.phis.append(phi)
        b.stack[frame.height + i] = phi
    b.block = header


def _if(b: Builder, immediate: Any) -> None:
    condition = b.stack.pop()
    frame = enter(b, "if", immediate)
    source = b.current()
    then, frame.otherwise = b.function.block(), b.function.block()
    source.terminator = Branch(condition, then, frame.otherwise)
    for block in (then, frame.otherwise):
        block.preds.append(source)
        b.locals.start_after(block, source)
    frame.params = b.stack[frame.height :]
    b.block = then


def _else(b: Builder, immediate: None) -> None:
    frame = b.frames[-1]
    fall_through(b, frame)
    b.stack[frame.height :] = frame.params
    b.block, frame.otherwise = frame.otherwise, None


def fall_through(b: Builder, frame: Frame) -> None:
    """From the end of an arm to the end of the frame."""
    if b.block is not None:
        b.block.terminator = Jump(branch(b, b.block, 0, _results(b, frame)))


def _results(b: Builder, frame: Frame) -> list[Value]:
    arity = len(frame.type.results)
    return b.stack[-arity:] if arity else []


def _end(b: Builder, immediate: None) -> None:
    if b.frames[-1].kind == "func":
        if b.block is not None:
            b.leave()
        return
    region = b.frames[-1].region
    leave_frame(b)
    if region is not None:
        b.close_region(region)


def leave_frame(b: Builder) -> None:
    """Go on behind a frame that is complete, with its results on the stack."""
    frame = b.frames[-1]
    if frame.otherwise is not None:  # an `if` without `else`: the false edge passes the parameters
        _else(b, None)
    if frame.kind == "loop":
        _close_loop(b, frame)
    elif frame.target is not None:
        fall_through(b, frame)
        _join(b, frame)
    b.frames.pop()
    if b.block is None:
        del b.stack[frame.height :]


def _close_loop(b: Builder, frame: Frame) -> None:
    assert frame.target is not None
    b.locals.close_loop(frame.target)
    for phi in frame.header_phis:
        b.locals.settle(phi, frame.target)


def _join(b: Builder, frame: Frame) -> None:
    """Go on at the label's block, with one phi a result where the edges differ."""
    target = frame.target
    assert target is not None
    b.locals.start_join(target, frame.entry, frame.assigned)
    del b.stack[frame.height :]
    for i, type in enumerate(frame.type.results):
        operands = [values[i].resolve() for values in frame.incoming]
        if all(operand is operands[0] for operand in operands):
            b.stack.append(operands[0])
            continue
        phi = b.function.value(PHI, type, operands)
        target.phis.append(phi)
        b.locals.settle(phi, target)
        b.stack.append(phi)
    b.block = target


def _br(b: Builder, depth: int) -> None:
    source = b.current()
    values = _top(b, depth)
    if b.frames[-1 - depth].kind == "func":
        source.terminator = Return(values)
    else:
        source.terminator = Jump(branch(b, source, depth, values))
    b.block = None


def _br_if(b: Builder, depth: int) -> None:
    condition = b.stack.pop()
    source = b.current()
    target = branch(b, source, depth, _top(b, depth))
    rest = b.function.block()
    rest.preds.append(source)
    source.terminator = Branch(condition, target, rest)
    b.locals.start_after(rest, source)
    b.block = rest


def _br_on(b: Builder, test: str, ref: Value, depth: int, immediate: Any = None, *, negated: bool, keep: bool) -> None:
    """Branch if the test of a reference gives 1, or if ``negated`` 0. ``keep``: who branches takes the reference."""
    b.emit(test, "i32", [ref], immediate)
    if negated:
        b.emit("i32.eqz", "i32", b.pop(1))
    [condition] = b.pop(1)
    if keep:
        b.stack.append(ref)
    b.stack.append(condition)
    _br_if(b, depth)


def _br_on_null(b: Builder, depth: int) -> None:
    ref = b.stack.pop()
    _br_on(b, "ref.is_null", ref, depth, negated=False, keep=False)
    b.stack.append(ref)


def _br_on_non_null(b: Builder, depth: int) -> None:
    _br_on(b, "ref.is_null", b.stack.pop(), depth, negated=True, keep=True)
    b.stack.pop()


def _br_on_cast(b: Builder, immediate: tuple[int, RefType, RefType], negated: bool = False) -> None:
    depth, _, wanted = immediate
    test = "ref.test_null" if wanted.nullable else "ref.test"
    _br_on(b, test, b.stack.pop(), depth, wanted.heap, negated=negated, keep=True)


def _br_on_cast_fail(b: Builder, immediate: tuple[int, RefType, RefType]) -> None:
    _br_on_cast(b, immediate, negated=True)


def _br_table(b: Builder, immediate: tuple[tuple[int, ...], int]) -> None:
    labels, default = immediate
    index = b.stack.pop()
    source = b.current()
    blocks: dict[int, Block] = {}
    for depth in (*labels, default):
        if depth not in blocks:
            blocks[depth] = branch(b, source, depth, _top(b, depth))
    source.terminator = Switch(index, [blocks[depth] for depth in (*labels, default)])
    b.block = None


def _return(b: Builder, immediate: None) -> None:
    b.leave()


def _unreachable(b: Builder, immediate: None) -> None:
    b.current().terminator = Unreachable()
    b.block = None


CONTROL_HANDLERS: dict[str, Callable[[Builder, Any], None]] = {
    "block": _block,
    "loop": _loop,
    "if": _if,
    "else": _else,
    "end": _end,
    "br": _br,
    "br_if": _br_if,
    "br_table": _br_table,
    "br_on_null": _br_on_null,
    "br_on_non_null": _br_on_non_null,
    "br_on_cast": _br_on_cast,
    "br_on_cast_fail": _br_on_cast_fail,
    "return": _return,
    "unreachable": _unreachable,
}
