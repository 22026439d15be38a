"""The tests that were passed on the way to a place, from those next to it upwards.

before:  branch i < n b1 b2; b1: …                     known in b1:  i < n, whatever the two are
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple, Optional

from wasm2py.analysis.conditions import COMPARISON_OPS, NEGATED, PARTS, ZERO_TESTS
from wasm2py.analysis.facts import BITS
from wasm2py.analysis.interval import Interval, unsigned
from wasm2py.ir import Block, Branch, Value
from wasm2py.ir.dominators import Dominance

#: how many blocks are walked up
_MOST_BLOCKS = 24
#: a way from one block to the next
Edge = tuple[Block, Block]


class Test(NamedTuple):
    """``left op right`` holds; no ``right`` is 0. ``view`` gives the numbers that are compared."""

    left: Value
    op: str
    right: Optional[Value]
    view: Callable[[Interval, int], Interval]


#: tests that hold, and what stands in the place of phis
Way = tuple[list[Test], dict[Value, Value]]


def ways(edge: Edge, phis: Collection[Value], dominance: Dominance) -> Iterator[Way]:
    """The ways to an edge: one for each way into the block of one of the phis, if they are not of a loop."""
    tests, join = _way(edge, phis, dominance)
    if join is None:
        yield tests, {}
        return
    for index, pred in enumerate(join.preds):
        yield tests + _way((pred, join), (), dominance)[0], {phi: phi.args[index] for phi in join.phis}


def _way(edge: Edge, phis: Collection[Value], dominance: Dominance) -> tuple[list[Test], Optional[Block]]:
    """The tests passed up to an edge, that included: from the start, or the block of one of the phis, on."""
    found = list(_tests(edge))
    block: Optional[Block] = edge[0]
    for _ in range(_MOST_BLOCKS):
        if block is None:
            break
        if any(phi in phis for phi in block.phis) and not dominance.is_header(block):
            return found, block
        entries = [each for each in block.preds if dominance.number[each] < dominance.number[block]]
        if len(entries) == 1:
            found += _tests((entries[0], block))
        block = dominance.idom[block]
    return found, None


def _tests(edge: Edge) -> Iterator[Test]:
    terminator = edge[0].terminator
    if not isinstance(terminator, Branch) or terminator.targets[0] is terminator.targets[1]:
        return
    test, holds = terminator.args[0], terminator.targets[0] is edge[1]
    while test.op in ZERO_TESTS:
        test, holds = test.args[0], not holds
    if test.op in COMPARISON_OPS:
        op, view, _ = PARTS[test.op]
        yield Test(test.args[0], op if holds else NEGATED[op], test.args[1], view)
    elif test.type in BITS:
        yield Test(test, "ne" if holds else "eq", None, unsigned)
