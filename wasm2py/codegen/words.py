"""Integers for PyPy: no intermediate result leaves a 64-bit machine word (``--target pypy``).

before:  l1 = l0 * 6364136223846793005 & 18446744073709551615        after:  l1 = word_mul(l0, 6364136223846793005)
         l2 = l1 >> 33                                                       l2 = word_shr_u(l1, 33)

PyPy is 20 to 70 times slower with ints that do not fit a word. So every i64 is held signed, and what may overflow is
computed by functions that wrap around (see wasm2py_runtime.words), which PyPy compiles to single instructions. An i32
is computed the same way: what is right modulo 2**64 is right modulo 2**32. Across calls and in globals an i64 is
unsigned as for every target, so that modules of both targets fit together.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Optional

from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import INTEGER, IntegerEmitter, bits_of
from wasm2py.ir import Function, Value

_LOW, _HIGH = -1 << 63, (1 << 63) - 1
_WRAPPING: dict[type[ast.operator], str] = {
    ast.Add: "word_add",
    ast.Sub: "word_sub",
    ast.Mult: "word_mul",
    ast.LShift: "word_shl",
}
_UNSIGNED_ORDER: dict[str, ast.cmpop] = {"lt": py.LT, "le": py.LE, "gt": py.GT, "ge": py.GE}

#: the emitters of instructions that are better done on words
WORDS: dict[str, IntegerEmitter] = {}


def _words(*names: str) -> Callable[[IntegerEmitter], IntegerEmitter]:
    def register(emitter: IntegerEmitter) -> IntegerEmitter:
        WORDS.update(dict.fromkeys(names, emitter))
        return emitter

    return register


def word_values(function: Function) -> set[int]:
    """Ids of the values that are held as words: every i64."""
    found = [*function.params, *(value for block in function.blocks for value in (*block.phis, *block.body))]
    return {value.id for value in found if value.type == "i64"}


def _is_word(held: Held) -> bool:
    return held.low >= _LOW and held.high <= _HIGH


def _literal(value: int) -> Held:
    return forms.literal((value - _LOW) % (1 << 64) + _LOW)


class WordExpressions(Expressions):
    """Every integer operand that ``held`` gives is a word."""

    def computed(self, value: Value) -> Held:
        held = WORDS.get(value.op.name, INTEGER[value.op.name])(self, value)
        if value.type == "i64" and not _is_word(held):
            return Held(self.helper("word", held.node), _LOW, _HIGH)
        return held

    def fits(self, low: int, high: int) -> bool:
        return low >= _LOW and high <= _HIGH

    def arithmetic(self, left: Held, op: ast.operator, right: Held, low: int, high: int) -> Held:
        if self.fits(low, high):
            return super().arithmetic(left, op, right, low, high)
        operands = [h.node if h.constant is None else _literal(h.constant).node for h in (left, right)]
        return Held(self.helper(_WRAPPING[type(op)], *operands), _LOW, _HIGH)

    def resigned(self, held: Held, bits: int) -> Held:
        """Without a branch: each side of a branch is compiled by itself, when it is first taken."""
        if held.constant is not None or forms.is_signed(held, bits):
            return super().resigned(held, bits)
        half = py.integer(1 << bits - 1)
        flipped = py.binary(forms.unsigned(held, bits).node, py.XOR, half)
        return Held(py.binary(flipped, py.SUB, half), -1 << bits - 1, (1 << bits - 1) - 1)

    def canonical(self, held: Held, value: Value) -> Held:
        if value.type == "i32" or held.low >= 0 or held.constant is not None:
            return super().canonical(held, value)
        first, again = self.named(held.node)
        test = py.compare(first, py.GE, py.integer(0))
        return Held(py.choice(test, again, py.binary(again, py.ADD, py.integer(1 << 64))), 0, (1 << 64) - 1)

    def literal(self, constant: Value) -> Held:
        return _literal(constant.immediate) if constant.type == "i64" else super().literal(constant)

    def receive(self, value: Value) -> Optional[ast.stmt]:
        if value.type != "i64":
            return super().receive(value)
        name = self.names[value.id]
        return py.assign(name, self.helper("word", py.name(name)))


def _pair(e: Expressions, value: Value) -> tuple[Held, Held]:
    return e.held(value, 0), e.held(value, 1)


def _narrow(*operands: Held) -> bool:
    """Whether signed and unsigned are the same for all of them."""
    return all(each.low >= 0 for each in operands)


def _count(e: Expressions, value: Value) -> ast.expr:
    count = e.held(value, 1)
    if count.constant is not None:
        return py.integer(count.constant & 63)
    if count.low >= 0 and count.high <= 63:
        return count.node
    return py.binary(count.node, py.AND, py.integer(63))


@_words("i64.shr_u")
def _shr_u(e: Expressions, value: Value) -> Held:
    left = e.held(value, 0)
    if left.low >= 0 or (value.args[1].is_const and value.args[1].immediate % 64 == 0):
        count = _count(e, value)
        return Held(py.binary(left.node, py.RSHIFT, count), min(left.low, 0), left.high)
    count = _count(e, value)
    high = (1 << 64) - 1 >> count.value if isinstance(count, ast.Constant) else _HIGH  # type: ignore[operator]
    low = 0 if isinstance(count, ast.Constant) else _LOW
    return Held(e.helper("word_shr_u", left.node, count), low, high)


@_words("i64.rotl", "i64.rotr", "i32.rotl", "i32.rotr")
def _rotate(e: Expressions, value: Value) -> Held:
    """Both halves. A count of 0 makes both the whole."""
    bits, is_left = bits_of(value), value.op.name.endswith("rotl")
    first, again = e.named(e.held(value, 0).node if bits == 64 else e.unsigned(value, 0).node)
    count = e.held(value, 1)
    if count.constant is not None:
        forth, back = py.integer(count.constant & bits - 1), py.integer(-count.constant & bits - 1)
    else:
        counted, other = e.named(count.node)
        forth = py.binary(counted, py.AND, py.integer(bits - 1))
        back = py.binary(ast.UnaryOp(py.NEG, other), py.AND, py.integer(bits - 1))
    one, two = _shifted(e, first, forth, bits, is_left), _shifted(e, again, back, bits, not is_left)
    return Held(py.binary(one, py.OR, two), _LOW if bits == 64 else 0, _HIGH)


def _shifted(e: Expressions, node: ast.expr, count: ast.expr, bits: int, is_left: bool) -> ast.expr:
    if bits == 64:
        return e.helper("word_shl" if is_left else "word_shr_u", node, count)
    return py.binary(node, py.LSHIFT if is_left else py.RSHIFT, count)


@_words("i64.div_u", "i64.rem_u")
def _divide_unsigned(e: Expressions, value: Value) -> Held:
    left, right = _pair(e, value)
    divides = value.op.name.endswith("div_u")
    if _narrow(left, right):
        high = left.high if divides else max(right.high - 1, 0)
        return Held(py.binary(left.node, py.FLOORDIV if divides else py.MOD, right.node), 0, high)
    return Held(e.helper("word_div_u" if divides else "word_rem_u", left.node, right.node), _LOW, _HIGH)


@_words("i64.div_s", "i64.rem_s")
def _divide_signed(e: Expressions, value: Value) -> Held:
    if value.args[1].is_const:
        return INTEGER[value.op.name](e, value)
    left, right = _pair(e, value)
    return Held(e.helper(f"word_{value.op.name[4:]}", left.node, right.node), _LOW, _HIGH)


@_words("i64.clz", "i64.ctz", "i64.popcnt")
def _count_bits(e: Expressions, value: Value) -> Held:
    return Held(e.helper(f"word_{value.op.name[4:]}", e.held(value, 0).node), 0, 64)


@_words("i32.clz", "i32.ctz", "i32.popcnt")
def _count_bits_of_half(e: Expressions, value: Value) -> Held:
    node, op = e.unsigned(value, 0).node, value.op.name[4:]
    if op == "ctz":
        node = py.binary(node, py.OR, py.integer(1 << 32))
    counted = e.helper(f"word_{op}", node)
    return Held(py.binary(counted, py.SUB, py.integer(32)) if op == "clz" else counted, 0, 32)


@_words(*[f"i64.{op}_u" for op in _UNSIGNED_ORDER])
def _unsigned_order(e: Expressions, value: Value) -> Held:
    """Of words with the sign bit flipped, unless no operand is negative."""
    left, right = _pair(e, value)
    op = _UNSIGNED_ORDER[value.op.name[4:6]]
    if not _narrow(left, right):
        left, right = _flipped(left), _flipped(right)
    return forms.condition(py.compare(left.node, op, right.node))


def _flipped(held: Held) -> Held:
    if held.constant is not None:
        return _literal(held.constant ^ _LOW)
    return Held(py.binary(held.node, py.XOR, py.integer(_LOW)), _LOW, _HIGH)


@_words("i64.reinterpret_f64")
def _reinterpret(e: Expressions, value: Value) -> Held:
    return Held(e.helper("word_reinterpret_f64", e.object(value.args[0])), _LOW, _HIGH)


@_words("i64.trunc_f32_s", "i64.trunc_f64_s", "i64.trunc_f32_u", "i64.trunc_f64_u")
def _trunc(e: Expressions, value: Value) -> Held:
    return Held(e.helper(f"word_trunc_{value.op.name[-1]}", e.object(value.args[0])), _LOW, _HIGH)
