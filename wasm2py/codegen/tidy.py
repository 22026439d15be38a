"""Jumps that lead where control goes anyway disappear, and labels that nothing jumps to any more.

before:  label T { if c { A; goto T }  B; goto T }        after:  if c { A } else { B }

A label that stays becomes a Python loop of one round, so that a jump is a ``break``. Arms are nested as above only
where this makes a label disappear and does not indent too far.
"""

from __future__ import annotations

from wasm2py.codegen.labels import crossed
from wasm2py.codegen.tree import LEAVES, Case, Cases, Dispatch, Goto, If, Label, Loop, Node, Try
from wasm2py.ir import Block

#: how many arms may be nested into each other for one label
MAX_ARMS = 4


def tidy(nodes: list[Node]) -> list[Node]:
    return _Tidying(crossed(nodes)).run(nodes, None, False)


class _Tidying:
    """``crossed``: ids of the labels that are jumped to from within something else."""

    def __init__(self, crossed: set[int]) -> None:
        self.crossed = crossed
        #: the targets of the jumps that are left so far: those to a label are all inside it
        self.reached: set[Block] = set()

    def run(self, nodes: list[Node], follow: Block | None, nest: bool) -> list[Node]:
        """``follow`` is where control goes after the list; ``nest``: put what is left of the list into an else arm."""
        result: list[Node] = []
        for i, node in enumerate(nodes):
            if isinstance(node, Goto):
                if node.target is not follow:
                    self.reached.add(node.target)
                    result.append(node)
            elif type(node) in LEAVES:
                result.append(node)
            elif isinstance(node, If):
                rest = nodes[i + 1 :]
                if nest and rest and _ends_at(node.then, follow):
                    result.append(If(node.condition, self.run(node.then, follow, nest), self.run(rest, follow, nest)))
                    return result
                inner = None if rest else follow
                then, otherwise = self.run(node.then, inner, nest), self.run(node.otherwise, inner, nest)
                result.append(If(node.condition, then, otherwise))
            elif isinstance(node, Cases):
                cases = [Case(case.end, self.run(case.body, follow, nest)) for case in node.cases]
                result.append(Cases(node.block, cases))
            elif isinstance(node, Try):
                inner = None if nodes[i + 1 :] else follow
                result.append(Try(node.block, self.run(node.caught, inner, False), self.run(node.normal, inner, False)))
            elif isinstance(node, Label):
                result += self._label(node)
            elif isinstance(node, Loop):
                result.append(Loop(node.target, self.run(node.body, node.target, False)))
            elif isinstance(node, Dispatch):
                result.append(Dispatch([(target, self.run(body, None, False)) for target, body in node.entries]))
            else:
                result.append(node)
        return result

    def _label(self, label: Label) -> list[Node]:
        nest = id(label) not in self.crossed and _arms(label.body, label.target) <= MAX_ARMS
        body = self.run(label.body, label.target, nest)
        return [Label(label.target, body)] if label.target in self.reached else body


def _ends_at(nodes: list[Node], target: Block | None) -> bool:
    """Whether some way through the list ends with a jump to the target in last position."""
    last = nodes[-1] if nodes else None
    if isinstance(last, Goto):
        return last.target is target
    if isinstance(last, If):
        return _ends_at(last.then, target) or _ends_at(last.otherwise, target)
    if isinstance(last, Cases):
        return any(_ends_at(case.body, target) for case in last.cases)
    return False


def _arms(nodes: list[Node], target: Block) -> int:
    """How many arms in a list end at the target with code behind them, nested lists included."""
    count = 0
    for i, node in enumerate(nodes):
        if isinstance(node, If):
            behind = i + 1 < len(nodes)
            count += (behind and _ends_at(node.then, target)) + _arms(node.then, target) + _arms(node.otherwise, target)
        elif isinstance(node, Cases):
            count += sum(_arms(case.body, target) for case in node.cases)
    return count
