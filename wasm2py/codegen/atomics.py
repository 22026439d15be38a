"""Atomic memory instructions (threads proposal).

They are calls of functions that the runtime makes for each memory: only it knows what keeps other threads out (see
``wasm2py_runtime.atomics``). A load from an address that is surely aligned needs nothing of the kind: it is a subscript
like any other. What orders them is the instruction table, by which every one of them reads and writes.
"""

from __future__ import annotations

import ast
from math import gcd

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.memory import address, element
from wasm2py.codegen.registry import integer, statement
from wasm2py.instruction import Opcode
from wasm2py.ir import Value

_ATOMIC = [op for op in BY_NAME.values() if op.access is not None and op.access.atomic]


def operation(opcode: Opcode) -> str:
    """``add`` of ``i32.atomic.rmw8.add_u``, ``wait`` of ``memory.atomic.wait32``."""
    return opcode.name.removesuffix("_u").rpartition(".")[2].rstrip("0123456789")


def _view(opcode: Opcode) -> str:
    assert opcode.access is not None
    return f"u{8 * opcode.access.width}"


def _call(e: Expressions, value: Value) -> ast.expr:
    function = e.cell(e.cells.atomic(value.immediate.memory, _view(value.op), operation(value.op)))
    operands = [e.unsigned(value, index).node for index in range(1, len(value.args))]
    return py.call(function, [address(e, value), *operands])


def _is_aligned(e: Expressions, value: Value) -> bool:
    """Whether the address is known to be a multiple of the width."""
    assert value.op.access is not None
    base = value.args[0]
    low, _, stride = (base.immediate, 0, 0) if base.is_const else e.ranges.operand(value, 0)
    return gcd(low, stride, value.immediate.offset) % value.op.access.width == 0


def _high(opcode: Opcode) -> int:
    """The largest number that the instruction gives."""
    assert opcode.access is not None
    if operation(opcode) == "wait":
        return 2
    return (1 << (32 if operation(opcode) == "notify" else 8 * opcode.access.width)) - 1


@integer(*[op.name for op in _ATOMIC if op.access and op.access.results])
def _update(e: Expressions, value: Value) -> Held:
    if operation(value.op) == "load" and _is_aligned(e, value):
        return Held(element(e, value, _view(value.op)), 0, _high(value.op))
    return Held(_call(e, value), 0, _high(value.op))


@statement(*[op.name for op in _ATOMIC if op.access and op.access.store])
def _store(e: Expressions, value: Value) -> list[ast.stmt]:
    return [ast.Expr(_call(e, value))]


@statement("atomic.fence")
def _fence(e: Expressions, value: Value) -> list[ast.stmt]:
    """Python executes in order; the fence has kept everything in its place until here."""
    return []
