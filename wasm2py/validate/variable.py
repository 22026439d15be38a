"""Parametric and variable instructions (spec §3.4.1, §3.4.3)."""

from __future__ import annotations

from wasm2py.errors import ValidationError
from wasm2py.instruction import Opcode
from wasm2py.types import RefType, ValType
from wasm2py.validate.context import lookup
from wasm2py.validate.lattice import BOTTOM, shown
from wasm2py.validate.operands import Operands, mismatch
from wasm2py.validate.registry import CONSTANT_CHECKS, rule


@rule("drop")
def drop(v: Operands, opcode: Opcode, immediate: None) -> None:
    v.pop_any()


@rule("select")
def select(v: Operands, opcode: Opcode, immediate: None) -> None:
    """Without a type, it takes two operands of one number or vector type."""
    v.pop("i32")
    second, first = v.pop_any(), v.pop_any()
    if isinstance(first, RefType) or isinstance(second, RefType):
        raise mismatch("numeric or vector type", shown([first, second]))
    if first != second and BOTTOM not in (first, second):
        raise mismatch("two operands of one type", shown([first, second]))
    v.push(second if first == BOTTOM else first)


@rule("select_t")
def select_t(v: Operands, opcode: Opcode, types: tuple[ValType, ...]) -> None:
    if len(types) != 1:
        raise ValidationError(f"invalid result arity: {len(types)} types, there must be one")
    type = v.context.types.value_type(types[0])
    v.apply([type, type, "i32"], [type])


@rule("local.get")
def local_get(v: Operands, opcode: Opcode, localidx: int) -> None:
    """Locals that have no default value must have been set before (spec §3.4.3)."""
    if localidx >= len(v.locals):
        raise ValidationError(f"unknown local {localidx}")
    type = v.locals[localidx]
    if not isinstance(type, str) and _unset(v, localidx, type):
        raise ValidationError(f"uninitialized local {localidx} of type {type}")
    v.stack.append(type)


@rule("local.set")
def local_set(v: Operands, opcode: Opcode, localidx: int) -> None:
    _assign(v, localidx)


@rule("local.tee")
def local_tee(v: Operands, opcode: Opcode, localidx: int) -> None:
    v.stack.append(_assign(v, localidx))


def _assign(v: Operands, localidx: int) -> ValType:
    """Take the value of a local from the stack; the type of the local."""
    if localidx >= len(v.locals):
        raise ValidationError(f"unknown local {localidx}")
    type = v.locals[localidx]
    v.pop(type)
    if not isinstance(type, str) and _unset(v, localidx, type):
        v.initialised.add(localidx)
        v.inits.append(localidx)
    return type


def _unset(v: Operands, localidx: int, type: RefType) -> bool:
    """Whether a local has no value yet: its type has no null, it is no parameter, and it has not been set."""
    return not type.nullable and localidx >= v.params and localidx not in v.initialised


@rule("global.get")
def global_get(v: Operands, opcode: Opcode, globalidx: int) -> None:
    v.push(lookup(v.context.globals, globalidx, "global").value)


@rule("global.set")
def global_set(v: Operands, opcode: Opcode, globalidx: int) -> None:
    type = lookup(v.context.globals, globalidx, "global")
    if not type.mutable:
        raise ValidationError(f"immutable global {globalidx}")
    v.pop(type.value)


@rule("global.get", table=CONSTANT_CHECKS)
def constant_global_get(v: Operands, opcode: Opcode, globalidx: int) -> None:
    """Immutable globals that come before; only imported ones until 3.0 (spec §3.4.13)."""
    type = lookup(v.context.globals, globalidx, "global")
    if type.mutable:
        raise ValidationError(f"constant expression required, global {globalidx} is mutable")
    if globalidx >= v.context.imported_globals and "gc" not in v.context.features:
        raise ValidationError(f"unknown global {globalidx}: it is not imported, which needs feature gc")
    v.push(type.value)
