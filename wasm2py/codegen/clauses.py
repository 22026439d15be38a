"""Calls one after the other with the same ``except`` clause stand in one ``try``.

before:  try: f()                            after:  try:
         except WasmException: break                     f()
         i32[l0] = 1                                     i32[l0] = 1
         try: g()                                        g()
         except WasmException: break                 except WasmException: break

What is between them calls nothing, so that it cannot throw.
"""

from __future__ import annotations

import ast

from wasm2py.ir import Block


def joined(before: list[ast.stmt], statements: list[ast.stmt], block: Block) -> bool:
    """Put the statements of a block that ends with a ``try`` into the ``try`` that stands right before them, if any.

    Says whether that was done.
    """
    *between, second = statements
    first = before[-1] if before else None
    if not isinstance(first, ast.Try) or not isinstance(second, ast.Try) or first.orelse or _calls_before(block):
        return False
    if ast.dump(first.handlers[0]) != ast.dump(second.handlers[0]):
        return False
    first.body += [*between, *second.body]
    first.orelse = second.orelse
    return True


def _calls_before(block: Block) -> bool:
    """Whether a block calls anything but in its end."""
    invoked = block.invoked()
    return any(value.op.calls for value in block.body if value is not invoked)
