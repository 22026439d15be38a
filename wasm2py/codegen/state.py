"""Calls, globals, tables and references (spec §4.6.2-§4.6.5, §4.6.10): all of it lives in cells."""

from __future__ import annotations

import ast

from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.form_costs import RETURNED
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import integer, obj, statement
from wasm2py.ir import Value
from wasm2py.ir.tail_calls import RETURN_CALL

#: the parameter of functions that leave with a call
TAIL = "tail"
_BITS = {"i32": 32, "i64": 64}


def call_expression(e: Expressions, value: Value) -> ast.Call:
    """The bare call of ``call``, ``call_indirect`` and ``call_ref`` and their tail forms, whatever it gives."""
    name = value.op.name.replace("return_", "")
    if name == "call":
        signed = e.conventions.get(value.immediate, ())
        args = [e.signed(value, i).node if i in signed else e.plain(value, i) for i in range(len(value.args))]
        return py.call(e.cell(e.cells.function(value.immediate)), args)
    last = len(value.args) - 1
    if name == "call_indirect":
        callee = _call_list_entry(e, value)
    else:  # Python warns of a None that is called
        ref = value.args[last]
        callee = e.runtime("ref_null_function") if ref.is_const else e.object(ref)
    return py.call(callee, [e.plain(value, index) for index in range(last)])


def _call_list_entry(e: Expressions, value: Value) -> ast.expr:
    """What ``call_indirect`` calls. The index is kept where an IndexError alone would not tell the trap."""
    typeidx, table = value.immediate
    calls = e.cell(e.cells.calls(table, typeidx))
    index = e.unsigned(value, len(value.args) - 1).node
    return py.item(calls, py.walrus(f"at_{calls}", index) if e.cells.keeps_call_index else index)


@integer("call", "call_indirect", "call_ref")
def _call_integer(e: Expressions, value: Value) -> Held:
    modulus = 1 << _BITS[str(value.type)]
    if value.op.name == "call" and RETURNED in e.conventions.get(value.immediate, ()):
        return Held(call_expression(e, value), -modulus // 2, modulus // 2 - 1)
    return Held(call_expression(e, value), 0, modulus - 1)


@obj("call", "call_indirect", "call_ref")
def _call_object(e: Expressions, value: Value) -> ast.expr:
    return call_expression(e, value)


@statement("call", "call_indirect", "call_ref")
def _call_statement(e: Expressions, value: Value) -> list[ast.stmt]:
    return [ast.Expr(call_expression(e, value))]


@statement("return_call", "return_call_indirect", "return_call_ref")
def _tail_call(e: Expressions, value: Value) -> list[ast.stmt]:
    """``return x if tail else tail_call(x)``, where x says what to call (see the runtime's tail_calls)."""
    call = call_expression(e, value)
    if value.op is RETURN_CALL and not e.cells.may_leave_with_call(value.immediate):
        return [ast.Return(call)]
    e.leaves_with_call = True
    scratch = e.scratch()
    described = py.tuple_of([e.runtime("tail_mark"), call.func, *call.args])
    made = e.helper("tail_call", py.name(scratch))
    return [py.assign(scratch, described), ast.Return(py.choice(py.name(TAIL), py.name(scratch), made))]


@integer("global.get")
def _global_integer(e: Expressions, value: Value) -> Held:
    name = e.cell(e.cells.global_(value.immediate))
    return Held(py.name(name), 0, (1 << _BITS[str(value.type)]) - 1)


@obj("global.get")
def _global_object(e: Expressions, value: Value) -> ast.expr:
    return py.name(e.cell(e.cells.global_(value.immediate)))


@statement("global.set")
def _global_set(e: Expressions, value: Value) -> list[ast.stmt]:
    return [e.set_cell(e.cells.global_(value.immediate), e.plain(value, 0))]


@obj("ref.null")
def _ref_null(e: Expressions, value: Value) -> ast.expr:
    return py.constant(None)


@obj("ref.func")
def _ref_func(e: Expressions, value: Value) -> ast.expr:
    return py.name(e.cell(e.cells.function(value.immediate)))


def _method(e: Expressions, table: int, method: str) -> ast.expr:
    return py.attribute(e.cell(f"table{table}"), method)


def _args(e: Expressions, value: Value) -> list[ast.expr]:
    return [e.plain(value, index) for index in range(len(value.args))]


@obj("table.get")
def _table_get(e: Expressions, value: Value) -> ast.expr:
    return py.call(_method(e, value.immediate, "get"), _args(e, value))


@statement("table.set", "table.fill")
def _table_write(e: Expressions, value: Value) -> list[ast.stmt]:
    return [ast.Expr(py.call(_method(e, value.immediate, value.op.name[6:]), _args(e, value)))]


@integer("table.size")
def _table_size(e: Expressions, value: Value) -> Held:
    return Held(_method(e, value.immediate, "size"), 0, (1 << 32) - 1)


@integer("table.grow")
def _table_grow(e: Expressions, value: Value) -> Held:
    init, delta = _args(e, value)
    return Held(py.call(_method(e, value.immediate, "grow"), [delta, init]), -1, (1 << 32) - 1)


@statement("table.copy", "table.init")
def _table_copy(e: Expressions, value: Value) -> list[ast.stmt]:
    """From another table or an element segment: the cell of either is the second argument."""
    if value.op.name == "table.copy":
        target, source = value.immediate[0], f"table{value.immediate[1]}"
    else:
        target, source = value.immediate[1], f"elem{value.immediate[0]}"
    args = _args(e, value)
    args.insert(1, py.name(e.cell(source)))
    return [ast.Expr(py.call(_method(e, target, value.op.name[6:]), args))]


@statement("elem.drop")
def _elem_drop(e: Expressions, value: Value) -> list[ast.stmt]:
    return [e.set_cell(f"elem{value.immediate}", py.tuple_of([]))]
