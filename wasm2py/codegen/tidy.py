"""Jumps that lead where control goes anyway disappear, and labels that nothing jumps to any more.

before:  label T { if c { A; goto T }  B; goto T }        after:  if c { A } else { B }

A label that stays becomes a Python loop of one round, so that a jump is a ``break``. Arms are nested as above only
where this makes a label disappear and does not indent too far.
"""

from __future__ import annotations

from collections.abc import Iterator

from wasm2py.codegen.tree import Case, Cases, Dispatch, Goto, If, Label, Loop, Node
from wasm2py.ir import Block

#: how many arms may be nested into each other for one label
MAX_ARMS = 4


def tidy(nodes: list[Node], exits: bool = True) -> list[Node]:
    """``exits``: with an exit for each loop, which real jumps need not have."""
    return _tidy(single_exits(nodes) if exits else nodes, None, False)


def single_exits(nodes: list[Node]) -> list[Node]:
    """Give each loop a place right behind it to break to, from where the jump goes on.

    before:  loop H { … goto T … }        after:  label E { loop H { … goto E … } }  goto T

    Only one of several targets can have that; the others stay jumps out of the middle.
    """
    result: list[Node] = []
    for node in nodes:
        _set_bodies(node, [single_exits(body) for body in _bodies(node)])
        if isinstance(node, Label):
            _collapse(node)
        outside = _outside(node) if isinstance(node, (Loop, Dispatch)) else []
        if not outside:
            result.append(node)
            continue
        target, exit_ = max(outside, key=outside.count), Block(-1)
        _redirect([node], target, exit_)
        result += [Label(exit_, [node]), Goto(target)]
    return result


def _collapse(label: Label) -> None:
    """A label that only holds a loop, its own exit label and the jump on: the loop breaks to the outer one."""
    if len(label.body) != 2:
        return
    inner, onward = label.body
    if isinstance(inner, Label) and isinstance(onward, Goto) and onward.target is label.target:
        _redirect(inner.body, inner.target, label.target)
        label.body = inner.body


def _outside(node: Node) -> list[Block]:
    """Targets of the jumps that leave a node, once a jump."""
    inside: set[Block] = set()
    work: list[Node] = [node]
    while work:
        each = work.pop()
        if isinstance(each, (Loop, Label)):
            inside.add(each.target)
        elif isinstance(each, Dispatch):
            inside.update(target for target, _ in each.entries if target is not None)
        for body in _bodies(each):
            work.extend(body)
    return [goto.target for goto in _gotos([node]) if goto.target not in inside]


def _redirect(nodes: list[Node], old: Block, new: Block) -> None:
    for goto in _gotos(nodes):
        if goto.target is old:
            goto.target = new


def _tidy(nodes: list[Node], follow: Block | None, nest: bool) -> list[Node]:
    """``follow`` is where control goes after the list; ``nest``: put what is left of the list into an else arm."""
    result: list[Node] = []
    for i, node in enumerate(nodes):
        if isinstance(node, Goto):
            if node.target is not follow:
                result.append(node)
        elif isinstance(node, If):
            rest = nodes[i + 1 :]
            if nest and rest and _ends_at(node.then, follow):
                result.append(If(node.condition, _tidy(node.then, follow, nest), _tidy(rest, follow, nest)))
                return result
            inner = None if rest else follow
            result.append(If(node.condition, _tidy(node.then, inner, nest), _tidy(node.otherwise, inner, nest)))
        elif isinstance(node, Cases):
            cases = [Case(case.end, _tidy(case.body, follow, nest)) for case in node.cases]
            result.append(Cases(node.block, cases))
        elif isinstance(node, Label):
            result += _label(node)
        elif isinstance(node, Loop):
            result.append(Loop(node.target, _tidy(node.body, node.target, False)))
        elif isinstance(node, Dispatch):
            result.append(Dispatch([(target, _tidy(body, None, False)) for target, body in node.entries]))
        else:
            result.append(node)
    return result


def _label(label: Label) -> list[Node]:
    nest = not _jumps_from_within(label.body, label.target) and _arms(label.body, label.target) <= MAX_ARMS
    body = _tidy(label.body, label.target, nest)
    if any(goto.target is label.target for goto in _gotos(body)):
        return [Label(label.target, body)]
    return body


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


def _jumps_from_within(nodes: list[Node], target: Block) -> bool:
    """Whether a jump to the target stands inside another label, loop or dispatch, where nesting cannot help."""
    for node in nodes:
        if isinstance(node, If):
            if _jumps_from_within(node.then, target) or _jumps_from_within(node.otherwise, target):
                return True
        elif isinstance(node, Cases):
            if any(_jumps_from_within(case.body, target) for case in node.cases):
                return True
        elif any(goto.target is target for body in _bodies(node) for goto in _gotos(body)):
            return True
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


def _bodies(node: Node) -> list[list[Node]]:
    """The lists inside a node."""
    if isinstance(node, If):
        return [node.then, node.otherwise]
    if isinstance(node, Cases):
        return [case.body for case in node.cases]
    if isinstance(node, (Loop, Label)):
        return [node.body]
    if isinstance(node, Dispatch):
        return [body for _, body in node.entries]
    return []


def _set_bodies(node: Node, bodies: list[list[Node]]) -> None:
    """Put other lists in the place of those that ``_bodies`` gives."""
    if isinstance(node, If):
        node.then, node.otherwise = bodies
    elif isinstance(node, Cases):
        node.cases = [Case(case.end, body) for case, body in zip(node.cases, bodies)]
    elif isinstance(node, (Loop, Label)):
        (node.body,) = bodies
    elif isinstance(node, Dispatch):
        node.entries = [(target, body) for (target, _), body in zip(node.entries, bodies)]


def _gotos(nodes: list[Node]) -> Iterator[Goto]:
    work = list(nodes)
    while work:
        node = work.pop()
        if isinstance(node, Goto):
            yield node
        for body in _bodies(node):
            work.extend(body)
