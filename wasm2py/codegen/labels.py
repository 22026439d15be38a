"""Fewer labels and jumps in the statement tree, before what is left of them is tidied up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from wasm2py.codegen.tree import (
    LEAVES,
    Cases,
    Copies,
    Dispatch,
    Goto,
    If,
    Label,
    Leave,
    Loop,
    Node,
    Straight,
    bodies,
    gotos,
    jumps_to,
    rewrite_bodies,
)
from wasm2py.ir import Block

#: a tail of more statements than this is not copied, nor to more jumps
MAX_TAIL = 2
MAX_COPIES = 8


def narrowed(nodes: list[Node]) -> list[Node]:
    """Take out of each label what stands before the first jump to it.

    before:  label T { A  loop H { … goto T … } }  B        after:  A  label T { loop H { … goto T … } }  B

    A label around nothing but a loop is no Python loop of its own.
    """
    result: list[Node] = []
    for node in nodes:
        if type(node) in LEAVES:
            result.append(node)
            continue
        rewrite_bodies(node, narrowed)
        if isinstance(node, Label):
            while len(node.body) > 1 and not jumps_to(node.body[:1], node.target):
                result.append(node.body.pop(0))
        result.append(node)
    return result


def copied_tails(nodes: list[Node], size: Callable[[Block], int]) -> list[Node]:
    """Where a jump out of an inner loop leads to a few statements at the end of a list, write these instead of it.

    before:  label T { loop H { … goto T … } B; goto T } A; goto S        after:  loop H { … A; goto S … } B; A; goto S

    ``size`` is the number of statements of a block.
    """
    for i, node in enumerate(nodes):
        if type(node) in LEAVES:
            continue
        rewrite_bodies(node, lambda body: copied_tails(body, size))
        if not isinstance(node, Label):
            continue
        tail = nodes[i + 1 :]
        if _is_short(tail, size) and _is_hard_to_reach(node) and _jumps(node) <= MAX_COPIES:
            node.body = _with_tail(node.body, node.target, tail, False)
            return nodes[: i + 1] + tail if _jumps(node) else nodes[:i] + node.body
    return nodes


def _jumps(label: Label) -> int:
    return sum(goto.target is label.target for goto in gotos(label.body))


def _is_hard_to_reach(label: Label) -> bool:
    """Whether a jump to the label is no ``break`` of the only loop in it, or that loop has other ways out."""
    inside = label.body[0]
    if len(label.body) > 1 or not isinstance(inside, Loop):
        return jumps_from_within(label.body, label.target)
    return jumps_from_within(inside.body, label.target) or len(set(_outside(inside))) > 1


def _is_short(tail: list[Node], size: Callable[[Block], int]) -> bool:
    if not tail or not all(isinstance(node, (Straight, Copies, Goto, Leave)) for node in tail):
        return False
    count = sum(size(node.block) for node in tail if isinstance(node, Straight))
    return count + sum(len(node.target.phis) for node in tail if isinstance(node, Copies)) <= MAX_TAIL


def _with_tail(nodes: list[Node], target: Block, tail: list[Node], within: bool) -> list[Node]:
    """``nodes`` with the tail in the place of jumps to the target; ``within``: only those in a label or a loop."""
    result: list[Node] = []
    for node in nodes:
        if within and isinstance(node, Goto) and node.target is target:
            result += [Goto(each.target) if isinstance(each, Goto) else each for each in tail]
            continue
        if type(node) not in LEAVES:
            inside = within or not isinstance(node, (If, Cases))
            rewrite_bodies(node, lambda body, inside=inside: _with_tail(body, target, tail, inside))  # type: ignore[misc]
        result.append(node)
    return result


def single_exits(nodes: list[Node], behind: Block | None = None) -> list[Node]:
    """Give each loop a place right behind it to break to, from where the jump goes on.

    before:  loop H { … goto T … }        after:  label E { loop H { … goto E … } }  goto T

    Only one of several targets can have that; the others stay jumps out of the middle. ``behind``: the target of the
    label around the nodes.
    """
    result: list[Node] = []
    for node in nodes:
        if type(node) in LEAVES:
            result.append(node)
            continue
        inner = node.target if isinstance(node, Label) else None
        rewrite_bodies(node, lambda body, inner=inner: single_exits(body, inner))  # type: ignore[misc]
        if isinstance(node, Label):
            _collapse(node)
        outside = _outside(node) if isinstance(node, (Loop, Dispatch)) else []
        if not outside or (len(nodes) == 1 and behind in outside):
            result.append(node)
            continue
        ((target, _),) = Counter(outside).most_common(1)
        exit_ = Block(-1)
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
    inside: set[Block | None] = set()
    targets: list[Block] = []
    work: list[Node] = [node]
    while work:
        each = work.pop()
        if isinstance(each, Goto):
            targets.append(each.target)
        elif type(each) not in LEAVES:
            if isinstance(each, (Loop, Label)):
                inside.add(each.target)
            elif isinstance(each, Dispatch):
                inside.update([target for target, _ in each.entries])
            for body in bodies(each):
                work += body
    return [target for target in targets if target not in inside]


def _redirect(nodes: list[Node], old: Block, new: Block) -> None:
    for goto in gotos(nodes):
        if goto.target is old:
            goto.target = new


def jumps_from_within(nodes: list[Node], target: Block) -> bool:
    """Whether a jump to the target stands inside another label, loop or dispatch, where nesting cannot help."""
    for node in nodes:
        if type(node) in LEAVES:
            continue
        if isinstance(node, If):
            if jumps_from_within(node.then, target) or jumps_from_within(node.otherwise, target):
                return True
        elif isinstance(node, Cases):
            if any(jumps_from_within(case.body, target) for case in node.cases):
                return True
        elif any(jumps_to(body, target) for body in bodies(node)):
            return True
    return False
