"""Loops that count: which phis are sure to step, without wrapping around, until a test of every round ends the loop.

before:  i = phi 0 j; …; j = i + s; branch j < n          found:  i steps by s while i + s < n

The numbers are those of a ``range`` then. That a test for a limit meets it is known from the shape of the loop; the
other tests must leave room for one step more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wasm2py.analysis.facts import BITS
from wasm2py.analysis.induction import Exit, Linear, Lookup, Stepping, next_value
from wasm2py.analysis.interval import unsigned
from wasm2py.analysis.result import Counter
from wasm2py.ir import Block

#: the tests that let a phi go on that rises, or falls
RISING, FALLING = ("lt", "le"), ("gt", "ge")


def counters(
    stepping: Iterable[Stepping],
    met: dict[int, Exit],
    header: Block,
    latches: list[Block],
    lookup: Lookup,
) -> list[Counter]:
    """The counters of a loop. ``met``: the tests, by phi, that end a loop when a phi meets a limit.

    ``lookup`` gives what is known of a value at the header.
    """
    found: list[Counter] = []
    for each in stepping:
        next = next_value(each.phi, header, latches)
        if next is None:
            continue
        known = met.get(each.phi.id)
        for exit in [known] if known else _sure_exits(each, lookup):
            limit = lookup(exit.limit) if exit.limit else (0, 0, 0)
            found.append(Counter(each.phi, each.step, exit, limit, next))
    return found


def _sure_exits(each: Stepping, lookup: Lookup) -> Iterator[Exit]:
    """The tests that stay true as numbers, beyond the residues that they compare."""
    bits = BITS[each.phi.type]
    low, high = _step(each, lookup)
    if low <= 0 <= high or high >= 1 << bits - 1:
        return  # a step of nothing never ends, and is none for a range
    for exit in each.exits:
        if exit.op in (RISING if low > 0 else FALLING) and _stays_true(each, exit, (low, high), lookup):
            yield exit


def _stays_true(each: Stepping, exit: Exit, step: tuple[int, int], lookup: Lookup) -> bool:
    """Whether what the test is about never wraps around, nor the next value of a phi that passes it."""
    assert exit.limit is not None
    bits = BITS[each.phi.type]
    lowest = -1 << bits - 1 if exit.sign == "s" else 0
    first, last, _ = exit.compared(lookup(each.phi), bits)
    least, most, _ = exit.compared(lookup(exit.limit), bits)
    ahead = [exit.offset + by * exit.stepped for by in step]
    if first + min(ahead) < lowest or last + max(ahead) >= lowest + (1 << bits):
        return False
    strict = exit.op in ("lt", "gt")
    if step[0] > 0:
        return min(last, most - strict - min(ahead)) + step[1] < lowest + (1 << bits)
    return max(first, least + strict - max(ahead)) + step[0] >= lowest


def _step(each: Stepping, lookup: Lookup) -> tuple[int, int]:
    """The least and the greatest step."""
    if isinstance(each, Linear):
        return each.step, each.step
    low, high, _ = unsigned(lookup(each.step), BITS[each.step.type])
    return low, high
