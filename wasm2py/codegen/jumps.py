"""From the statement tree to Python with real jumps, for functions that structure badly.

Python has no jump, so the text marks where one starts and ends, and ``wasm2py.wiring`` puts the jumps into the
compiled code:

    goto_1          a jump to label_1
    label_1         where it leads
    if always: …    what is done whenever control comes here. The condition disappears; it is there to keep compile()
                    from leaving out the label behind a ``return`` as dead code

Loops stay loops and jumps within Python's reach stay ``break`` and ``continue``. A jump may leave and enter loops, but
nothing else that CPython keeps on its stack or in a table: ``for``, ``with`` and ``try``.
"""

from __future__ import annotations

import ast
from typing import Optional

from wasm2py.codegen import pyast as py
from wasm2py.codegen.lower import MAX_LOOPS, Emitter, Lowering, Open
from wasm2py.codegen.tree import Dispatch, Goto, Label, Loop, Node
from wasm2py.ir import Block

GOTO = "goto_"
LABEL = "label_"
ALWAYS = "always"


class JumpLowering(Lowering):
    def __init__(self, emitter: Emitter) -> None:
        super().__init__(emitter)
        self.gotos: set[ast.stmt] = set()
        self.placed: set[Block] = set()

    def body(self, nodes: list[Node]) -> list[ast.stmt]:
        statements = super().body(nodes)
        return _initialised(statements, self.emitter.settled()) if self.gotos else statements

    def _label(self, node: Label, depth: int) -> list[ast.stmt]:
        if len(node.body) == 1 and isinstance(node.body[0], Loop) and len(self.open) < MAX_LOOPS:
            return self._marked(self._loop(node.body[0], depth, node.target), node.target)
        return self._marked(self.lower(node.body, depth), node.target)

    def _loop(self, node: Loop, depth: int, breaks: Optional[Block] = None) -> list[ast.stmt]:
        if len(self.open) < MAX_LOOPS:
            body = super()._loop(node, depth, breaks)
        else:
            body = [*self.lower(node.body, depth), *self._goto(Goto(node.target), depth)]
        return self._marked([], node.target) + body

    def _dispatch(self, node: Dispatch, depth: int, breaks: Optional[Block] = None) -> list[ast.stmt]:
        """No choice is needed: each entry stands behind its label, one after the other."""
        bodies = [self.lower(body, depth) for _, body in node.entries]
        result = bodies[0]
        for (target, _), body in zip(node.entries[1:], bodies[1:]):
            assert target is not None
            result = self._marked(result, target) + body
        return result

    def _close(self, opened: Open, body: list[ast.stmt]) -> list[ast.stmt]:
        """Jumps need no tests behind the loop that they leave."""
        loop = ast.While(py.constant(True), body or [ast.Pass()], [])
        if not opened.plain:
            self.endless.add(loop)
        return [loop]

    def _jump(self, target: Block, numbered: bool = False) -> list[ast.stmt]:
        if self.open and (target is self.open[-1].breaks or target in self.open[-1].continues):
            return super()._jump(target)
        goto = ast.Expr(py.name(f"{GOTO}{self._number(target)}"))
        self.gotos.add(goto)
        return [goto]

    def _number(self, target: Block) -> int:
        return self.numbers.setdefault(target, len(self.numbers) + 1)

    def _marked(self, body: list[ast.stmt], target: Block) -> list[ast.stmt]:
        """``body``, and the label behind it if anything jumps there."""
        if target not in self.numbers:
            return body
        if body and body[-1] in self.gotos and _is(body[-1], f"{GOTO}{self.numbers[target]}"):
            body = body[:-1]
        if super()._ends(body):
            body = [*body[:-1], ast.If(py.name(ALWAYS), [body[-1]], [])]
        if target in self.placed:  # a loop that begins here is marked already
            return body
        self.placed.add(target)
        return [*body, ast.Expr(py.name(f"{LABEL}{self.numbers[target]}"))]

    def _ends(self, body: list[ast.stmt]) -> bool:
        return bool(body) and (body[-1] in self.gotos or super()._ends(body))


def _is(statement: ast.stmt, name: str) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Name) and statement.value.id == name


def _initialised(body: list[ast.stmt], known: set[str]) -> list[ast.stmt]:
    """``body`` with all its variables set at the start, but for those that are ``known`` or set there anyway.

    From 3.12 on, compile() proves for each place that a variable is set, and leaves out the test at those. It knows
    nothing of our jumps: a variable that they leave unset would be a null pointer.
    """
    known = set(known)
    for statement in body:
        if not isinstance(statement, ast.Assign):
            break
        known |= _stored(statement)
    names = sorted(set().union(*map(_stored, body)) - known) if body else []
    if not names:
        return body
    targets: list[ast.expr] = [py.target(name) for name in names]
    return [ast.Assign(targets, py.integer(0)), *body]


def _stored(statement: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
