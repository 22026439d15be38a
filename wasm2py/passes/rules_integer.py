"""Rules for sums, products and quotients of integers."""

from __future__ import annotations

from typing import Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Value
from wasm2py.passes.known import highest
from wasm2py.passes.rewriting import INTEGERS, Rewriter, constant_rule, rule

_DIFFERENCES = frozenset((BY_NAME["i32.sub"], BY_NAME["i64.sub"]))


@rule("add", "mul", "and", "or", "xor", "eq", "ne", needs=INTEGERS)
def _constant_to_the_right(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    left, right = value.args
    if left.op not in INTEGERS or right.op in INTEGERS:
        return None
    value.args = [right, left]
    return value


@constant_rule("add", "sub", "or", "xor", "shl", "shr_u", "shr_s", "rotl", "rotr")
def _nothing_to_do(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    return x if number == 0 else None


@constant_rule("sub")
def _difference_to_sum(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    return r.become(value, f"i{bits}.add", [x, r.constant(value.type, -number)])


@constant_rule("add")
def _sum_of_sum(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    """(y + a) + b, (a - y) + b"""
    inner = x.op.name[4:]
    if inner == "add" and x.args[1].op in INTEGERS:
        total = x.args[1].immediate + number
        if total % (1 << bits) == 0:
            return x.args[0]
        if r.only_use(x):
            return r.become(value, f"i{bits}.add", [x.args[0], r.constant(value.type, total)])
    if inner == "sub" and x.args[0].op in INTEGERS and r.only_use(x):
        return r.become(value, f"i{bits}.sub", [r.constant(value.type, x.args[0].immediate + number), x.args[1]])
    return None


@rule("add", needs=_DIFFERENCES)
def _sum_with_negative(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """x + (0 - y)"""
    for x, y in (value.args, value.args[::-1]):
        if _is_negation(y) and r.only_use(y):
            return r.become(value, f"i{bits}.sub", [x, y.args[1]])
    return None


@rule("sub")
def _difference(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """x - x, x - (0 - y), a - (y + b), (x + y) - y"""
    x, y = value.args
    if x is y:
        return r.become_constant(value, 0)
    if _is_negation(y) and r.only_use(y):
        return r.become(value, f"i{bits}.add", [x, y.args[1]])
    if x.op in INTEGERS and y.op.name == f"i{bits}.add" and y.args[1].op in INTEGERS and r.only_use(y):
        return r.become(value, f"i{bits}.sub", [r.constant(value.type, x.immediate - y.args[1].immediate), y.args[0]])
    if x.op.name == f"i{bits}.add" and y in x.args:
        return x.args[1 if x.args[0] is y else 0]
    return None


def _is_negation(value: Value) -> bool:
    return value.op in _DIFFERENCES and value.args[0].op in INTEGERS and value.args[0].immediate == 0


@constant_rule("mul")
def _product(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    if number == 0:
        return r.become_constant(value, 0)
    if number == 1:
        return x
    if number == (1 << bits) - 1:
        return r.become(value, f"i{bits}.sub", [r.constant(value.type, 0), x])
    if number & number - 1 == 0:
        return r.become(value, f"i{bits}.shl", [x, r.constant(value.type, number.bit_length() - 1)])
    if x.op.name == f"i{bits}.mul" and x.args[1].op in INTEGERS and r.only_use(x):
        return r.become(value, f"i{bits}.mul", [x.args[0], r.constant(value.type, x.args[1].immediate * number)])
    return None


@constant_rule("div_u", "div_s")
def _quotient(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    if number == 1:
        return x
    if _is_power(number, bits) and (value.op.name.endswith("u") or highest(x) < 1 << bits - 1):
        return r.become(value, f"i{bits}.shr_u", [x, r.constant(value.type, number.bit_length() - 1)])
    return None


@constant_rule("rem_u", "rem_s")
def _remainder(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    if number == 1:
        return r.become_constant(value, 0)
    if _is_power(number, bits) and (value.op.name.endswith("u") or highest(x) < 1 << bits - 1):
        return r.become(value, f"i{bits}.and", [x, r.constant(value.type, number - 1)])
    return None


def _is_power(number: int, bits: int) -> bool:
    """A power of two that is positive in both readings."""
    return 0 < number < 1 << bits - 1 and number & number - 1 == 0
