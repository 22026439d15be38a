"""Linear memory (spec §4.6.6): views indexed by byte address, so that a load is one subscript.

An address is never negative (a negative index would silently read from the end): the base is unsigned, the offset is
added without wrapping, and an index past the end is an IndexError that the export boundary turns into a trap.
"""

from __future__ import annotations

import ast
from typing import Optional

from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.floating import UNMARKED
from wasm2py.codegen.form_costs import BITS
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import DOUBLE, integer, obj, statement
from wasm2py.instruction import Opcode
from wasm2py.ir import Value
from wasm2py.ir.spaces import MEMORY_LIMIT

#: the longest step between the elements of a view: larger structures are rare
_MAX_STEP = 1 << 16
#: beyond this no memory has a byte, and a view has no offset
_FAR = 1 << 32


def _base(e: Expressions, value: Value) -> Held:
    """The address operand; an address mostly is within memory."""
    return forms.unsigned(e.held(value, 0), 32 if value.args[0].type == "i32" else 64, likely=True)


def address(e: Expressions, value: Value) -> ast.expr:
    return _at_offset(_base(e, value), value.immediate.offset)


def _at_offset(base: Held, offset: int) -> ast.expr:
    if base.constant is not None:
        return py.integer(base.constant + offset)
    return py.binary(base.node, py.ADD, py.integer(offset)) if offset else base.node


def _view(e: Expressions, value: Value, format: str) -> str:
    return e.cell(e.cells.view(value.immediate.memory, format))


def element(e: Expressions, value: Value, format: str) -> ast.Subscript:
    """What is at the address: of a view that begins at its constant part and takes its steps, where that pays."""
    base, offset, memory = _base(e, value), value.immediate.offset, value.immediate.memory
    index, step, plus = base.steps or (base, 1, 0)
    index, start = _shifted(index, step, plus + offset)
    if index.low < 0 or start < 0 or not 0 < step <= _MAX_STEP:
        index, step, start = base, 1, offset
    pays = base.constant is None and start < _FAR and (start or step > 1)
    if pays and e.may_step(memory, format, start, step):
        return py.item(e.cell(e.cells.view(memory, format, start, step)), index.node)
    return py.item(_view(e, value, format), _at_offset(base, offset))


def _shifted(index: Held, step: int, start: int) -> tuple[Held, int]:
    """An index that may be negative, and where it counts from, moved so that it is not, if the view begins in memory.

    By a power of two, so that indices of about the same range share a view.
    """
    if index.low >= 0 or step < 2:
        return index, start
    shift = 1 << (-index.low - 1).bit_length()
    if shift * step > start:
        return index, start
    return Held(py.plus(index.node, shift), index.low + shift, index.high + shift), start - shift * step


_INTEGER_LOADS = [
    "i32.load", "i32.load8_s", "i32.load8_u", "i32.load16_s", "i32.load16_u",
    "i64.load", "i64.load8_s", "i64.load8_u", "i64.load16_s", "i64.load16_u", "i64.load32_s", "i64.load32_u",
]  # fmt: skip


class _Loaded(dict[Opcode, tuple[int, Optional[bool]]]):
    """The width of what an instruction loads, and its sign: None where nothing is filled in, so that both will do."""

    def __missing__(self, op: Opcode) -> tuple[int, Optional[bool]]:
        access = op.access
        assert access is not None
        bits = access.width * 8
        loaded = self[op] = bits, None if access.type == f"i{bits}" else access.sign == "s"
        return loaded


_LOADED = _Loaded()


#: by width, the unsigned and the signed view, and what their elements may be
_VIEWS = {
    bits: ((f"u{bits}", 0, (1 << bits) - 1), (f"i{bits}", -1 << bits - 1, (1 << bits - 1) - 1))
    for bits in (8, 16, 32, 64)
}


@integer(*_INTEGER_LOADS)
def _load(e: Expressions, value: Value) -> Held:
    bits, signed = _LOADED[value.op]
    if signed is None:
        signed = value.id in e.forms.signed
    format, low, high = _VIEWS[bits][signed]
    return Held(element(e, value, format), low, high)


@obj("f64.load")
def _load_f64(e: Expressions, value: Value) -> ast.expr:
    return element(e, value, "f64")


@obj("f32.load")
def _load_f32(e: Expressions, value: Value) -> ast.expr:
    """Through the f32 view, which quiets a signalling NaN: a NaN is read again, by its bits."""
    first, again = e.named(address(e, value))
    loaded, number = e.named(py.item(_view(e, value, "f32"), first))
    test = py.compare(loaded, py.EQ, number)
    return py.choice(test, number, e.helper("f32_load_nan", py.name(_view(e, value, "u32")), again))


@statement("i32.store", "i32.store8", "i32.store16", "i64.store", "i64.store8", "i64.store16", "i64.store32")
def _store(e: Expressions, value: Value) -> list[ast.stmt]:
    bits, _ = _LOADED[value.op]
    number, stored = value.args[1], e.held(value, 1)
    if stored.low < 0 and forms.is_signed(stored, bits):
        format = f"i{bits}"
    else:
        format = f"u{bits}"
        stored = e.canonical(stored, number) if BITS[number.type] == bits else _low_bits(stored, bits)
    return [py.assign_element(element(e, value, format), stored.node)]


def _low_bits(held: Held, bits: int) -> Held:
    """The lowest ``bits`` of the value, as the view of that width takes them."""
    if bits >= 32 or held.constant is not None:
        return forms.unsigned(held, bits)
    if forms.is_unsigned(held, bits):
        return held
    return Held(py.binary(held.node, py.AND, py.integer((1 << bits) - 1)), 0, (1 << bits) - 1)


@obj("v128.load")
def _load_v128(e: Expressions, value: Value) -> ast.expr:
    """Two halves: the second one finds out whether all of it is within memory."""
    view, offset = _view(e, value, "u64"), value.immediate.offset
    first, again = _twice(e, _base(e, value))
    low = py.item(view, _at_offset(first, offset))
    high = py.item(view, _at_offset(again, offset + 8))
    return py.binary(low, py.OR, py.binary(high, py.LSHIFT, py.integer(64)))


def _twice(e: Expressions, base: Held) -> tuple[Held, Held]:
    """An address to evaluate first, and to read again."""
    first, again = e.named(base.node)
    return _written(base, first), _written(base, again)


def _written(base: Held, node: ast.expr) -> Held:
    """The same address by another expression."""
    return base if node is base.node else Held(node, base.low, base.high)


@statement("v128.store")
def _store_v128(e: Expressions, value: Value) -> list[ast.stmt]:
    """The upper half first: if it is not within memory, nothing is written."""
    view, offset = _view(e, value, "u64"), value.immediate.offset
    result: list[ast.stmt] = []
    base = _base(e, value)
    address = _written(base, _bind(e, base.node, result))
    number = _bind(e, e.object(value.args[1]), result)
    for at, half in ((8, py.binary(number, py.RSHIFT, py.integer(64))), (0, _low_half(number))):
        result.append(py.assign_element(py.item(view, _at_offset(address, offset + at)), half))
    return result


def _low_half(number: ast.expr) -> ast.expr:
    return py.binary(number, py.AND, py.integer((1 << 64) - 1))


@statement("f64.store")
def _store_f64(e: Expressions, value: Value) -> list[ast.stmt]:
    return [py.assign_element(element(e, value, "f64"), e.object(value.args[1]))]


@statement("f32.store")
def _store_f32(e: Expressions, value: Value) -> list[ast.stmt]:
    """A NaN that may be signalling is stored by its bits."""
    stored = value.args[1]
    if stored.id in e.schedule.rounding.by_store and not e.is_named(stored):
        return [py.assign_element(element(e, value, "f32"), DOUBLE[stored.op.name](e, stored))]
    if stored.op.name in UNMARKED:
        return [py.assign_element(element(e, value, "f32"), e.object(stored))]
    result: list[ast.stmt] = []
    number = _bind(e, e.object(stored), result)
    where = _bind(e, address(e, value), result)
    plain = py.assign_element(py.item(_view(e, value, "f32"), where), number)
    exact = py.assign_element(py.item(_view(e, value, "u32"), where), e.helper("i32_reinterpret_f32", number))
    return [*result, ast.If(py.compare(number, py.EQ, number), [plain], [exact])]


def _bind(e: Expressions, node: ast.expr, result: list[ast.stmt]) -> ast.expr:
    """A name for the expression, assigned in a statement before if it has none."""
    if isinstance(node, (ast.Name, ast.Constant)):
        return node
    scratch = e.scratch()
    result.append(py.assign(scratch, node))
    return py.name(scratch)


def _memory(e: Expressions, index: int) -> str:
    return e.cell(f"memory{index}")


@integer("memory.size")
def _size(e: Expressions, value: Value) -> Held:
    return Held(py.attribute(_memory(e, value.immediate), "size"), 0, _most_pages(e, value.immediate))


@integer("memory.grow")
def _grow(e: Expressions, value: Value) -> Held:
    method = py.attribute(_memory(e, value.immediate), "grow")
    return Held(py.call(method, [e.unsigned(value, 0).node]), -1, _most_pages(e, value.immediate))


def _most_pages(e: Expressions, index: int) -> int:
    """The most pages that any memory of this page size can have."""
    return MEMORY_LIMIT // e.cells.spaces.memories[index].page_size


@statement("memory.fill")
def _fill(e: Expressions, value: Value) -> list[ast.stmt]:
    args = [e.unsigned(value, 0).node, _low_bits(e.held(value, 1), 8).node, e.unsigned(value, 2).node]
    return [ast.Expr(py.call(py.attribute(_memory(e, value.immediate), "fill"), args))]


@statement("memory.copy", "memory.init")
def _copy(e: Expressions, value: Value) -> list[ast.stmt]:
    """From another memory or a data segment: the cell of either is the second argument."""
    if value.op.name == "memory.copy":
        target, source = value.immediate[0], f"memory{value.immediate[1]}"
    else:
        target, source = value.immediate[1], f"data{value.immediate[0]}"
    args = [e.unsigned(value, index).node for index in range(len(value.args))]
    args.insert(1, py.name(e.cell(source)))
    return [ast.Expr(py.call(py.attribute(_memory(e, target), value.op.name[7:]), args))]


@statement("data.drop")
def _data_drop(e: Expressions, value: Value) -> list[ast.stmt]:
    return [e.set_cell(f"data{value.immediate}", py.constant(b""))]
