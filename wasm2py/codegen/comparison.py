"""Comparisons (spec §4.3.2, §4.3.3), ``select``, ``ref.is_null``: Python conditions, 1 or 0 where a number is due."""

from __future__ import annotations

import ast

from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import bits_of, integer, obj
from wasm2py.ir import Value

_OPS: dict[str, ast.cmpop] = {"eq": py.EQ, "ne": py.NE, "lt": py.LT, "le": py.LE, "gt": py.GT, "ge": py.GE}
_SWAPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


@integer("i32.eqz", "i64.eqz")
def _eqz(e: Expressions, value: Value) -> Held:
    operand = e.held(value, 0)
    if operand.test is not None:
        return forms.condition(py.negation(operand.test))
    return forms.condition(py.compare(forms.zero_if_zero(operand, bits_of(value)).node, py.EQ, py.integer(0)))


@integer("i32.eq", "i32.ne", "i64.eq", "i64.ne")
def _equality(e: Expressions, value: Value) -> Held:
    bits = bits_of(value)
    left, right = e.held(value, 0), e.held(value, 1)
    if max(left.high - right.low, right.high - left.low) >= 1 << bits:  # equal residues may be different numbers
        left, right = forms.unsigned(left, bits, likely=True), forms.unsigned(right, bits, likely=True)
    return forms.condition(py.compare(left.node, _OPS[value.op.name[4:]], right.node))


@integer(*[f"i{bits}.{op}_u" for bits in (32, 64) for op in ("lt", "le", "gt", "ge")])
def _unsigned_order(e: Expressions, value: Value) -> Held:
    left, right = e.unsigned(value, 0), e.unsigned(value, 1)
    return forms.condition(py.compare(left.node, _OPS[value.op.name[4:6]], right.node))


@integer(*[f"i{bits}.{op}_s" for bits in (32, 64) for op in ("lt", "le", "gt", "ge")])
def _signed_order(e: Expressions, value: Value) -> Held:
    bits, op = bits_of(value), value.op.name[4:6]
    left, right = e.held(value, 0), e.held(value, 1)
    if left.constant is not None and right.constant is None:
        left, right, op = right, left, _SWAPPED[op]
    if right.constant is not None and not forms.is_signed(left, bits):
        return forms.condition(_against_constant(forms.unsigned(left, bits).node, op, right.constant, bits))
    left, right = e.resigned(left, bits), e.resigned(right, bits)
    return forms.condition(py.compare(left.node, _OPS[op], right.node))


def _against_constant(node: ast.expr, op: str, constant: int, bits: int) -> ast.expr:
    """An unsigned value against a signed constant, without converting it: its signed order as a range test."""
    half = 1 << bits - 1
    constant %= 2 * half
    if constant < half:  # non-negative values are [0, half)
        if op == "ge":
            return (
                py.between(constant, py.LE, node, py.LT, half)
                if constant
                else py.compare(node, py.LT, py.integer(half))
            )
        if op == "gt":
            return py.between(constant, py.LT, node, py.LT, half)
        return py.negation(_against_constant(node, "ge" if op == "lt" else "gt", constant, bits))
    if op == "lt":  # negative values are [half, 2 * half)
        return py.between(half, py.LE, node, py.LT, constant)
    if op == "le":
        return py.between(half, py.LE, node, py.LE, constant)
    return py.negation(_against_constant(node, "lt" if op == "ge" else "le", constant, bits))


@integer(*[f"f{bits}.{op}" for bits in (32, 64) for op in _OPS])
def _float_order(e: Expressions, value: Value) -> Held:
    left, right = e.object(value.args[0]), e.object(value.args[1])
    return forms.condition(py.compare_floats(left, _OPS[value.op.name[4:]], right))


@integer("ref.is_null")
def _is_null(e: Expressions, value: Value) -> Held:
    return forms.condition(py.compare(e.object(value.args[0]), py.IS, py.constant(None)))


@integer("select", "select_t")
def _select_integer(e: Expressions, value: Value) -> Held:
    then, otherwise = e.held(value, 0), e.held(value, 1)
    test = e.test(value, 2)
    low, high = min(then.low, otherwise.low), max(then.high, otherwise.high)
    return Held(py.choice(test, then.node, otherwise.node), low, high)


@obj("select", "select_t")
def _select_object(e: Expressions, value: Value) -> ast.expr:
    test = e.test(value, 2)
    return py.choice(test, e.object(value.args[0]), e.object(value.args[1]))
