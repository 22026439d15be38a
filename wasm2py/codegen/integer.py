"""i32 and i64 arithmetic, bit operations and comparisons (spec §4.3.2) as Python on ints of any size."""

from __future__ import annotations

import ast

from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import bits_of, integer
from wasm2py.ir import Value

#: intermediate results beyond this are normalised, so that digits do not pile up
WIDE = 1 << 72


def _pair(e: Expressions, value: Value) -> tuple[Held, Held]:
    return e.held(value, 0), e.held(value, 1)


def _small(held: Held, bits: int) -> Held:
    """The operand as it is, or normalised if it may be very large."""
    return held if held.low >= -WIDE and held.high <= WIDE else forms.unsigned(held, bits)


@integer("i32.const", "i64.const")
def _const(e: Expressions, value: Value) -> Held:
    return forms.literal(value.immediate)


@integer("i32.add", "i64.add")
def _add(e: Expressions, value: Value) -> Held:
    bits = bits_of(value)
    left, right = _pair(e, value)
    if left.constant is not None:
        left, right = right, left
    constant = right.constant
    if constant is not None and constant >> bits - 1:  # the compiler's way to write a subtraction
        return _minus(e, left, forms.literal(-constant % (1 << bits)), bits)
    left, right = _small(left, bits), _small(right, bits)
    result = e.arithmetic(left, py.ADD, right, left.low + right.low, left.high + right.high)
    return result if constant is None else result.with_steps(left, 1, constant)


def _minus(e: Expressions, left: Held, right: Held, bits: int) -> Held:
    left, right = _small(left, bits), _small(right, bits)
    low, high = left.low - right.high, left.high - right.low
    if left.constant == 0 and right.constant is not None:
        return forms.literal(-right.constant)
    if left.constant == 0 and e.fits(low, high):
        return Held(ast.UnaryOp(py.NEG, right.node), low, high)
    result = e.arithmetic(left, py.SUB, right, low, high)
    return result if right.constant is None else result.with_steps(left, 1, -right.constant)


@integer("i32.sub", "i64.sub")
def _sub(e: Expressions, value: Value) -> Held:
    return _minus(e, *_pair(e, value), bits_of(value))


@integer("i32.mul", "i64.mul")
def _mul(e: Expressions, value: Value) -> Held:
    bits = bits_of(value)
    left, right = (forms.unsigned(h, bits) if h.high > WIDE or h.low < -WIDE else h for h in _pair(e, value))
    bounds = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    result = e.arithmetic(left, py.MULT, right, min(bounds), max(bounds))
    return result if right.constant is None else result.with_steps(left, right.constant, 0)


@integer("i64.mul_wide_s", "i64.mul_wide_u")
def _mul_high(e: Expressions, value: Value) -> Held:
    """The upper half of the product (see wasm2py.ir.wide)."""
    left, right = (e.signed(value, i) if value.op.name.endswith("s") else e.unsigned(value, i) for i in (0, 1))
    bounds = [a * b >> 64 for a in (left.low, left.high) for b in (right.low, right.high)]
    product = py.binary(left.node, py.MULT, right.node)
    return Held(py.binary(product, py.RSHIFT, py.integer(64)), min(bounds), max(bounds))


@integer("i32.and", "i64.and")
def _and(e: Expressions, value: Value) -> Held:
    bits = bits_of(value)
    left, right = _pair(e, value)
    if left.test is not None and right.test is not None and _pure(e, value.args[1]):
        return forms.condition(py.both(left.test, right.test, either=False))
    if left.low < 0 and right.low < 0:
        if not e.fits(0, (1 << bits) - 1):
            return _bitwise(left, py.AND, right, bits)
        left = forms.unsigned(left, bits)
    high = min(h.high for h in (left, right) if h.low >= 0)
    return Held(py.binary(left.node, py.AND, right.node), 0, high)


def _pure(e: Expressions, value: Value) -> bool:
    """Whether leaving the evaluation out cannot be seen."""
    if e.is_simple(value):
        return True
    return value.op.pure and all(_pure(e, arg) for arg in value.args)


@integer("i32.or", "i64.or")
def _or(e: Expressions, value: Value) -> Held:
    left, right = _pair(e, value)
    if left.test is not None and right.test is not None and _pure(e, value.args[1]):
        return forms.condition(py.both(left.test, right.test, either=True))
    return _bitwise(left, py.OR, right, bits_of(value))


@integer("i32.xor", "i64.xor")
def _xor(e: Expressions, value: Value) -> Held:
    left, right = _pair(e, value)
    return _bitwise(left, py.XOR, right, bits_of(value))


def _bitwise(left: Held, op: ast.operator, right: Held, bits: int) -> Held:
    """``&``, ``|`` and ``^`` of any forms: the result has no more bits than the wider operand, and its sign bits."""
    left, right = _small(left, bits), _small(right, bits)
    width = max((bound if bound >= 0 else ~bound).bit_length() for h in (left, right) for bound in (h.low, h.high))
    low = 0 if left.low >= 0 and right.low >= 0 else -1 << width
    return Held(py.binary(left.node, op, right.node), low, (1 << width) - 1)


def _shift_count(e: Expressions, value: Value) -> Held:
    """The count modulo the width: a literal, or masked if it may be too large."""
    bits = bits_of(value)
    count = e.held(value, 1)
    if count.constant is not None:
        return forms.literal(count.constant % bits)
    if count.low >= 0 and count.high < bits:
        return count
    return Held(py.binary(count.node, py.AND, py.integer(bits - 1)), 0, bits - 1)


@integer("i32.shl", "i64.shl")
def _shl(e: Expressions, value: Value) -> Held:
    bits = bits_of(value)
    left, count = e.held(value, 0), _shift_count(e, value)
    if e.fits(0, WIDE) and (left.high << count.high > WIDE or left.low << count.high < -WIDE):
        left = forms.unsigned(left, bits)
    low, high = min(left.low << count.high, 0 if left.low >= 0 else left.low << count.high), left.high << count.high
    if count.constant is not None and count.constant <= 3:  # scaled indices: multiplication is quicker on small ints
        result = e.arithmetic(left, py.MULT, forms.literal(1 << count.constant), left.low << count.low, high)
        return result.with_steps(left, 1 << count.constant, 0)
    result = e.arithmetic(left, py.LSHIFT, count, low, max(high, left.high))
    return result if count.constant is None else result.with_steps(left, 1 << count.constant, 0)


@integer("i32.shr_u", "i64.shr_u")
def _shr_u(e: Expressions, value: Value) -> Held:
    left, count = e.unsigned(value, 0), _shift_count(e, value)
    if count.constant == 0:
        return left
    return Held(py.binary(left.node, py.RSHIFT, count.node), left.low >> count.high, left.high >> count.low)


@integer("i32.shr_s", "i64.shr_s")
def _shr_s(e: Expressions, value: Value) -> Held:
    left, count = e.signed(value, 0), _shift_count(e, value)
    if count.constant == 0:
        return left
    bounds = [bound >> c for bound in (left.low, left.high) for c in (count.low, count.high)]
    return Held(py.binary(left.node, py.RSHIFT, count.node), min(bounds), max(bounds))


@integer("i32.rotl", "i64.rotl", "i32.rotr", "i64.rotr")
def _rotate(e: Expressions, value: Value) -> Held:
    """By a constant: both halves; the bits above the width are left for whoever needs them gone."""
    bits = bits_of(value)
    left = e.unsigned(value, 0)
    if not value.args[1].is_const:
        helper = value.op.name.replace(".", "_")
        return Held(e.helper(helper, left.node, e.unsigned(value, 1).node), 0, (1 << bits) - 1)
    count = value.args[1].immediate % bits
    if value.op.name.endswith("rotr"):
        count = -count % bits
    if count == 0:
        return left
    first, again = e.named(left.node)
    upper = py.binary(first, py.LSHIFT, py.integer(count))
    lower = py.binary(again, py.RSHIFT, py.integer(bits - count))
    return Held(py.binary(upper, py.OR, lower), 0, (1 << bits + count) - 1)


@integer("i32.clz", "i64.clz")
def _clz(e: Expressions, value: Value) -> Held:
    bits = bits_of(value)
    length = py.call(ast.Attribute(e.unsigned(value, 0).node, "bit_length", py.LOAD), [])
    return Held(py.binary(py.integer(bits), py.SUB, length), 0, bits)


@integer("i32.ctz", "i64.ctz", "i32.popcnt", "i64.popcnt")
def _count(e: Expressions, value: Value) -> Held:
    return Held(e.helper(value.op.name.replace(".", "_"), e.unsigned(value, 0).node), 0, bits_of(value))


_EXTENDED = {"extend8_s": 8, "extend16_s": 16, "extend32_s": 32}


@integer("i32.extend8_s", "i32.extend16_s", "i64.extend8_s", "i64.extend16_s", "i64.extend32_s")
def _extend(e: Expressions, value: Value) -> Held:
    width = _EXTENDED[value.op.name[4:]]
    operand = e.held(value, 0)
    half = 1 << width - 1
    if -half <= operand.low and operand.high < half:
        return operand
    low_bits = operand
    if operand.low < 0 or operand.high >> width:
        low_bits = Held(py.binary(operand.node, py.AND, py.integer(2 * half - 1)), 0, 2 * half - 1)
    flipped = py.binary(low_bits.node, py.XOR, py.integer(half))
    return Held(py.binary(flipped, py.SUB, py.integer(half)), -half, half - 1)


@integer("i32.wrap_i64")
def _wrap(e: Expressions, value: Value) -> Held:
    return e.held(value, 0)


@integer("i64.extend_i32_u")
def _extend_u(e: Expressions, value: Value) -> Held:
    return e.unsigned(value, 0)


@integer("i64.extend_i32_s")
def _extend_s(e: Expressions, value: Value) -> Held:
    return e.signed(value, 0)
