"""Python source text from AST, by astor: its printer, with short cuts for the nodes that generated code is made of.

Expressions of these kinds are put together from the inside out, by astor's tables of operators and precedence, and a
line is written as a whole. Everything else is left to astor's own methods.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from typing import Any

with warnings.catch_warnings():  # astor still names ast.Num and friends
    warnings.simplefilter("ignore", DeprecationWarning)
    from astor.code_gen import SourceGenerator
    from astor.op_util import Precedence, precedence_data, symbol_data

_INDENT = "    "
_OPERATORS = {op: f" {symbol} " for op, symbol in symbol_data.items()}


def to_source(node: ast.AST) -> str:
    """The text of a module, statement or expression, ending in one newline."""
    printer = Printer(_INDENT)
    printer.visit(node)
    del printer.write  # it holds the printer: without circles nothing waits for the collector
    return "".join(printer.result).strip("\n") + "\n"


class Printer(SourceGenerator):  # type: ignore[misc]
    """astor's generator for code that no one wrote: nothing in it comes from a string that could be code."""

    new_lines: int

    def visit(self, node: ast.AST) -> None:
        _METHODS[type(node)](self, node)

    def body(self, statements: list[ast.stmt]) -> None:
        self.indentation += 1
        for statement in statements:
            _METHODS[type(statement)](self, statement)
        self.indentation -= 1

    def visit_Assign(self, node: ast.Assign) -> None:
        self._line(" = ".join([_text(each, Precedence.Assign) for each in (*node.targets, node.value)]))

    def visit_Expr(self, node: ast.Expr) -> None:
        self._line(_text(node.value, Precedence.Expr))

    def visit_Return(self, node: ast.Return) -> None:
        self._line(f"return {_text(node.value, Precedence.Return)}" if node.value else "return")

    def visit_Break(self, node: ast.Break) -> None:
        self._line("break")

    def visit_Continue(self, node: ast.Continue) -> None:
        self._line("continue")

    def visit_While(self, node: ast.While) -> None:
        """Of a loop without an ``else``: there are no others."""
        self._line(f"while {_text(node.test, Precedence.While)}:")
        self.body(node.body)

    def visit_If(self, node: ast.If) -> None:
        self._line(f"if {_text(node.test, Precedence.If)}:")
        self.body(node.body)
        orelse = node.orelse
        while len(orelse) == 1 and isinstance(orelse[0], ast.If):
            node = orelse[0]
            self._line(f"elif {_text(node.test, Precedence.If)}:")
            self.body(node.body)
            orelse = node.orelse
        if orelse:
            self._line("else:")
            self.body(orelse)

    def _line(self, text: str) -> None:
        """A statement on a line of its own, or the head of one."""
        self.result += ("\n" * (self.new_lines or 1), _INDENT * self.indentation, text)
        self.new_lines = 0

    def token(self, text: str) -> None:
        """A part of a line."""
        if self.new_lines:
            self.write(text)
        else:
            self.result.append(text)


class _Methods(dict[type, Callable[[Printer, Any], None]]):
    """The printer's method for each kind of node, looked up once."""

    def __missing__(self, kind: type) -> Callable[[Printer, Any], None]:
        method = self[kind] = _write_text if kind in _TEXTS else getattr(Printer, f"visit_{kind.__name__}")
        return method


_METHODS = _Methods()


def _write_text(printer: Printer, node: ast.expr) -> None:
    """An expression in what astor itself writes. It notes how tightly what is around an expression binds in _pp."""
    printer.token(_text(node, getattr(node, "_pp", Precedence.highest)))


# -- expressions: the text of a node by the precedence of what is around it --------------------------------------


def _text(node: ast.expr, around: int) -> str:
    kind = type(node)
    if kind is ast.Name:
        return node.id  # type: ignore[attr-defined,no-any-return]
    return _TEXTS[kind](node, around)


def _name(node: ast.Name, around: int) -> str:
    return node.id


def _constant(node: ast.Constant, around: int) -> str:
    """ascii(): no character of a module's names gets into the file unescaped."""
    value = node.value
    return ascii(value) if isinstance(value, str) else repr(value)


def _attribute(node: ast.Attribute, around: int) -> str:
    owner = _text(node.value, Precedence.highest)
    if isinstance(node.value, ast.Constant):  # the dot of 0.bit_length() would be a decimal point
        owner = f"({owner})"
    return f"{owner}.{node.attr}"


def _subscript(node: ast.Subscript, around: int) -> str:
    return f"{_text(node.value, Precedence.highest)}[{_text(node.slice, Precedence.Subscript)}]"


def _call(node: ast.Call, around: int) -> str:
    single = len(node.args) == 1 and not node.keywords
    args = [_text(arg, Precedence.call_one_arg if single else Precedence.Comma) for arg in node.args]
    args += [f"{each.arg}={_text(each.value, Precedence.Comma)}" for each in node.keywords]
    return f"{_text(node.func, Precedence.highest)}({', '.join(args)})"


def _binary(node: ast.BinOp, around: int) -> str:
    op = type(node.op)
    own = precedence_data[op]
    text = f"{_text(node.left, own)}{_OPERATORS[op]}{_text(node.right, own + 1)}"
    return f"({text})" if own < around else text


def _unary(node: ast.UnaryOp, around: int) -> str:
    op = type(node.op)
    own = precedence_data[op]
    text = f"{'not ' if op is ast.Not else symbol_data[op]}{_text(node.operand, own)}"
    return f"({text})" if own < around else text


def _boolean(node: ast.BoolOp, around: int) -> str:
    op = type(node.op)
    own = precedence_data[op]
    text = _OPERATORS[op].join([_text(value, own + 1) for value in node.values])
    return f"({text})" if own < around else text


def _compare(node: ast.Compare, around: int) -> str:
    own = precedence_data[type(node.ops[0])]
    text = _text(node.left, own + 1)
    for op, right in zip(node.ops, node.comparators):
        text += _OPERATORS[type(op)] + _text(right, own + 1)
    return f"({text})" if own < around else text


def _choice(node: ast.IfExp, around: int) -> str:
    own = Precedence.IfExp
    text = f"{_text(node.body, own + 1)} if {_text(node.test, own + 1)} else {_text(node.orelse, own)}"
    return f"({text})" if own < around else text


def _walrus(node: ast.NamedExpr, around: int) -> str:
    """Always in parentheses: Python 3.9 wants them in subscripts, where astor leaves them out."""
    return f"({_text(node.target, Precedence.highest)} := {_text(node.value, Precedence.highest)})"


def _tuple(node: ast.Tuple, around: int) -> str:
    text = ", ".join([_text(element, Precedence.Comma) for element in node.elts]) + "," * (len(node.elts) == 1)
    return f"({text})" if Precedence.Tuple < around or not node.elts else text


def _by_astor(node: ast.expr, around: int) -> str:
    """A kind of expression that is rare."""
    node._pp = around  # type: ignore[attr-defined]
    printer = Printer(_INDENT)
    getattr(SourceGenerator, f"visit_{type(node).__name__}")(printer, node)
    del printer.write
    return "".join(printer.result)


class _Texts(dict[type, Callable[[Any, int], str]]):
    """The function for each kind of expression."""

    def __missing__(self, kind: type) -> Callable[[Any, int], str]:
        return _by_astor


_TEXTS = _Texts({
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.NamedExpr: _walrus,
    ast.Tuple: _tuple,
})  # fmt: skip
