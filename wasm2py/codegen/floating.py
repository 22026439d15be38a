"""Floats (spec §4.3.3) and conversions (§4.3.4).

An f32 is held as a Python float of exactly its value, so arithmetic rounds once more afterwards. A signalling f32 NaN
is held in a marked form (see wasm2py_runtime.numeric); everything that computes drops the mark, what only moves,
negates or copies signs keeps it.
"""

from __future__ import annotations

import ast
import math
import struct

from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.float_signs import has_plain_root
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import DOUBLE, double, integer, obj
from wasm2py.ir import Value

_ARITHMETIC: dict[str, ast.operator] = {"add": py.ADD, "sub": py.SUB, "mul": py.MULT}
#: nodes of an expression that is written twice at most
_SHORT = 16
#: f32 instructions whose result is never a marked NaN
UNMARKED = frozenset(
    ["f32.add", "f32.sub", "f32.mul", "f32.div", "f32.sqrt", "f32.min", "f32.max"]
    + ["f32.ceil", "f32.floor", "f32.trunc", "f32.nearest", "f32.demote_f64"]
    + [f"f32.convert_i{bits}_{sign}" for bits in (32, 64) for sign in "su"]
)


def _operands(e: Expressions, value: Value) -> list[ast.expr]:
    return [e.object(arg) for arg in value.args]


@obj("f32.const", "f64.const")
def _const(e: Expressions, value: Value) -> ast.expr:
    bits, single = value.immediate, value.op.name == "f32.const"
    number: float = struct.unpack("<f" if single else "<d", struct.pack("<I" if single else "<Q", bits))[0]
    if math.isfinite(number):
        literal = py.constant(abs(number))
        return ast.UnaryOp(py.NEG, literal) if math.copysign(1.0, number) < 0 else literal
    return py.name(e.cells.float_constant(value.op.name[:3], bits))


@double("f32.add", "f32.sub", "f32.mul")
@obj("f64.add", "f64.sub", "f64.mul")
def _f64_arithmetic(e: Expressions, value: Value) -> ast.expr:
    left, right = _operands(e, value)
    return py.binary(left, _ARITHMETIC[value.op.name[4:]], right)


@obj("f32.add", "f32.sub", "f32.mul", "f32.demote_f64", "f32.convert_i32_s", "f32.convert_i32_u")
def _f32_arithmetic(e: Expressions, value: Value) -> ast.expr:
    return e.helper("f32_round", DOUBLE[value.op.name](e, value))


@double("f32.div")
@obj("f64.div")
def _f64_div(e: Expressions, value: Value) -> ast.expr:
    left, right = _operands(e, value)
    if isinstance(right, ast.Constant) and right.value:
        return py.binary(left, py.DIV, right)
    if _is_short(left) and e.is_calm(value.args[0]) and e.is_calm(value.args[1]):  # the divisor is evaluated first
        first, again = e.named(right)
        return py.choice(first, py.binary(left, py.DIV, again), e.helper("f64_div", left, again))
    return e.helper("f64_div", left, right)


def _is_short(node: ast.expr) -> bool:
    """May be written twice."""
    return sum(1 for _ in ast.walk(node)) <= _SHORT


@double("f32.sqrt")
@obj("f64.sqrt")
def _f64_sqrt(e: Expressions, value: Value) -> ast.expr:
    if e.plain_roots and has_plain_root(value.args[0]):
        return e.helper("sqrt", e.object(value.args[0]))
    first, again = e.named(e.object(value.args[0]))
    test = py.compare(first, py.GE, py.constant(0.0))
    return py.choice(test, e.helper("sqrt", again), e.helper("f64_sqrt", again))


@obj("f32.neg", "f64.neg")
def _neg(e: Expressions, value: Value) -> ast.expr:
    return ast.UnaryOp(py.NEG, e.object(value.args[0]))


@obj("f32.abs", "f64.abs")
def _abs(e: Expressions, value: Value) -> ast.expr:
    return e.helper("fabs", e.object(value.args[0]))


@obj("f32.copysign", "f64.copysign")
def _copysign(e: Expressions, value: Value) -> ast.expr:
    return e.helper("copysign", *_operands(e, value))


@obj(
    *[f"{type}.{op}" for type in ("f32", "f64") for op in ("min", "max", "ceil", "floor", "trunc", "nearest")],
    "f32.div",
    "f32.sqrt",
)
def _helper(e: Expressions, value: Value) -> ast.expr:
    return e.helper(value.op.name.replace(".", "_"), *_operands(e, value))


@double("f32.demote_f64")
def _demote(e: Expressions, value: Value) -> ast.expr:
    return e.object(value.args[0])


@obj("f64.promote_f32")
def _promote(e: Expressions, value: Value) -> ast.expr:
    if value.args[0].op.name in UNMARKED:
        return e.object(value.args[0])
    return e.helper("f64_promote", e.object(value.args[0]))


@double("f32.convert_i32_s", "f32.convert_i32_u")
@obj(*[f"f64.convert_i{bits}_{sign}" for bits in (32, 64) for sign in "su"])
def _f64_convert(e: Expressions, value: Value) -> ast.expr:
    # int / int rounds once and to nearest, whatever the size: quicker than float().
    return py.binary(_integer(e, value), py.DIV, py.constant(1))


@obj("f32.convert_i64_s", "f32.convert_i64_u")
def _f32_convert(e: Expressions, value: Value) -> ast.expr:
    return e.helper("f32_convert", _integer(e, value))


def _integer(e: Expressions, value: Value) -> ast.expr:
    return (e.signed(value, 0) if value.op.name.endswith("_s") else e.unsigned(value, 0)).node


@obj("f32.reinterpret_i32")
def _f32_reinterpret(e: Expressions, value: Value) -> ast.expr:
    return e.helper("f32_reinterpret_i32", e.unsigned(value, 0).node)


@obj("f64.reinterpret_i64")
def _f64_reinterpret(e: Expressions, value: Value) -> ast.expr:
    return e.helper("f64_reinterpret_i64", e.unsigned(value, 0).node)


@integer("i32.reinterpret_f32", "i64.reinterpret_f64")
def _reinterpret(e: Expressions, value: Value) -> Held:
    bits = int(value.op.name[1:3])
    return Held(e.helper(value.op.name.replace(".", "_"), e.object(value.args[0])), 0, (1 << bits) - 1)


@integer(
    *[
        f"i{bits}.trunc_{sat}f{source}_{sign}"
        for bits in (32, 64)
        for source in (32, 64)
        for sign in "su"
        for sat in ("", "sat_")
    ]
)
def _trunc(e: Expressions, value: Value) -> Held:
    """``i32.trunc_sat_f64_s`` is helper ``i32_trunc_sat_s``: both float widths are Python floats."""
    type, rest = value.op.name.split(".")
    helper = f"{type}_{rest.replace('_f32', '').replace('_f64', '')}"
    return Held(e.helper(helper, e.object(value.args[0])), 0, (1 << int(type[1:])) - 1)
