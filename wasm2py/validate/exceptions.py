"""Exception handling (spec §3.4.2), and its first version (the "legacy" part of the proposal)."""

from __future__ import annotations

from typing import Any, Final

from wasm2py.errors import ValidationError
from wasm2py.instruction import Catch, Opcode
from wasm2py.types import ValType
from wasm2py.validate.context import lookup
from wasm2py.validate.control import block
from wasm2py.validate.implementation_limits import MAX_LABELS, at_most
from wasm2py.validate.lattice import ABSTRACT, shown
from wasm2py.validate.operands import Operands, mismatch
from wasm2py.validate.registry import rule

_EXCEPTION: Final = ABSTRACT[False, "exn"]
_EXNREF: Final = ABSTRACT[True, "exn"]


def _tag_params(v: Operands, tagidx: int) -> list[ValType]:
    """The types of the values that an exception with this tag carries."""
    return lookup(v.context.tags, tagidx, "tag").params


@rule("throw")
def throw(v: Operands, opcode: Opcode, tagidx: int) -> None:
    v.apply(_tag_params(v, tagidx), [])
    v.end_of_code()


@rule("throw_ref")
def throw_ref(v: Operands, opcode: Opcode, immediate: None) -> None:
    v.pop(_EXNREF)
    v.end_of_code()


@rule("try_table")
def try_table(v: Operands, opcode: Opcode, immediate: tuple[Any, tuple[Catch, ...]]) -> None:
    """The labels of the clauses are counted from outside of the block."""
    blocktype, catches = immediate
    at_most(MAX_LABELS, len(catches), "catch clauses")
    # A set, because one clause written often must not cost more than its bytes.
    for catch in set(catches):
        _check_catch(v, catch)
    block(v, opcode, blocktype)


def _check_catch(v: Operands, catch: Catch) -> None:
    """The values that a clause passes match its label (spec §3.4.2, "Catch Clauses")."""
    passed = [] if catch.tag is None else _tag_params(v, catch.tag)
    passed = [*passed, _EXCEPTION] if catch.kind.endswith("_ref") else passed
    label = v.label(catch.label)
    if not v.context.types.all_match(passed, label):
        raise mismatch(shown(label), shown(passed), "label", f"{catch.kind} clause")


# The first version: `try … catch … end` with the handlers as parts of the block


@rule("try")
def try_(v: Operands, opcode: Opcode, blocktype: Any) -> None:
    block(v, opcode, blocktype)


@rule("catch")
def catch(v: Operands, opcode: Opcode, tagidx: int) -> None:
    """The handler begins with the values of the exception."""
    params = _tag_params(v, tagidx)
    _next_part(v, "catch", params)


@rule("catch_all")
def catch_all(v: Operands, opcode: Opcode, immediate: None) -> None:
    _next_part(v, "catch_all", [])


def _next_part(v: Operands, kind: str, params: list[ValType]) -> None:
    """Close the part before and begin the handler, with the same results."""
    if v.frame.kind not in ("try", "catch"):
        raise ValidationError(f"{kind} without try")
    frame = v.leave()
    v.enter(kind, params, frame.results)


@rule("delegate")
def delegate(v: Operands, opcode: Opcode, label: int) -> None:
    """Ends a ``try``; what the block throws is handled at a label that is counted from outside of it."""
    if v.frame.kind != "try":
        raise ValidationError("delegate without try")
    frame = v.leave()
    v.target(label)
    v.frame = v.frames[-1]
    v.give(frame.results)


@rule("rethrow")
def rethrow(v: Operands, opcode: Opcode, label: int) -> None:
    if v.target(label).kind not in ("catch", "catch_all"):
        raise ValidationError(f"invalid rethrow label {label}: it is not a handler's")
    v.end_of_code()
