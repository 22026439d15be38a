"""Which function writes the Python of which instruction.

An emitter gets the expressions of the function that is being written and the value, and gives a Held (integers) or
an AST expression (floats, references). Effects without a result are statements.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from wasm2py.codegen.held import Held
from wasm2py.instruction import Opcode
from wasm2py.ir import Value

if TYPE_CHECKING:
    from wasm2py.codegen.expressions import Expressions

IntegerEmitter = Callable[["Expressions", Value], Held]
ObjectEmitter = Callable[["Expressions", Value], ast.expr]
StatementEmitter = Callable[["Expressions", Value], list[ast.stmt]]

INTEGER: dict[str, IntegerEmitter] = {}
OBJECT: dict[str, ObjectEmitter] = {}
STATEMENT: dict[str, StatementEmitter] = {}
#: the results of f32 instructions before they are rounded
DOUBLE: dict[str, ObjectEmitter] = {}

E = TypeVar("E", IntegerEmitter, ObjectEmitter, StatementEmitter)


def integer(*names: str) -> Callable[[IntegerEmitter], IntegerEmitter]:
    """Register an emitter of instructions with an i32 or i64 result."""
    return _register(INTEGER, names)


def obj(*names: str) -> Callable[[ObjectEmitter], ObjectEmitter]:
    """Register an emitter of instructions with a float or reference result."""
    return _register(OBJECT, names)


def double(*names: str) -> Callable[[ObjectEmitter], ObjectEmitter]:
    """Register an emitter of what an f32 instruction computes in double precision."""
    return _register(DOUBLE, names)


def statement(*names: str) -> Callable[[StatementEmitter], StatementEmitter]:
    """Register an emitter of instructions without a result."""
    return _register(STATEMENT, names)


def _register(table: dict[str, E], names: tuple[str, ...]) -> Callable[[E], E]:
    def register(emitter: E) -> E:
        for each in names:
            assert each not in table, each
            table[each] = emitter
        return emitter

    return register


def bits_of(value: Value) -> int:
    """The width of the operands of ``i32.…`` and ``i64.…`` instructions."""
    return _BITS[value.op]


class _Bits(dict[Opcode, int]):
    """By opcode, looked up once."""

    def __missing__(self, op: Opcode) -> int:
        bits = self[op] = 32 if op.name.startswith("i32") else 64
        return bits


_BITS = _Bits()
