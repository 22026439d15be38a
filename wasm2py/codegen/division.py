"""Division of integers (spec §4.3.2 ``idiv``, ``irem``) as ``//`` and ``%``.

Wasm rounds signed quotients to zero, and a remainder has the sign of the dividend, where Python rounds down: the two
agree where neither operand is negative, which nearly always holds and is asked first. Python's ZeroDivisionError is
the trap.
"""

from __future__ import annotations

import ast

from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import bits_of, integer
from wasm2py.ir import Value

_ZERO = py.integer(0)


@integer("i32.div_u", "i64.div_u")
def _div_u(e: Expressions, value: Value) -> Held:
    left, right = e.unsigned(value, 0), e.unsigned(value, 1)
    return Held(py.binary(left.node, py.FLOORDIV, right.node), 0, left.high)


@integer("i32.rem_u", "i64.rem_u")
def _rem_u(e: Expressions, value: Value) -> Held:
    left, right = e.unsigned(value, 0), e.unsigned(value, 1)
    return Held(py.binary(left.node, py.MOD, right.node), 0, max(right.high - 1, 0))


@integer("i32.div_s", "i64.div_s", "i32.rem_s", "i64.rem_s")
def _divide_signed(e: Expressions, value: Value) -> Held:
    left, right = e.signed(value, 0), e.signed(value, 1)
    divides = value.op.name.endswith("div_s")
    op: ast.operator = py.FLOORDIV if divides else py.MOD
    low, high = _quotients(left, right, bits_of(value)) if divides else _remainders(left, right)
    if left.low >= 0 and right.low >= 0:
        return Held(py.binary(left.node, op, right.node), low, high)
    if e.divides and right.low >= 0 and e.is_simple(value.args[1]):
        first, again = e.named(left.node)
        negative = ast.UnaryOp(py.NEG, py.binary(ast.UnaryOp(py.NEG, again), op, right.node))
        node = py.choice(py.compare(first, py.GE, _ZERO), py.binary(again, op, right.node), negative)
        return Held(node, low, high)
    helper = f"{value.op.name[:3]}_quotient" if divides else "remainder"
    if not e.divides or left.high < 0 or right.high < 0:
        return Held(e.helper(helper, left.node, right.node), low, high)
    return Held(_by_signs(e, left, op, right, helper), low, high)


def _by_signs(e: Expressions, left: Held, op: ast.operator, right: Held, helper: str) -> ast.expr:
    """Python's own operation where no operand is negative, a helper of the runtime otherwise."""
    (first, x), (second, y) = e.named(left.node), e.named(right.node)
    if first is x and left.low >= 0:
        test: ast.expr = py.compare(second, py.GE, _ZERO)
    elif second is y:
        test = ast.Compare(first, [py.GE, py.LE], [_ZERO, y])
    else:  # both are to be evaluated, whatever the first is
        test = py.compare(py.binary(first, py.OR, second), py.GE, _ZERO)
    return py.choice(test, py.binary(x, op, y), e.helper(helper, x, y))


def _quotients(left: Held, right: Held, bits: int) -> tuple[int, int]:
    if right.low >= 0:
        least = max(right.low, 1)
        return min(-(-left.low // least), 0), max(left.high // least, 0)
    far = max(-left.low, left.high)
    return -far, min(far, (1 << bits - 1) - 1)


def _remainders(left: Held, right: Held) -> tuple[int, int]:
    far = max(-right.low, right.high, 1) - 1
    return max(-far, min(left.low, 0)), min(far, max(left.high, 0))
