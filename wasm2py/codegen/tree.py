"""The statement tree between the graph and Python: structured, but jumps still name their target block.

``Label(target, body)`` says that ``target`` is where control goes on after ``body``; a ``Goto`` inside it may leave it.
``Loop(target, body)`` starts again at its top when the end of ``body`` is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Optional, Union

from wasm2py.analysis import Counter
from wasm2py.analysis.strides import Stride
from wasm2py.ir import Block, Value

#: loops of fewer rounds, as far as is known, do not count
MIN_ROUNDS = 17


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
class Try:
    """A block that ends with an Invoke: its statements, of which only the last one, the call, is in the ``try``.

    ``caught`` follows an exception, ``normal`` stands in the ``else``; behind come those that do not end.
    """

    block: Block
    caught: list[Node]
    normal: list[Node]


@dataclass
class Loop:
    target: Block
    body: list[Node]


class Stream(NamedTuple):
    """What lies in one row: ``loads`` of a round take one after the other, each ``stride`` bytes behind the last."""

    loads: list[Value]
    stride: Stride


@dataclass
class Streams:
    """What a loop may iterate over, instead of loading it.

    ``top``: the loads stand behind the test of the loop, not before it. ``single``: it is one, and the counter serves
    nothing else. ``dead``: values that serve nothing but addresses of the loads and the test of the loop. ``within``:
    ids of the values of the loop that the addresses are made of.
    """

    all: list[Stream]
    top: bool
    single: bool
    dead: set[Value]
    within: set[int]

    @property
    def loads(self) -> list[Value]:
        return [load for stream in self.all for load in stream.loads]


@dataclass
class For:
    """A loop that counts: ``leave`` is done when ``counter`` has taken all its values.

    ``top``: the test stands before the first round, which is not sure to happen; ``certain``: else, its value is within
    the range for certain. ``kept``: the next value of the counter is read within the loop; ``later``: the value that
    did not pass the test is read behind it.
    """

    target: Block
    counter: Counter
    body: list[Node]
    leave: list[Node]
    top: bool
    certain: bool
    kept: bool
    later: bool
    streams: Optional[Streams] = None


@dataclass
class Label:
    target: Block
    body: list[Node]


@dataclass
class Dispatch:
    """A loop around a choice by a state variable: ``entries[k]`` runs in state k, a jump to its target sets k."""

    entries: list[tuple[Optional[Block], list[Node]]]


Node = Union[Straight, Copies, Goto, Leave, If, Cases, Try, Loop, For, Label, Dispatch]
#: the kinds of node that have no lists inside
LEAVES = frozenset((Straight, Copies, Goto, Leave))


def negate(condition: Condition) -> Condition:
    return condition.operand if isinstance(condition, Not) else Not(condition)


def bodies(node: Node) -> Sequence[list[Node]]:
    """The lists inside a node."""
    return _BODIES[type(node)](node)


_BODIES: dict[type, Callable[[Any], Sequence[list[Node]]]] = {
    **dict.fromkeys(LEAVES, lambda node: ()),
    If: lambda node: (node.then, node.otherwise),
    Cases: lambda node: [case.body for case in node.cases],
    Try: lambda node: (node.caught, node.normal),
    Loop: lambda node: (node.body,),
    Label: lambda node: (node.body,),
    For: lambda node: (node.body, node.leave),
    Dispatch: lambda node: [body for _, body in node.entries],
}


def rewrite_bodies(node: Node, rewrite: Callable[[list[Node]], list[Node]]) -> None:
    """Put other nodes into each of the lists inside a node."""
    for body in _BODIES[type(node)](node):
        if body:
            body[:] = rewrite(body)


def gotos(nodes: Iterable[Node]) -> Iterator[Goto]:
    work = list(nodes)
    while work:
        node = work.pop()
        kind = type(node)
        if kind is Goto:
            yield node  # type: ignore[misc]
        elif kind not in LEAVES:
            for body in _BODIES[kind](node):
                work += body


def jumps_to(nodes: list[Node], target: Block) -> bool:
    """Whether there is a jump to the target in a list, or in the lists inside it."""
    for node in nodes:
        kind = type(node)
        if kind is Goto:
            if node.target is target:  # type: ignore[union-attr]
                return True
        elif kind not in LEAVES:
            for body in _BODIES[kind](node):
                if body and jumps_to(body, target):
                    return True
    return False
