"""Rules for comparisons, truth values and ``select``."""

from __future__ import annotations

from typing import Optional

from wasm2py.ir import Value
from wasm2py.passes.known import highest, is_boolean
from wasm2py.passes.rewriting import INTEGERS, Rewriter, constant_rule, rule

_NEGATED = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
_SWAPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_ORDERS = [f"{op}_{sign}" for op in _SWAPPED for sign in "su"]


def _comparison(value: Value) -> Optional[tuple[str, str, str]]:
    """(``i32.``, ``lt``, ``_s``) of a comparison of integers."""
    name = value.op.name
    op, _, sign = name[4:].partition("_")
    if name[0] == "i" and op in _NEGATED:
        return name[:4], op, f"_{sign}" if sign else ""
    return None


@rule("eqz")
def _negation(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """eqz of a test or of a difference"""
    x = value.args[0]
    name = x.op.name
    if name in ("i32.eqz", "i64.eqz"):
        inner = x.args[0]
        if inner.type == "i32" and is_boolean(inner):
            return inner
        return r.become(value, name[:4] + "ne", [inner, r.constant(inner.type, 0)])
    if not r.only_use(x):
        return None
    compared = _comparison(x)
    if compared:
        type, op, sign = compared
        return r.become(value, type + _NEGATED[op] + sign, list(x.args))
    if name[4:] in ("sub", "xor"):
        return r.become(value, f"i{bits}.eq", list(x.args))
    if name[4:] == "add" and x.args[1].op in INTEGERS:
        return r.become(value, f"i{bits}.eq", [x.args[0], r.constant(x.type, -x.args[1].immediate)])
    return None


@constant_rule("eq", "ne")
def _equality(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    """A test for zero; a truth value tested again; (y + a) == b"""
    equal = value.op.name.endswith("eq")
    if number == 0 and equal:
        return r.become(value, f"i{bits}.eqz", [x])
    if is_boolean(x) and number in (0, 1) and x.type == "i32":
        return r.become(value, "i32.eqz", [x]) if equal == (number == 0) else x
    if highest(x) < number:
        return r.become_constant(value, not equal)
    if r.only_use(x) and x.op.name[4:] in ("add", "xor", "sub"):
        return _equality_of_sum(r, value, bits, x, number)
    return None


def _equality_of_sum(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    y, z = x.args
    operation = x.op.name[4:]
    if z.op in INTEGERS:
        other = z.immediate ^ number if operation == "xor" else number - z.immediate
        return r.become(value, value.op.name, [y, r.constant(x.type, other)]) if operation != "sub" else None
    if number == 0 and operation in ("sub", "xor"):
        return r.become(value, value.op.name, [y, z])
    return None


@rule("eq", "ne", *_ORDERS)
def _with_itself(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    if value.args[0] is not value.args[1]:
        return None
    return r.become_constant(value, value.op.name[4:6] in ("eq", "le", "ge"))


@rule(*_ORDERS)
def _order_constant_to_the_right(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    left, right = value.args
    if left.op not in INTEGERS or right.op in INTEGERS:
        return None
    return r.become(value, f"i{bits}.{_SWAPPED[value.op.name[4:6]]}{value.op.name[6:]}", [right, left])


@constant_rule("lt_u", "le_u", "gt_u", "ge_u")
def _order_at_the_end(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    """Unsigned orders that are always or never true, or tests for zero."""
    op, most = value.op.name[4:6], highest(x)
    if op in ("le", "gt"):
        if number == (1 << bits) - 1:
            return r.become_constant(value, op == "le")
        number += 1
    below = op in ("lt", "le")  # x < number, or its opposite
    if number == 0 or most < number:
        return r.become_constant(value, below == (number != 0))
    if number == 1:
        args = [x] if below else [x, r.constant(x.type, 0)]
        return r.become(value, f"i{bits}.{'eqz' if below else 'ne'}", args)
    return None


@constant_rule("i32.and", "i32.xor")
def _lowest_bit(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    """A truth value and 1; its opposite"""
    if number != 1 or not is_boolean(x):
        return None
    return x if value.op.name == "i32.and" else r.become(value, "i32.eqz", [x])


@rule("select", "select_t")
def _select(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """A choice that is made, or between a value and itself, or by a test for zero, or between truth values."""
    then, otherwise, condition = value.args
    if then is otherwise:
        return then
    if condition.op in INTEGERS:
        return then if condition.immediate else otherwise
    if condition.op.name == "i32.eqz":
        return r.become(value, value.op.name, [otherwise, then, condition.args[0]], value.immediate)
    if condition.op.name == "i32.ne" and condition.args[1].op in INTEGERS and condition.args[1].immediate == 0:
        return r.become(value, value.op.name, [then, otherwise, condition.args[0]], value.immediate)
    if value.type == "i32" and then.op in INTEGERS and otherwise.op in INTEGERS:
        return _select_boolean(r, value, then.immediate, otherwise.immediate, condition)
    return None


def _select_boolean(r: Rewriter, value: Value, then: int, otherwise: int, condition: Value) -> Optional[Value]:
    if (then, otherwise) == (0, 1):
        return r.become(value, "i32.eqz", [condition])
    if (then, otherwise) != (1, 0):
        return None
    return condition if is_boolean(condition) else r.become(value, "i32.ne", [condition, r.constant("i32", 0)])
