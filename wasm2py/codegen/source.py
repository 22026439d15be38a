"""Python source text from AST, by astor: its printer, with short cuts for the nodes that generated code is made of."""

from __future__ import annotations

import ast
import warnings

with warnings.catch_warnings():  # astor still names ast.Num and friends
    warnings.simplefilter("ignore", DeprecationWarning)
    import astor
    from astor.code_gen import SourceGenerator


class Printer(SourceGenerator):  # type: ignore[misc]
    """astor's generator for code that no one wrote: nothing in it comes from a string that could be code."""

    def visit_Name(self, node: ast.Name) -> None:
        self.write(node.id)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        # ascii(): no character of a module's names gets into the file unescaped.
        self.write(ascii(value) if isinstance(value, str) else repr(value))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Constant):  # the dot of 0.bit_length() would be a decimal point
            self.write("(", node.value, ").", node.attr)
        else:
            super().visit_Attribute(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        # Always in parentheses: Python 3.9 wants them in subscripts, where astor leaves them out.
        self.write("(", node.target, " := ", node.value, ")")


def to_source(node: ast.AST) -> str:
    """The text of a module, statement or expression, ending in one newline."""
    text: str = astor.to_source(node, source_generator_class=Printer, pretty_source="".join)
    return text.strip("\n") + "\n"
