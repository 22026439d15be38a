"""Vectors (spec §4.3.3, §4.4.3): a v128 is an unsigned int of 128 bits, the first lane lowest.

What is short is written in place; each other instruction is a call of the runtime's function of its name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import reduce
from itertools import groupby

from wasm2py.binary.opcodes_simd import SIMD
from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import INTEGER, OBJECT, STATEMENT, integer, obj
from wasm2py.ir import Value

_ALL = (1 << 128) - 1
_SHAPES = {"i8x16": 8, "i16x8": 16, "i32x4": 32, "i64x2": 64, "f32x4": 32, "f64x2": 64}
_BITWISE: dict[str, ast.operator] = {"and": py.AND, "or": py.OR, "xor": py.XOR}
#: moves of bytes that are written in place
_MAX_MOVES = 4


def _shape(value: Value) -> int:
    """The width of the lanes."""
    return _SHAPES[value.op.name.partition(".")[0]]


def _repeated(lane: int, width: int) -> int:
    return sum(lane << at for at in range(0, 128, width))


def _masked(node: ast.expr, mask: int) -> ast.expr:
    return node if mask == _ALL else py.binary(node, py.AND, py.integer(mask))


def _shifted(node: ast.expr, bits: int) -> ast.expr:
    """To the left, or to the right where ``bits`` is negative."""
    if not bits:
        return node
    return py.binary(node, py.LSHIFT if bits > 0 else py.RSHIFT, py.integer(abs(bits)))


@obj("v128.const")
def _const(e: Expressions, value: Value) -> ast.expr:
    return py.integer(value.immediate)


@obj("v128.and", "v128.or", "v128.xor")
def _bitwise(e: Expressions, value: Value) -> ast.expr:
    left, right = (e.object(arg) for arg in value.args)
    return py.binary(left, _BITWISE[value.op.name[5:]], right)


@obj("v128.not")
def _not(e: Expressions, value: Value) -> ast.expr:
    return py.binary(e.object(value.args[0]), py.XOR, py.integer(_ALL))


@obj("v128.andnot")
def _andnot(e: Expressions, value: Value) -> ast.expr:
    """``a & ~b``: without the negative number."""
    a, b = (e.object(arg) for arg in value.args)
    first, again = e.named(a)
    return py.binary(first, py.XOR, py.binary(again, py.AND, b))


@obj("v128.bitselect")
def _bitselect(e: Expressions, value: Value) -> ast.expr:
    """``(a ^ b) & mask ^ b``: of a where the mask is set."""
    a, b, mask = (e.object(arg) for arg in value.args)
    first, again = e.named(b)
    return py.binary(py.binary(py.binary(a, py.XOR, first), py.AND, mask), py.XOR, again)


@integer("v128.any_true")
def _any_true(e: Expressions, value: Value) -> Held:
    test = py.compare(e.object(value.args[0]), py.NE, py.integer(0))
    return forms.condition(test)


@obj("i8x16.add", "i16x8.add", "i32x4.add", "i64x2.add")
def _add(e: Expressions, value: Value) -> ast.expr:
    """All lanes at once: the top bits apart, so that nothing is carried from lane to lane."""
    (a, again), (b, b_again) = (e.named(e.object(arg)) for arg in value.args)
    tops = _repeated(1 << _shape(value) - 1, _shape(value))
    lows = py.integer(_ALL ^ tops)
    sum_ = py.binary(py.binary(a, py.AND, lows), py.ADD, py.binary(b, py.AND, lows))
    return py.binary(sum_, py.XOR, _masked(py.binary(again, py.XOR, b_again), tops))


@obj("i8x16.sub", "i16x8.sub", "i32x4.sub", "i64x2.sub")
def _sub(e: Expressions, value: Value) -> ast.expr:
    """All lanes at once: each borrows from a top bit that is put there for it."""
    (a, again), (b, b_again) = (e.named(e.object(arg)) for arg in value.args)
    tops = _repeated(1 << _shape(value) - 1, _shape(value))
    rest = py.binary(py.binary(a, py.OR, py.integer(tops)), py.SUB, _masked(b, _ALL ^ tops))
    unlike = py.binary(py.binary(again, py.XOR, b_again), py.XOR, py.integer(tops))
    return py.binary(rest, py.XOR, _masked(unlike, tops))


@obj(*[f"i{shape}.{shift}" for shape in ("8x16", "16x8", "32x4", "64x2") for shift in ("shl", "shr_u")])
def _shift(e: Expressions, value: Value) -> ast.expr:
    """By a constant; what leaves its lane is masked away."""
    if not value.args[1].is_const:
        return _call(e, value)
    width = _shape(value)
    lane = (1 << width) - 1
    count = value.args[1].immediate % width
    left = value.op.name.endswith("shl")
    kept = _repeated((lane << count if left else lane >> count) & lane, width)
    return _masked(_shifted(e.object(value.args[0]), count if left else -count), kept)


# Lanes ----------------------------------------------------------------------------------------------------------------


@obj("i8x16.splat", "i16x8.splat", "i32x4.splat", "i64x2.splat")
def _splat(e: Expressions, value: Value) -> ast.expr:
    width = _shape(value)
    lane = e.unsigned(value, 0)
    if lane.constant is not None:
        return py.integer(_repeated(lane.constant & (1 << width) - 1, width))
    return py.binary(_lane(lane, width), py.MULT, py.integer(_repeated(1, width)))


def _lane(held: Held, width: int) -> ast.expr:
    """The lowest bits."""
    return held.node if forms.is_unsigned(held, width) else _masked(held.node, (1 << width) - 1)


@integer("i8x16.extract_lane_u", "i16x8.extract_lane_u", "i32x4.extract_lane", "i64x2.extract_lane")
def _extract(e: Expressions, value: Value) -> Held:
    width = _shape(value)
    lane = (1 << width) - 1
    node = _shifted(e.object(value.args[0]), -width * value.immediate)
    last = width * (value.immediate + 1) == 128
    return Held(node if last else _masked(node, lane), 0, lane)


@integer("i8x16.extract_lane_s", "i16x8.extract_lane_s")
def _extract_signed(e: Expressions, value: Value) -> Held:
    top = 1 << _shape(value) - 1
    flipped = py.binary(_extract(e, value).node, py.XOR, py.integer(top))
    return Held(py.binary(flipped, py.SUB, py.integer(top)), -top, top - 1)


@obj("i8x16.replace_lane", "i16x8.replace_lane", "i32x4.replace_lane", "i64x2.replace_lane")
def _replace(e: Expressions, value: Value) -> ast.expr:
    width, at = _shape(value), _shape(value) * value.immediate
    vector, lane = value.args[0], (1 << width) - 1
    kept = _masked(e.object(vector), _ALL ^ lane << at)
    put = _shifted(_lane(e.unsigned(value, 1), width), at)
    if vector.is_const and not vector.immediate & (_ALL ^ lane << at):
        return put
    return py.binary(kept, py.OR, put)


@obj("i8x16.shuffle")
def _shuffle(e: Expressions, value: Value) -> ast.expr:
    """A few moves of runs of bytes, or a look-up of each."""
    moves = _moves(value.immediate)
    used = {operand for (operand, _), _ in moves}
    if len(moves) > _MAX_MOVES or not all(index in used or e.is_simple(arg) for index, arg in enumerate(value.args)):
        return e.helper("i8x16_shuffle", *[e.object(arg) for arg in value.args], py.constant(bytes(value.immediate)))
    sources = [_again(*e.named(e.object(arg))) if i in used else iter(()) for i, arg in enumerate(value.args)]
    terms = [_masked(_shifted(next(sources[operand]), 8 * by), mask) for (operand, by), mask in moves]
    return reduce(lambda left, right: py.binary(left, py.OR, right), terms)


def _again(first: ast.expr, again: ast.expr) -> Iterator[ast.expr]:
    """The expression to evaluate first, then the name of its value."""
    yield first
    while True:
        yield again


def _moves(lanes: tuple[int, ...]) -> list[tuple[tuple[int, int], int]]:
    """Which operand is shifted to the left by how many bytes, and the bits that it gives; by operand."""
    origins = sorted(((lane // 16, to - lane % 16), to) for to, lane in enumerate(lanes))
    return [
        (move, sum(0xFF << 8 * to for _, to in group)) for move, group in groupby(origins, key=lambda origin: origin[0])
    ]


# The others -----------------------------------------------------------------------------------------------------------


def _call(e: Expressions, value: Value) -> ast.Call:
    args = [e.plain(value, index) for index in range(len(value.args))]
    if value.immediate is not None:
        args.append(py.integer(value.immediate))
    return e.helper(value.op.name.replace(".", "_"), *args)


def _called_integer(e: Expressions, value: Value) -> Held:
    return Held(_call(e, value), 0, 0xFFFF)


for _opcode in SIMD:
    if _opcode.access is None and not {_opcode.name} & (INTEGER.keys() | OBJECT.keys() | STATEMENT.keys()):
        if _opcode.results == ("i32",):
            integer(_opcode.name)(_called_integer)
        else:
            obj(_opcode.name)(_call)
