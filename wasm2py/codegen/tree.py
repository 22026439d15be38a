"""The statement tree between the graph and Python: structured, but jumps still name their target block.

``Label(target, body)`` says that ``target`` is where control goes on after ``body``; a ``Goto`` inside it may leave it.
``Loop(target, body)`` starts again at its top when the end of ``body`` is reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Optional, Union

from wasm2py.analysis import Counter
from wasm2py.ir import Block


@dataclass
class Test:
    """The condition of the block's branch."""

    block: Block


@dataclass
class Not:
    operand: Condition


@dataclass
class Both:
    """``and`` (or ``or``, if ``either``) of two conditions, the second evaluated only if it matters."""

    left: Condition
    right: Condition
    either: bool


Condition = Union[Test, Not, Both]


@dataclass
class Straight:
    """The statements of a block, without its terminator."""

    block: Block


@dataclass
class Copies:
    """What the phis of ``target`` are set to on the edge from ``source``."""

    source: Block
    target: Block


@dataclass
class Goto:
    target: Block


@dataclass
class Leave:
    """The return or trap that ends the block."""

    block: Block


@dataclass
class If:
    condition: Condition
    then: list[Node]
    otherwise: list[Node]


@dataclass
class Case:
    """A branch of Cases: taken for an index below ``end`` (None: any) and not below the case before it."""

    end: Optional[int]
    body: list[Node]


@dataclass
class Cases:
    """A br_table: the index of the block's switch against rising bounds."""

    block: Block
    cases: list[Case]


@dataclass
class Loop:
    target: Block
    body: list[Node]


@dataclass
class For:
    """A loop that counts: ``leave`` is done when ``counter`` has taken all its values.

    ``kept``: the next value of the counter is read within the loop; ``later``: it is read behind it.
    """

    target: Block
    counter: Counter
    body: list[Node]
    leave: list[Node]
    kept: bool
    later: bool


@dataclass
class Label:
    target: Block
    body: list[Node]


@dataclass
class Dispatch:
    """A loop around a choice by a state variable: ``entries[k]`` runs in state k, a jump to its target sets k."""

    entries: list[tuple[Optional[Block], list[Node]]]


Node = Union[Straight, Copies, Goto, Leave, If, Cases, Loop, For, Label, Dispatch]
#: the kinds of node that have no lists inside
LEAVES = frozenset((Straight, Copies, Goto, Leave))


def negate(condition: Condition) -> Condition:
    return condition.operand if isinstance(condition, Not) else Not(condition)


def bodies(node: Node) -> list[list[Node]]:
    """The lists inside a node."""
    if type(node) in LEAVES:  # most are
        return []
    if isinstance(node, If):
        return [node.then, node.otherwise]
    if isinstance(node, Cases):
        return [case.body for case in node.cases]
    if isinstance(node, (Loop, Label)):
        return [node.body]
    if isinstance(node, For):
        return [node.body, node.leave]
    if isinstance(node, Dispatch):
        return [body for _, body in node.entries]
    return []


def set_bodies(node: Node, bodies: list[list[Node]]) -> None:
    """Put other lists in the place of those that ``bodies`` gives."""
    if isinstance(node, If):
        node.then, node.otherwise = bodies
    elif isinstance(node, Cases):
        node.cases = [Case(case.end, body) for case, body in zip(node.cases, bodies)]
    elif isinstance(node, (Loop, Label)):
        (node.body,) = bodies
    elif isinstance(node, For):
        node.body, node.leave = bodies
    elif isinstance(node, Dispatch):
        node.entries = [(target, body) for (target, _), body in zip(node.entries, bodies)]


def gotos(nodes: list[Node]) -> Iterator[Goto]:
    work = list(nodes)
    while work:
        node = work.pop()
        if isinstance(node, Goto):
            yield node
        elif type(node) not in LEAVES:
            for body in bodies(node):
                work.extend(body)
