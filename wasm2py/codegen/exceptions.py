"""Exceptions (spec §4.6.9 "throw", "try_table"): objects of the runtime with a tag and canonical values.

    try:
        l1 = f(l0)
    except WasmException as error:
        exn = error.with_traceback(None)
        break

The variable ``exn`` brings the exception to the handler: Python unbinds ``error`` at the end of the clause. Without its
traceback the exception does not keep frames alive, its own among them, for as long as it is a value.
"""

from __future__ import annotations

import ast

from wasm2py.codegen import held as forms
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.registry import integer, obj
from wasm2py.codegen.schedule import operand_leaves
from wasm2py.ir import Block, Value
from wasm2py.ir.graph import CAUGHT, HAS_TAG, NEW_EXCEPTION, NOT_NULL, TAG_VALUE

#: the class of exceptions in generated code
EXCEPTION = "WasmException"
_BITS = {"i32": 32, "i64": 64}


def tag_cell(tagidx: int) -> str:
    """The cell of a tag."""
    return f"tag{tagidx}"


class Clauses:
    """What the ``except`` clauses of one function share: two variables."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self.error = ""

    def handler(self, landing: Block, body: list[ast.stmt]) -> ast.ExceptHandler:
        """The clause of which the landing block is the beginning."""
        e = self.expressions
        e.helpers.add(EXCEPTION)
        uses = e.schedule.uses
        if not any(value.op is CAUGHT and uses.get(value.id) for value in landing.body):
            return ast.ExceptHandler(py.name(EXCEPTION), None, body or [ast.Pass()])
        self.error = self.error or e.new_name("error")
        bare = py.call(py.attribute(self.error, "with_traceback"), [py.constant(None)])
        return ast.ExceptHandler(py.name(EXCEPTION), self.error, [py.assign(e.caught(), bare), *body])


def raised(e: Expressions, exception: Value) -> list[ast.stmt]:
    """``raise`` at the end of a block.

    The traceback of an exception holds the frames that it left: one that still held the exception would be a circle,
    and garbage for the collector. So it is taken out of the variables: ``exn = [v]; v = None; raise exn.pop()``.
    """
    inlined = e.schedule.inlined
    node = e.object(exception)
    if exception.op is NEW_EXCEPTION and exception.id in inlined:
        return [ast.Raise(node, None)]
    box = e.caught()
    names = [e.names[leaf.id] for leaf in operand_leaves([exception], inlined)]
    return [
        py.assign(box, ast.List([node], py.LOAD)),
        *[py.assign(name, py.constant(None)) for name in names],
        ast.Raise(py.call(py.attribute(box, "pop"), []), None),
    ]


def _field(e: Expressions, value: Value, name: str) -> ast.expr:
    return ast.Attribute(e.object(value.args[0]), name, py.LOAD)


@obj(CAUGHT.name)
def _caught(e: Expressions, value: Value) -> ast.expr:
    return py.name(e.caught())


@integer(HAS_TAG.name)
def _has_tag(e: Expressions, value: Value) -> Held:
    return forms.condition(py.compare(_field(e, value, "tag"), py.IS, py.name(e.cell(tag_cell(value.immediate)))))


def _value(e: Expressions, value: Value) -> ast.expr:
    return ast.Subscript(_field(e, value, "raw"), py.integer(value.immediate), py.LOAD)


@integer(TAG_VALUE.name)
def _integer_value(e: Expressions, value: Value) -> Held:
    return Held(_value(e, value), 0, (1 << _BITS[str(value.type)]) - 1)


@obj(TAG_VALUE.name)
def _object_value(e: Expressions, value: Value) -> ast.expr:
    return _value(e, value)


@obj(NEW_EXCEPTION.name)
def _new_exception(e: Expressions, value: Value) -> ast.expr:
    values = py.tuple_of([e.plain(value, index) for index in range(len(value.args))])
    return e.helper("new_exception", py.name(e.cell(tag_cell(value.immediate))), values)


@obj(NOT_NULL.name)
def _not_null(e: Expressions, value: Value) -> ast.expr:
    return e.helper("not_null_exception", e.object(value.args[0]))
