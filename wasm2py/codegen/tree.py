"""The statement tree between the graph and Python: structured, but jumps still name their target block.

``Label(target, body)`` says that ``target`` is where control goes on after ``body``; a ``Goto`` inside it may leave it.
``Loop(target, body)`` starts again at its top when the end of ``body`` is reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union

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
class Label:
    target: Block
    body: list[Node]


@dataclass
class Dispatch:
    """A loop around a choice by a state variable: ``entries[k]`` runs in state k, a jump to its target sets k."""

    entries: list[tuple[Optional[Block], list[Node]]]


Node = Union[Straight, Copies, Goto, Leave, If, Cases, Loop, Label, Dispatch]


def negate(condition: Condition) -> Condition:
    return condition.operand if isinstance(condition, Not) else Not(condition)
