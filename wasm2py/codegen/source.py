"""Python source text from AST, by astor: its printer, with short cuts for the nodes that generated code is made of."""

from __future__ import annotations

import ast
import warnings
from typing import Any

with warnings.catch_warnings():  # astor still names ast.Num and friends
    warnings.simplefilter("ignore", DeprecationWarning)
    import astor
    from astor.code_gen import SourceGenerator
    from astor.op_util import Precedence, get_op_precedence, symbol_data


class Printer(SourceGenerator):  # type: ignore[misc]
    """astor's generator for code that no one wrote: nothing in it comes from a string that could be code."""

    def visit(self, node: ast.AST) -> None:
        _METHODS[type(node)](self, node)

    def visit_Name(self, node: ast.Name) -> None:
        self._token(node.id)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        # ascii(): no character of a module's names gets into the file unescaped.
        self._token(ascii(value) if isinstance(value, str) else repr(value))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Constant):  # the dot of 0.bit_length() would be a decimal point
            self.write("(", node.value, ").", node.attr)
        else:
            super().visit_Attribute(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        # Always in parentheses: Python 3.9 wants them in subscripts, where astor leaves them out.
        self.write("(", node.target, " := ", node.value, ")")

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """As astor does it, without a context manager for each operation."""
        precedence = get_op_precedence(node.op)
        parentheses = precedence < getattr(node, "_pp", Precedence.highest)
        node.left._pp = precedence  # type: ignore[attr-defined]
        node.right._pp = precedence + 1  # type: ignore[attr-defined]
        if parentheses:
            self._token("(")
        self.visit(node.left)
        self.result.append(f" {symbol_data[type(node.op)]} ")
        self.visit(node.right)
        if parentheses:
            self.result.append(")")

    def _token(self, text: str) -> None:
        if self.new_lines:
            self.write(text)
        else:
            self.result.append(text)


class _Methods(dict[type, Any]):
    """The printer's method for each kind of node, looked up once."""

    def __missing__(self, kind: type) -> Any:
        method = self[kind] = getattr(Printer, f"visit_{kind.__name__}")
        return method


_METHODS = _Methods()


def to_source(node: ast.AST) -> str:
    """The text of a module, statement or expression, ending in one newline."""
    text: str = astor.to_source(node, source_generator_class=Printer, pretty_source="".join)
    return text.strip("\n") + "\n"
