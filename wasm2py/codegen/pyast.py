"""Short ways to make the few kinds of Python AST nodes that generated code consists of."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache

LOAD = ast.Load()
STORE = ast.Store()
ADD, SUB, MULT, MOD, FLOORDIV, DIV = ast.Add(), ast.Sub(), ast.Mult(), ast.Mod(), ast.FloorDiv(), ast.Div()
LSHIFT, RSHIFT, AND, OR, XOR = ast.LShift(), ast.RShift(), ast.BitAnd(), ast.BitOr(), ast.BitXor()
EQ, NE, LT, LE, GT, GE = ast.Eq(), ast.NotEq(), ast.Lt(), ast.LtE(), ast.Gt(), ast.GtE()
IS, IS_NOT, NOT, NEG = ast.Is(), ast.IsNot(), ast.Not(), ast.USub()
_BOTH, _EITHER = ast.And(), ast.Or()

_INVERSE: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: NE, ast.NotEq: EQ, ast.Lt: GE, ast.LtE: GT, ast.Gt: LE, ast.GtE: LT, ast.Is: IS_NOT, ast.IsNot: IS,
}  # fmt: skip


@lru_cache(maxsize=4096)
def name(identifier: str) -> ast.Name:
    """To read a variable. Nobody changes these nodes, nor those of literals, so that one does for all places."""
    return ast.Name(identifier, LOAD)


@lru_cache(maxsize=4096)
def target(identifier: str) -> ast.Name:
    """To write a variable."""
    return ast.Name(identifier, STORE)


def constant(value: object) -> ast.Constant:
    return ast.Constant(value)  # type: ignore[arg-type]


@lru_cache(maxsize=4096, typed=True)
def integer(value: int) -> ast.expr:
    """A literal; negative ones as Python's parser makes them."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(NEG, ast.Constant(-value))


def binary(left: ast.expr, op: ast.operator, right: ast.expr) -> ast.BinOp:
    return ast.BinOp(left, op, right)


def plus(left: ast.expr, constant: int) -> ast.expr:
    """``left + constant``, as short as it can be written."""
    if constant == 0:
        return left
    return binary(left, ADD, integer(constant)) if constant > 0 else binary(left, SUB, integer(-constant))


def compare(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.Compare:
    return ast.Compare(left, [op], [right])


def compare_floats(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.Compare:
    """A comparison whose opposite is not its negation, since both are false for NaN."""
    node = compare(left, op, right)
    node.floats = not isinstance(op, (ast.Eq, ast.NotEq))  # type: ignore[attr-defined]
    return node


def between(low: int, low_op: ast.cmpop, middle: ast.expr, high_op: ast.cmpop, high: int) -> ast.Compare:
    """``low <= middle <= high``"""
    return ast.Compare(integer(low), [low_op, high_op], [middle, integer(high)])


def negation(test: ast.expr) -> ast.expr:
    """``not test``, as the opposite comparison where there is one (an ordered one of floats has none: NaN)."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and not getattr(test, "floats", False):
        return ast.Compare(test.left, [_INVERSE[type(test.ops[0])]], test.comparators)
    return ast.UnaryOp(NOT, test)


def both(left: ast.expr, right: ast.expr, either: bool) -> ast.BoolOp:
    op = _EITHER if either else _BOTH
    parts = [*_parts(left, op), *_parts(right, op)]
    return ast.BoolOp(op, parts)


def _parts(test: ast.expr, op: ast.boolop) -> list[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) and test.op is op else [test]


def choice(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.IfExp:
    return ast.IfExp(test, then, otherwise)


def call(function: str | ast.expr, args: Sequence[ast.expr]) -> ast.Call:
    return ast.Call(name(function) if isinstance(function, str) else function, list(args), [])


def attribute(owner: str, field: str) -> ast.Attribute:
    return ast.Attribute(name(owner), field, LOAD)


def item(view: str, index: ast.expr) -> ast.Subscript:
    return ast.Subscript(name(view), index, LOAD)


def walrus(variable: str, value: ast.expr) -> ast.NamedExpr:
    return ast.NamedExpr(target(variable), value)


def assign(variable: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([target(variable)], value)


def assign_element(element: ast.Subscript, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Subscript(element.value, element.slice, STORE)], value)


def assign_tuple(variables: Sequence[str], value: ast.expr) -> ast.stmt:
    targets: list[ast.expr] = [target(variable) for variable in variables]
    return ast.Assign([ast.Tuple(targets, STORE)], value)


def tuple_of(values: Sequence[ast.expr]) -> ast.Tuple:
    return ast.Tuple(list(values), LOAD)


def read_names(node: ast.expr) -> set[str]:
    """The variables that an expression reads."""
    if isinstance(node, (ast.Name, ast.Constant)):
        return {node.id} if isinstance(node, ast.Name) else set()
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load)}


def loop(element: ast.expr, values: ast.expr, body: list[ast.stmt]) -> ast.For:
    """``for element in values: body``"""
    return ast.For(element, values, body or [ast.Pass()], [])


def define(identifier: str, args: list[ast.arg], body: list[ast.stmt]) -> ast.FunctionDef:
    """``def identifier(args): body``"""
    arguments = ast.arguments([], args, None, [], [], None, [])
    return ast.FunctionDef(identifier, arguments, body, [], None)
