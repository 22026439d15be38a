"""Constant expressions (spec §3.4.13) as Python in the generated constructor, where ``m`` is the Linkage."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from wasm2py.codegen import pyast as py
from wasm2py.codegen.cells import Cells
from wasm2py.codegen.constant_objects import AGGREGATES
from wasm2py.module import Expr

_ARITHMETIC = {"add": py.ADD, "sub": py.SUB, "mul": py.MULT}


def constant_expression(expr: Expr, cells: Cells) -> ast.expr:
    """The expression for the canonical value: integers unsigned, functions raw."""
    stack: list[ast.expr] = []
    for opcode, immediate, _ in expr:
        if opcode.name == "end":
            break
        type, _, operation = opcode.name.partition(".")
        if operation in _ARITHMETIC:
            right, left = stack.pop(), stack.pop()
            mask = py.integer((1 << int(type[1:])) - 1)
            stack.append(py.binary(py.binary(left, _ARITHMETIC[operation], right), py.AND, mask))
        elif opcode.name in AGGREGATES:
            count, emit = AGGREGATES[opcode.name](immediate, cells)
            operands = stack[len(stack) - count :]
            del stack[len(stack) - count :]
            stack.append(emit(operands))
        else:
            stack.append(_SIMPLE[opcode.name](immediate, cells))
    return stack.pop()


def _float(type: str) -> Callable[[Any, Cells], ast.expr]:
    def emit(bits: int, cells: Cells) -> ast.expr:
        return py.name(cells.float_constant(type, bits))

    return emit


def item_of(space: str, index: int) -> ast.expr:
    """``m.functions[3]``"""
    return ast.Subscript(py.attribute("m", space), py.integer(index), py.LOAD)


def _global_get(index: int, cells: Cells) -> ast.expr:
    cell = ast.Attribute(item_of("globals", index), "cell", py.LOAD)
    return ast.Attribute(cell, "cell_contents", py.LOAD)


_SIMPLE: dict[str, Callable[[Any, Cells], ast.expr]] = {
    "i32.const": lambda value, cells: py.integer(value & 0xFFFFFFFF),
    "i64.const": lambda value, cells: py.integer(value & 0xFFFFFFFFFFFFFFFF),
    "f32.const": _float("f32"),
    "f64.const": _float("f64"),
    "v128.const": lambda value, cells: py.integer(value),
    "ref.null": lambda heap, cells: py.constant(None),
    "ref.func": lambda index, cells: item_of("functions", index),
    "global.get": _global_get,
}
