"""Tail calls (spec §4.6.10: "return_call"): a function's own become a loop, the others end their block.

before:  return_call 0 v7            after, in function 0:  jump b1 with v7 in place of the parameter
         return_call 1 v7                                   return_call 1 v7; unreachable

What the other function does is not in the handlers around the call: they are left before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Instruction
from wasm2py.ir.graph import Block, Jump, Unreachable, Value
from wasm2py.types import FuncType

if TYPE_CHECKING:
    from wasm2py.ir.builder import Builder

RETURN_CALL = BY_NAME["return_call"]
TAIL_CALLS = frozenset((RETURN_CALL, BY_NAME["return_call_indirect"], BY_NAME["return_call_ref"]))


def calls_itself(body: Iterable[Instruction], index: int) -> bool:
    """Whether a function's body has a tail call of the function itself."""
    return index in [immediate for opcode, immediate, _ in body if opcode is RETURN_CALL]


def other_tail_calls(body: Iterable[Instruction], index: int) -> bool:
    """Whether it has one that may lead to another function."""
    return any(
        opcode in TAIL_CALLS and not (opcode is RETURN_CALL and immediate == index) for opcode, immediate, _ in body
    )


def start_over(b: Builder) -> Block:
    """Begin the loop that the body of a function is when it calls itself."""
    entry = b.current()
    header = b.function.block()
    entry.terminator = Jump(header)
    header.preds.append(entry)
    b.locals.start_loop(header, (1 << len(b.locals.types)) - 1)
    b.block = header
    return header


def _again(b: Builder, header: Block, args: list[Value]) -> None:
    """The arguments become the parameters, all other locals start anew."""
    block = b.current()
    for local, type in enumerate(b.locals.types):
        b.locals.write(block, local, args[local] if local < len(args) else b.locals.zero(type))
    block.terminator = Jump(header)
    header.preds.append(block)
    b.block = None


def _leave(b: Builder, name: str, type: FuncType, operands: int, immediate: Any) -> None:
    b.emit(name, None, b.pop(len(type.params) + operands), immediate)
    b.current().terminator = Unreachable()
    b.block = None


def _return_call(b: Builder, index: int) -> None:
    type = b.spaces.function_type(index)
    if b.start is not None and index == b.function.index and not b.regions:
        _again(b, b.start, b.pop(len(type.params)))
    else:
        _leave(b, "return_call", type, 0, index)


def _return_call_indirect(b: Builder, immediate: tuple[int, int]) -> None:
    _leave(b, "return_call_indirect", b.spaces.func_type(immediate[0]), 1, immediate)


def _return_call_ref(b: Builder, typeidx: int) -> None:
    _leave(b, "return_call_ref", b.spaces.func_type(typeidx), 1, typeidx)


TAIL_CALL_HANDLERS: dict[str, Callable[[Builder, Any], None]] = {
    "return_call": _return_call,
    "return_call_indirect": _return_call_indirect,
    "return_call_ref": _return_call_ref,
}
