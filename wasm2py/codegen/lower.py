"""From the statement tree to Python statements: labels and loops become ``while True``, jumps ``break``/``continue``.

A jump that leaves more than one Python loop sets ``br`` to the number of its target and breaks; behind each loop that
such jumps leave stands a test of ``br`` that jumps on.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Optional, Protocol

from wasm2py.codegen import pyast as py
from wasm2py.codegen.clauses import joined
from wasm2py.codegen.structure import TooDeep
from wasm2py.codegen.switches import Compared
from wasm2py.codegen.tree import (
    Cases,
    Condition,
    Copies,
    Dispatch,
    For,
    Goto,
    If,
    Label,
    Leave,
    Loop,
    Node,
    Straight,
    Try,
    gotos,
)
from wasm2py.ir import Block

#: CPython's limits are 20 nested loops and 100 levels of indentation
MAX_LOOPS = 18
MAX_INDENT = 80


class Emitter(Protocol):
    """What the function's emitter gives: the Python of the parts that are not control flow."""

    def statements(self, block: Block) -> list[ast.stmt]: ...
    def invocation(self, block: Block) -> list[ast.stmt]: ...
    def joins_tries(self) -> bool: ...
    def handler(self, landing: Block, body: list[ast.stmt]) -> ast.ExceptHandler: ...
    def copies(self, source: Block, target: Block) -> list[ast.stmt]: ...
    def leave(self, block: Block) -> list[ast.stmt]: ...
    def condition(self, condition: Condition) -> ast.expr: ...
    def compared(self, block: Block) -> Compared: ...
    def counting(self, loop: For, body: Callable[[], list[ast.stmt]]) -> list[ast.stmt]: ...
    def counted(self, loop: For) -> list[ast.stmt]: ...
    def settled(self) -> set[str]: ...
    def new_name(self, hint: str) -> str: ...


@dataclass
class Open:
    """An open Python loop: where ``break`` leads, and what ``continue`` can be made to mean."""

    breaks: Optional[Block] = None
    continues: dict[Block, list[ast.stmt]] = field(default_factory=dict)
    plain: bool = False
    escapes: list[Block] = field(default_factory=list)


class Lowering:
    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter
        self.open: list[Open] = []
        self.numbers: dict[Block, int] = {}
        self.endless: set[ast.stmt] = set()
        self.br = ""

    def body(self, nodes: list[Node]) -> list[ast.stmt]:
        """The statements of a whole function. Raises structure.TooDeep."""
        return self.lower(nodes)

    def lower(self, nodes: list[Node], depth: int = 2) -> list[ast.stmt]:
        """The statements of a list of nodes. Raises structure.TooDeep."""
        if depth > MAX_INDENT:
            raise TooDeep
        result: list[ast.stmt] = []
        for node in nodes:
            statements = getattr(self, _METHODS[type(node)])(node, depth)
            if not (isinstance(node, Try) and self._joined(result, statements, node.block)):
                result += statements
        return result

    def _joined(self, before: list[ast.stmt], statements: list[ast.stmt], block: Block) -> bool:
        return self.emitter.joins_tries() and joined(before, statements, block)

    def _straight(self, node: Straight, depth: int) -> list[ast.stmt]:
        return self.emitter.statements(node.block)

    def _copies(self, node: Copies, depth: int) -> list[ast.stmt]:
        return self.emitter.copies(node.source, node.target)

    def _leave(self, node: Leave, depth: int) -> list[ast.stmt]:
        return self.emitter.leave(node.block)

    def _if(self, node: If, depth: int) -> list[ast.stmt]:
        condition = self.emitter.condition(node.condition)
        return self._choice(condition, self.lower(node.then, depth + 1), self.lower(node.otherwise, depth + 1))

    def _cases(self, node: Cases, depth: int) -> list[ast.stmt]:
        bodies = [self.lower(case.body, depth + 2 + len(node.cases).bit_length()) for case in node.cases]
        found = self.emitter.compared(node.block)
        bounds = [case.end + found.shift for case in node.cases[:-1] if case.end is not None]
        if not found.below or not bounds:
            return [*found.before, *self._tree(found.node, bounds, bodies, found.shift)]
        inside = self._tree(found.node, bounds[:-1], bodies[:-1], found.shift)
        test = py.between(found.shift, py.LE, found.node, py.LT, bounds[-1])
        return [*found.before, *self._choice(test, inside, bodies[-1])]

    def _choice(self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]) -> list[ast.stmt]:
        if not body:
            test, body, orelse = py.negation(test), orelse, body
        if orelse and self._ends(body):
            return [ast.If(test, body, []), *orelse]
        return [ast.If(test, body or [ast.Pass()], orelse)]

    def _tree(self, index: ast.expr, bounds: list[int], bodies: list[list[ast.stmt]], low: int) -> list[ast.stmt]:
        """``bodies[k]`` for an index in the k-th range between the bounds, found by halving; none is below ``low``."""
        if not bounds:
            return bodies[0]
        middle = len(bounds) // 2
        below = self._tree(index, bounds[:middle], bodies[: middle + 1], low)
        above = self._tree(index, bounds[middle + 1 :], bodies[middle + 1 :], bounds[middle])
        if middle == 0 and bounds[0] == low + 1:
            test: ast.expr = py.compare(index, ast.Eq(), py.integer(low))
        else:
            test = py.compare(index, ast.Lt(), py.integer(bounds[middle]))
        if not below:
            return [ast.If(py.negation(test), above, [])] if above else []
        return [ast.If(test, below, above)]

    def _try(self, node: Try, depth: int) -> list[ast.stmt]:
        before = self.emitter.statements(node.block)
        body = self.emitter.invocation(node.block)
        handler = self.emitter.handler(node.block.terminator.targets[1], self.lower(node.caught, depth + 1))
        return [*before, ast.Try(body, [handler], self.lower(node.normal, depth + 1), [])]

    def _label(self, node: Label, depth: int) -> list[ast.stmt]:
        if len(node.body) == 1 and isinstance(node.body[0], (Loop, Dispatch)):
            return self._loop_or_dispatch(node.body[0], node.target, depth)
        if len(node.body) == 1 and isinstance(node.body[0], For) and not _jumps_early(node.body[0].leave, node.target):
            return self._for(node.body[0], depth, node.target)
        body, opened = self._inside(Open(breaks=node.target), node.body, depth)
        if not self._ends(body):
            body.append(ast.Break())
            opened.plain = True
        return self._close(opened, body)

    def _loop_or_dispatch(self, node: Node, breaks: Optional[Block], depth: int) -> list[ast.stmt]:
        if isinstance(node, Dispatch):
            return self._dispatch(node, depth, breaks)
        assert isinstance(node, Loop)
        return self._loop(node, depth, breaks)

    def _loop(self, node: Loop, depth: int, breaks: Optional[Block] = None) -> list[ast.stmt]:
        body, opened = self._inside(Open(breaks, {node.target: []}), node.body, depth)
        return self._close(opened, body)

    def _for(self, node: For, depth: int, breaks: Optional[Block] = None) -> list[ast.stmt]:
        """Nothing leaves the loop early. Where the counting ends control goes on behind it: a jump there is none."""
        last = node.leave[-1]
        leave = node.leave[:-1] if isinstance(last, Goto) and last.target is breaks else node.leave
        opened = Open(breaks, {node.target: []})
        loop = self.emitter.counting(node, lambda: self._inside(opened, node.body, depth)[0])
        return [*loop, *self.emitter.counted(node), *self.lower(leave, depth)]

    def _dispatch(self, node: Dispatch, depth: int, breaks: Optional[Block] = None) -> list[ast.stmt]:
        state = self.emitter.new_name("state")
        targets = [target for target, _ in node.entries]
        continues = {t: [py.assign(state, py.integer(k))] for k, t in enumerate(targets) if t is not None}
        self._push(Open(breaks, continues))
        inner = depth + 1 + len(targets).bit_length()
        bodies = [self.lower(body, inner) for _, body in node.entries]
        body = self._tree(py.name(state), list(range(1, len(targets))), bodies, 0)
        return [py.assign(state, py.integer(0)), *self._close(self.open.pop(), body)]

    def _push(self, opened: Open) -> None:
        self.open.append(opened)
        if len(self.open) > MAX_LOOPS:
            raise TooDeep

    def _inside(self, opened: Open, nodes: list[Node], depth: int) -> tuple[list[ast.stmt], Open]:
        self._push(opened)
        body = self.lower(nodes, depth + 1)
        return body, self.open.pop()

    def _close(self, opened: Open, body: list[ast.stmt]) -> list[ast.stmt]:
        return self._behind(ast.While(py.constant(True), body or [ast.Pass()], []), opened)

    def _behind(self, loop: ast.stmt, opened: Open) -> list[ast.stmt]:
        """The Python loop, and behind it the tests for jumps that go further."""
        if not opened.escapes:
            if not opened.plain:
                self.endless.add(loop)
            return [loop]
        result: list[ast.stmt] = [loop]
        if opened.plain:
            result.insert(0, py.assign(self.br, py.integer(0)))
        for i, target in enumerate(opened.escapes):
            onward = self._jump(target, numbered=True)
            if opened.plain or i + 1 < len(opened.escapes):
                test = py.compare(py.name(self.br), ast.Eq(), py.integer(self.numbers[target]))
                result.append(ast.If(test, onward, []))
            else:
                result += onward
        return result

    def _goto(self, node: Goto, depth: int) -> list[ast.stmt]:
        return self._jump(node.target)

    def _jump(self, target: Block, numbered: bool = False) -> list[ast.stmt]:
        """To the target; ``numbered``: ``br`` is its number already, should that be needed."""
        crossed: list[Open] = []
        for opened in reversed(self.open):
            if target is opened.breaks or target in opened.continues:
                break
            crossed.append(opened)
        else:
            raise AssertionError(f"no way to b{target.id}")
        if crossed:
            return self._escape(crossed, target)[numbered:]
        if target is opened.breaks:
            opened.plain = True
            return [ast.Break()]
        return [*opened.continues[target], ast.Continue()]

    def _escape(self, crossed: list[Open], target: Block) -> list[ast.stmt]:
        self.br = self.br or self.emitter.new_name("br")
        number = self.numbers.setdefault(target, len(self.numbers) + 1)
        for opened in crossed:
            if target not in opened.escapes:
                opened.escapes.append(target)
        return [py.assign(self.br, py.integer(number)), ast.Break()]

    def _ends(self, body: list[ast.stmt]) -> bool:
        """Whether control never falls out of the end of the statements."""
        if not body:
            return False
        last = body[-1]
        if isinstance(last, ast.If):
            return bool(last.orelse) and self._ends(last.body) and self._ends(last.orelse)
        if isinstance(last, ast.Try):
            return self._ends(last.handlers[0].body) and self._ends(last.orelse or last.body)
        return isinstance(last, (ast.Break, ast.Continue, ast.Return, ast.Raise)) or last in self.endless


#: the method for each kind of node
_METHODS: dict[type, str] = {
    Straight: "_straight",
    Copies: "_copies",
    Leave: "_leave",
    If: "_if",
    Cases: "_cases",
    Try: "_try",
    Loop: "_loop",
    For: "_for",
    Label: "_label",
    Dispatch: "_dispatch",
    Goto: "_goto",
}


def _jumps_early(nodes: list[Node], target: Block) -> bool:
    """Whether an arm jumps to the target elsewhere than at its end."""
    return any(goto.target is target for goto in gotos(nodes) if goto is not nodes[-1])
