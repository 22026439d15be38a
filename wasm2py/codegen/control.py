"""Which form the control flow of a function gets.

Nested, as a person writes it, where CPython's limits allow; else flat, with a state variable; or, where the text is
going to be compiled here and now (``wasm2py.wiring``), with jumps.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Optional, TypeVar

from wasm2py.codegen.counting import Counting
from wasm2py.codegen.jumps import JumpLowering
from wasm2py.codegen.labels import copied_tails, narrowed, single_exits
from wasm2py.codegen.lower import Emitter, Lowering
from wasm2py.codegen.structure import Structurer, TooDeep
from wasm2py.codegen.tidy import tidy
from wasm2py.codegen.tree import Cases, Dispatch, Goto, If, Label, Loop, Node
from wasm2py.ir import Block

E = TypeVar("E", bound=Emitter)


def lower_control(
    structurer: Structurer, emitter: Callable[[], E], nested: bool, jumps: bool, counting: Optional[Counting]
) -> tuple[E, list[ast.stmt]]:
    """The statements of a function, and the emitter that made them: a new one for each form that is tried.

    Jumps take the place of flags, not of ``break`` and ``continue``: where these do for all, loops can count.
    """
    if nested:
        try:
            made = emitter()
            tree = tidy(single_exits(_tree(structurer)))
            if not jumps or reaches(tree):
                return made, Lowering(made).body(counting.rewrite(tree) if counting else tree)
            return made, JumpLowering(made).body(tidy(_tree(structurer)))
        except TooDeep:
            pass
    made = emitter()
    return made, (JumpLowering if jumps else Lowering)(made).body(structurer.flat())


def _tree(structurer: Structurer) -> list[Node]:
    return copied_tails(narrowed(structurer.nested()), structurer.size)


def reaches(nodes: list[Node], targets: frozenset[Block] = frozenset()) -> bool:
    """Whether ``break`` and ``continue`` do for all jumps. ``targets``: where they lead, innermost loop only."""
    return all(_reaches(node, targets) for node in nodes)


def _reaches(node: Node, targets: frozenset[Block]) -> bool:
    if isinstance(node, Goto):
        return node.target in targets
    if isinstance(node, If):
        return reaches(node.then, targets) and reaches(node.otherwise, targets)
    if isinstance(node, Cases):
        return all(reaches(case.body, targets) for case in node.cases)
    if isinstance(node, Label):
        inner = node.body[0]
        if len(node.body) == 1 and isinstance(inner, Loop):
            return reaches(inner.body, frozenset((node.target, inner.target)))
        return reaches(node.body, frozenset((node.target,)))
    if isinstance(node, Loop):
        return reaches(node.body, frozenset((node.target,)))
    return not isinstance(node, Dispatch)
