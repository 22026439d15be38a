"""Exceptions become edges (spec §4.6.9 "try_table", "throw"; the legacy instructions too).

A call inside a handler's region ends its block with an Invoke, whose landing block jumps to the handler with the
exception. A throw inside the region jumps there itself, or right to where it is caught if the clauses say so. The
handler asks for one tag after the other; what none of them takes goes on to the next region outside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Optional

from wasm2py.instruction import Catch
from wasm2py.ir.control import Frame, branch, enter, fall_through, leave_frame
from wasm2py.ir.graph import (
    CAUGHT,
    HAS_TAG,
    NEW_EXCEPTION,
    NOT_NULL,
    PHI,
    TAG_VALUE,
    Block,
    Branch,
    Invoke,
    Jump,
    Return,
    Throw,
    Value,
)
from wasm2py.types import RefType

if TYPE_CHECKING:
    from wasm2py.ir.builder import Builder

_EXCEPTION = RefType(False, "exn")


class Region:
    """The code whose exceptions one handler gets: the body of a ``try_table``, or of a ``try`` up to its first catch.

    ``catches`` are the clauses of a ``try_table``, those of a ``try`` (None) follow its body. ``frame`` is its
    control frame, ``index`` the index of that. ``handler`` is the block that exceptions jump to, if there are any,
    ``incoming`` the exception from each of its predecessors; ``rest`` where a handler goes on that has not found
    its clause yet.
    """

    __slots__ = ("catches", "caught", "frame", "handler", "incoming", "index", "rest")

    def __init__(self, catches: Optional[tuple[Catch, ...]], index: int, frame: Frame) -> None:
        self.catches = catches
        self.index = index
        self.frame = frame
        self.handler: Optional[Block] = None
        self.incoming: list[Value] = []
        self.caught: Optional[Value] = None
        self.rest: Optional[Block] = None


# -- what throws -----------------------------------------------------------------------------------------------------


def invoke(b: Builder) -> None:
    """The block ends with the call that was just written, which an active region is around."""
    block = b.current()
    normal, landing = b.function.block(), b.function.block()
    block.terminator = Invoke(normal, landing)
    for target in (normal, landing):
        target.preds.append(block)
        b.locals.start(target)
    caught = _add(b, landing, Value(0, CAUGHT, _EXCEPTION, []))
    _throw_to(b, landing, caught, b.regions[-1])
    b.block = normal


def _add(b: Builder, block: Block, like: Value) -> Value:
    value = b.function.value(like.op, like.type, like.args, like.immediate, b.offset)
    block.body.append(value)
    return value


def _throw_to(b: Builder, block: Block, exception: Value, region: Optional[Region]) -> None:
    """End a block with an exception, which goes to the handler of a region or leaves the function (None)."""
    if region is None:
        block.terminator = Throw(exception)
        return
    if region.handler is None:
        region.handler = b.function.block()
    block.terminator = Jump(region.handler)
    region.handler.preds.append(block)
    region.incoming.append(exception)


def _innermost(b: Builder) -> Optional[Region]:
    return b.regions[-1] if b.regions else None


def _throw(b: Builder, tag: int) -> None:
    args = b.pop(len(b.spaces.tag_type(tag).params))
    block, b.block = b.current(), None
    for region in reversed(b.regions):
        clause = _first_match(b, region, tag)
        if clause is None:
            continue
        if clause.tag is None or clause.tag == tag:
            passed = args if clause.tag is not None else []
            if clause.kind.endswith("_ref"):
                passed = [*passed, _new_exception(b, block, tag, args)]
            _go(b, block, len(b.frames) - region.index + clause.label, passed)
        else:
            _throw_to(b, block, _new_exception(b, block, tag, args), region)
        return
    _throw_to(b, block, _new_exception(b, block, tag, args), None)


#: stands for the clauses of a ``try``, which nobody has read yet
_UNKNOWN = Catch("catch", -1, 0)


def _first_match(b: Builder, region: Region, tag: int) -> Optional[Catch]:
    """The first clause that takes a tag, or may do so: two imported tags may be the same one."""
    if region.catches is None:
        return _UNKNOWN
    for clause in region.catches:
        if clause.tag is None or clause.tag == tag or max(clause.tag, tag) < b.spaces.imported_tags:
            return clause
    return None


def _new_exception(b: Builder, block: Block, tag: int, args: list[Value]) -> Value:
    return _add(b, block, Value(0, NEW_EXCEPTION, _EXCEPTION, args, tag))


def _throw_ref(b: Builder, immediate: None) -> None:
    exception = b.stack.pop()
    block, b.block = b.current(), None
    if not (isinstance(exception.type, RefType) and exception.type == _EXCEPTION):
        exception = _add(b, block, Value(0, NOT_NULL, _EXCEPTION, [exception]))
    _throw_to(b, block, exception, _innermost(b))


def _rethrow(b: Builder, depth: int) -> None:
    region = b.frames[-1 - depth].region
    assert region is not None and region.caught is not None
    _throw_to(b, b.current(), region.caught, _innermost(b))
    b.block = None


# -- what catches ----------------------------------------------------------------------------------------------------


def _open(b: Builder, kind: str, blocktype: Any, catches: Optional[tuple[Catch, ...]]) -> None:
    frame = enter(b, kind, blocktype)
    frame.region = Region(catches, len(b.frames) - 1, frame)
    b.regions.append(frame.region)


def _try_table(b: Builder, immediate: tuple[Any, tuple[Catch, ...]]) -> None:
    blocktype, catches = immediate
    _open(b, "try_table", blocktype, catches)


def _try(b: Builder, blocktype: Any) -> None:
    _open(b, "try", blocktype, None)


def _close(b: Builder, region: Region) -> None:
    """The code of the region ends: all ways to its handler are known."""
    if not b.regions or b.regions[-1] is not region:
        return  # it ended before, at the first ``catch``
    b.regions.pop()
    handler = region.rest = region.handler
    if handler is None:
        return
    b.locals.start_join(handler, region.frame.entry, region.frame.assigned)
    if len(region.incoming) == 1:
        region.caught = region.incoming[0]
        return
    region.caught = b.function.value(PHI, _EXCEPTION, region.incoming)
    handler.phis.append(region.caught)
    b.locals.settle(region.caught, handler)


def close_region(b: Builder, region: Region) -> None:
    """At the ``end``, when the frame is closed: the clauses of a ``try_table``, and the way out for the others."""
    _close(b, region)
    for clause in region.catches or ():
        _clause(b, region, clause)
    _pass_on(b, region, _innermost(b))


def _pass_on(b: Builder, region: Region, outer: Optional[Region]) -> None:
    if region.rest is not None:
        assert region.caught is not None
        _throw_to(b, region.rest, region.caught, outer)
        region.rest = None


def _clause(b: Builder, region: Region, clause: Catch) -> None:
    block = _taken(b, region, clause.tag)
    if block is not None:
        assert region.caught is not None
        passed = _values(b, block, region.caught, clause.tag)
        _go(b, block, clause.label, [*passed, region.caught] if clause.kind.endswith("_ref") else passed)


def _taken(b: Builder, region: Region, tag: Optional[int]) -> Optional[Block]:
    """The block for exceptions with a tag (None: any), of those that got as far as here; None if there are none."""
    block = region.rest
    if block is None or tag is None:
        region.rest = None
        return block
    assert region.caught is not None
    test = _add(b, block, Value(0, HAS_TAG, "i32", [region.caught], tag))
    then, rest = b.function.block(), b.function.block()
    block.terminator = Branch(test, then, rest)
    for target in (then, rest):
        target.preds.append(block)
        b.locals.start(target)
    region.rest = rest
    return then


def _values(b: Builder, block: Block, caught: Value, tag: Optional[int]) -> list[Value]:
    types: Sequence[Any] = () if tag is None else b.spaces.tag_type(tag).params
    return [_add(b, block, Value(0, TAG_VALUE, type, [caught], index)) for index, type in enumerate(types)]


def _go(b: Builder, block: Block, depth: int, values: list[Value]) -> None:
    if b.frames[-1 - depth].kind == "func":
        block.terminator = Return(values)
    else:
        block.terminator = Jump(branch(b, block, depth, values))


# -- the clauses of the legacy ``try`` -------------------------------------------------------------------------------


def _catch(b: Builder, tag: Optional[int]) -> None:
    frame = b.frames[-1]
    region = frame.region
    assert region is not None
    fall_through(b, frame)
    _close(b, region)
    del b.stack[frame.height :]
    b.block = _taken(b, region, tag)
    if b.block is not None:
        assert region.caught is not None
        b.stack += _values(b, b.block, region.caught, tag)


def _delegate(b: Builder, depth: int) -> None:
    """The handler of the ``try`` around that label gets the exceptions, or the next one outside of it."""
    region = b.frames[-1].region
    assert region is not None
    leave_frame(b)
    _close(b, region)
    target = len(b.frames) - 1 - depth
    outer = next((each for each in reversed(b.regions) if each.index <= target), None)
    _pass_on(b, region, outer)


EXCEPTION_HANDLERS: dict[str, Callable[[Builder, Any], None]] = {
    "throw": _throw,
    "throw_ref": _throw_ref,
    "rethrow": _rethrow,
    "try_table": _try_table,
    "try": _try,
    "catch": _catch,
    "catch_all": _catch,
    "delegate": _delegate,
}
