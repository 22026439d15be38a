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
    return _Narrowing().run(nodes)


class _Narrowing:
    def __init__(self) -> None:
        #: the targets of the jumps met so far: those to a label are all inside it
        self.reached: set[Block] = set()

    def run(self, nodes: list[Node]) -> list[Node]:
        result: list[Node] = []
        for node in nodes:
            if isinstance(node, Goto):
                self.reached.add(node.target)
            elif isinstance(node, Label):
                result += self._before(node)
            elif type(node) not in LEAVES:
                rewrite_bodies(node, self.run)
            result.append(node)
        return result

    def _before(self, label: Label) -> list[Node]:
        """What stands before the first jump to the label, which is left with the others."""
        before: list[Node] = []
        inside: list[Node] = []
        for node in label.body:
            nodes = self.run([node])
            if inside or label.target in self.reached:
                inside += nodes
            else:
                before += nodes
        while len(inside) > 1 and not jumps_to(inside[:1], label.target):  # an inner label was one node before
            before.append(inside.pop(0))
        label.body = inside or [before.pop()]
        return before


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


def single_exits(nodes: list[Node]) -> list[Node]:
    """Give each loop a place right behind it to break to, from where the jump goes on.

    before:  loop H { … goto T … }        after:  label E { loop H { … goto E … } }  goto T

    Only one of several targets can have that; the others stay jumps out of the middle.
    """
    return _Exits().run(nodes, None)[0]


class _Exits:
    def __init__(self) -> None:
        #: by id of a label: the jumps to it
        self.jumps: dict[int, list[Goto]] = {}

    def run(self, nodes: list[Node], behind: Block | None) -> tuple[list[Node], list[Goto]]:
        """The nodes and the jumps that lead out of them, in order. ``behind``: the target of the label around them."""
        result: list[Node] = []
        leaving: list[Goto] = []
        for node in nodes:
            if isinstance(node, Goto):
                leaving.append(node)
            if type(node) in LEAVES:
                result.append(node)
                continue
            jumps = self._inside(node)
            targets = [jump.target for jump in reversed(jumps)] if isinstance(node, (Loop, Dispatch)) else []
            if targets and (len(nodes) > 1 or behind not in targets):
                node, onward = self._with_exit(node, Counter(targets).most_common(1)[0][0], jumps)
                result += [node, onward]
                leaving += [*(jump for jump in jumps if jump.target is not node.target), onward]
            else:
                result.append(node)
                leaving += jumps
        return result, leaving

    def _inside(self, node: Node) -> list[Goto]:
        """The jumps that lead out of a node, whose inside is done."""
        behind = node.target if isinstance(node, Label) else None
        jumps: list[Goto] = []
        for body in bodies(node):
            body[:], leaving = self.run(body, behind)
            jumps += leaving
        if isinstance(node, Label):
            self._collapse(node)
        return self._without(node, jumps)

    def _without(self, node: Node, jumps: list[Goto]) -> list[Goto]:
        """The jumps but for those to the node itself."""
        if isinstance(node, Label):
            self.jumps.setdefault(id(node), []).extend(jump for jump in jumps if jump.target is node.target)
        if isinstance(node, (Label, Loop)):
            return [jump for jump in jumps if jump.target is not node.target]
        if isinstance(node, Dispatch):
            own = {target for target, _ in node.entries}
            return [jump for jump in jumps if jump.target not in own]
        return jumps

    def _with_exit(self, loop: Node, target: Block, jumps: list[Goto]) -> tuple[Label, Goto]:
        """The loop in a label of its own, to which its jumps to the target lead now, and the jump on from there."""
        label = Label(Block(-1), [loop])
        self.jumps[id(label)] = [jump for jump in jumps if jump.target is target]
        for jump in self.jumps[id(label)]:
            jump.target = label.target
        return label, Goto(target)

    def _collapse(self, label: Label) -> None:
        """A label that only holds a loop, its own exit label and the jump on: the loop breaks to the outer one."""
        if len(label.body) != 2:
            return
        inner, onward = label.body
        if isinstance(inner, Label) and isinstance(onward, Goto) and onward.target is label.target:
            self.jumps[id(label)] = self.jumps[id(inner)]
            for jump in self.jumps[id(label)]:
                jump.target = label.target
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


def crossed(nodes: list[Node]) -> set[int]:
    """Ids of the labels that are jumped to from within another label, loop or dispatch, where nesting cannot help."""
    found: set[int] = set()
    _cross(nodes, None, set(), found)
    return found


def _cross(nodes: list[Node], around: Block | None, targets: set[Block], found: set[int]) -> None:
    """``around``: the target of the innermost label; None in a loop. ``targets`` of such jumps are added to."""
    for node in nodes:
        if isinstance(node, Goto):
            if node.target is not around:
                targets.add(node.target)
        elif isinstance(node, Label):
            _cross(node.body, node.target, targets, found)
            if node.target in targets:
                found.add(id(node))
        elif type(node) not in LEAVES:
            inside = around if isinstance(node, (If, Cases)) else None
            for body in bodies(node):
                _cross(body, inside, targets, found)
