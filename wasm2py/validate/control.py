"""Control instructions (spec §3.4.2 "Control Instructions")."""

from __future__ import annotations

from typing import Any

from wasm2py.errors import ValidationError
from wasm2py.instruction import Opcode
from wasm2py.types import FUNCREF, ValType
from wasm2py.validate.context import lookup
from wasm2py.validate.implementation_limits import MAX_LABELS, at_most
from wasm2py.validate.lattice import shown
from wasm2py.validate.operands import Operands, mismatch
from wasm2py.validate.registry import rule
from wasm2py.validate.typespace import Signature


@rule("unreachable")
def unreachable(v: Operands, opcode: Opcode, immediate: None) -> None:
    v.end_of_code()


@rule("block", "loop")
def block(v: Operands, opcode: Opcode, immediate: Any) -> None:
    params, results = v.context.types.block_type(immediate)
    if params:
        v.apply(params, [])
    v.enter(opcode.name, params, results)


@rule("if")
def if_(v: Operands, opcode: Opcode, immediate: Any) -> None:
    params, results = v.context.types.block_type(immediate)
    v.pop("i32")
    v.apply(params, [])
    v.enter("if", params, results)


@rule("else")
def else_(v: Operands, opcode: Opcode, immediate: None) -> None:
    if v.frame.kind != "if":
        raise ValidationError("else without if")
    frame = v.leave()
    v.enter("else", frame.params, frame.results)


@rule("end")
def end(v: Operands, opcode: Opcode, immediate: None) -> None:
    if not v.frames:
        raise ValidationError("end without a block")
    frame = v.leave()
    # Without `else`, an `if` that is not taken passes its parameters on.
    if frame.kind == "if" and not v.context.types.all_match(frame.params, frame.results):
        raise mismatch(shown(frame.results), shown(frame.params), "if without else", "the empty else")
    if v.frames:
        v.frame = v.frames[-1]
    v.give(frame.results)


@rule("br")
def br(v: Operands, opcode: Opcode, label: int) -> None:
    v.apply(v.label(label), [])
    v.end_of_code()


@rule("br_if")
def br_if(v: Operands, opcode: Opcode, label: int) -> None:
    types = v.label(label)
    v.pop("i32")
    v.apply(types, types)


@rule("br_table")
def br_table(v: Operands, opcode: Opcode, immediate: tuple[tuple[int, ...], int]) -> None:
    """All targets take the same number of operands, each with types of its own that the operands match."""
    labels, default = immediate
    at_most(MAX_LABELS, len(labels), "labels of br_table")
    v.pop("i32")
    wanted = v.label(default)
    operands = v.top(wanted)
    distinct = {id(types): types for types in (wanted, *map(v.label, set(labels)))}
    for types in distinct.values():
        if len(types) != len(wanted):
            raise mismatch(shown(types), shown(wanted), "label", "the default label")
        v.check(operands, types)
    v.end_of_code()


@rule("return")
def return_(v: Operands, opcode: Opcode, immediate: None) -> None:
    v.apply(v.results, [])
    v.end_of_code()


def _call(v: Operands, signature: Signature) -> None:
    params, results = signature
    if len(results) > 1:
        v.apply(params, [])
        v.give(results)
    else:
        v.apply(params, results)


@rule("call")
def call(v: Operands, opcode: Opcode, funcidx: int) -> None:
    _call(v, lookup(v.context.signatures, funcidx, "function"))


@rule("call_indirect")
def call_indirect(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    _call(v, _through_table(v, *immediate))


@rule("call_ref")
def call_ref(v: Operands, opcode: Opcode, typeidx: int) -> None:
    _call(v, _through_reference(v, typeidx))


@rule("return_call")
def return_call(v: Operands, opcode: Opcode, funcidx: int) -> None:
    _tail_call(v, lookup(v.context.signatures, funcidx, "function"))


@rule("return_call_indirect")
def return_call_indirect(v: Operands, opcode: Opcode, immediate: tuple[int, int]) -> None:
    _tail_call(v, _through_table(v, *immediate))


@rule("return_call_ref")
def return_call_ref(v: Operands, opcode: Opcode, typeidx: int) -> None:
    _tail_call(v, _through_reference(v, typeidx))


def _through_table(v: Operands, typeidx: int, tableidx: int) -> Signature:
    """Take the index of a function in a table; the function's type."""
    table = lookup(v.context.tables, tableidx, "table")
    signature = v.context.types.function(typeidx)
    if not v.context.types.matches(table.element, FUNCREF):
        raise mismatch("table of function type", f"element type {table.element}", where="table")
    v.pop(table.index_type)
    return signature


def _through_reference(v: Operands, typeidx: int) -> Signature:
    """Take a reference to a function; the function's type."""
    types = v.context.types
    signature = types.function(typeidx)
    v.pop(types.reference(True, typeidx))
    return signature


def _tail_call(v: Operands, signature: Signature) -> None:
    """The callee returns to our caller (spec §3.4.2, "return_call")."""
    params, results = signature
    if not v.context.types.all_match(results, v.results):
        raise _tail_mismatch(v.results, results)
    v.apply(params, [])
    v.end_of_code()


def _tail_mismatch(wanted: list[ValType], got: list[ValType]) -> ValidationError:
    return ValidationError(
        f"type mismatch: current function requires result type {shown(wanted)} but callee returns {shown(got)}"
    )
