"""Induction variables: what a loop does to the phis of its header, from the shape of the loop alone.

before:  i = phi 0 j; …; j = i + 4; branch j != n      known:  i is 0, 4, 8, … and never beyond the highest n - 4

A phi is linear if each way back adds the same constant to it. How far it gets follows from a test that every round
passes (``Exit``), from another linear phi of the same loop, or is guessed and proved afterwards (see ranges).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import gcd
from typing import Optional, Union

from wasm2py.analysis.conditions import COMPARISONS, NEGATED, SWAPPED
from wasm2py.analysis.interval import Interval, fit, signed, unsigned
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Block, Branch, Value
from wasm2py.ir.dominators import Dominance

#: longest chain of additions that is followed
_DEPTH = 8
#: the sign of the second operand
SIGNS = {BY_NAME[f"i{bits}.{name}"]: sign for bits in (32, 64) for name, sign in (("add", 1), ("sub", -1))}
Lookup = Callable[[Value], Interval]


@dataclass
class Linear:
    """A phi that each round of its loop changes by ``step``, which is not 0."""

    phi: Value
    step: int
    exits: list[Exit]


@dataclass
class Varying:
    """A phi to which each round adds ``step``, a value that was there before the loop."""

    phi: Value
    step: Value
    next: Value
    exits: list[Exit]


Stepping = Union[Linear, Varying]


@dataclass(frozen=True)
class Exit:
    """A test passed in every round: ``phi + offset`` (``op``) ``limit`` holds where the loop goes on.

    No ``limit`` is 0. ``block`` ends with the test. ``stepped``: it tests the next value of a Varying, and an offset.
    """

    block: Block

    op: str
    sign: str
    offset: int
    limit: Optional[Value]
    stepped: bool = False

    def compared(self, interval: Interval, bits: int) -> Interval:
        """The numbers that stand for residues in the test. One for equality takes them as they come."""
        if not self.sign:
            return interval
        return (signed if self.sign == "s" else unsigned)(interval, bits)


def trace(value: Value) -> tuple[Value, int]:
    """(base, offset) such that the value is base + offset, modulo its width."""
    offset = 0
    for _ in range(_DEPTH):
        sign = SIGNS.get(value.op)
        if sign is None:
            break
        base, other = value.args
        if not other.is_const:
            break
        offset += sign * constant(other)
        value = base
    return value, offset


def constant(value: Value) -> int:
    """A constant as a signed number."""
    half = 1 << (31 if value.type == "i32" else 63)
    return int((value.immediate + half) % (2 * half) - half)


def stepping_phis(
    header: Block, latches: list[Block], dominance: Dominance, is_before: Callable[[Value], bool]
) -> tuple[list[Linear], list[Varying]]:
    """The phis of the header of a loop that each round adds the same to; ``latches`` lead back to the header.

    ``is_before`` tells whether a value is computed before the loop.
    """
    linear: list[Linear] = []
    varying: list[Varying] = []
    for phi in header.phis:
        step = _step(phi, header, latches)
        if step:
            linear.append(Linear(phi, step, []))
        else:
            varying += _varying(phi, header, latches, is_before)
    if linear or varying:
        found: list[Stepping] = [*linear, *varying]
        _find_exits({each.phi: each for each in found}, header, latches, dominance)
        for each in found:
            each.exits = [exit for exit in each.exits if exit.limit is None or is_before(exit.limit)]
    return linear, varying


def _step(phi: Value, header: Block, latches: list[Block]) -> int:
    """What each way back adds to the phi; 0 if they differ, or it is not known."""
    if phi.type != "i32" and phi.type != "i64":
        return 0
    steps = set()
    for pred, arg in zip(header.preds, phi.args):
        if pred in latches:
            base, offset = trace(arg)
            steps.add(offset if base is phi else 0)
    return steps.pop() if len(steps) == 1 else 0


def next_value(phi: Value, header: Block, latches: list[Block]) -> Optional[Value]:
    """What all ways back bring, if it is one value."""
    found = {arg for pred, arg in zip(header.preds, phi.args) if pred in latches}
    return found.pop() if len(found) == 1 else None


def _varying(phi: Value, header: Block, latches: list[Block], is_before: Callable[[Value], bool]) -> Iterator[Varying]:
    next = next_value(phi, header, latches)
    if next is not None and SIGNS.get(next.op) == 1 and phi in next.args:
        step = next.args[next.args[0] is phi]
        if is_before(step) and not step.is_const:
            yield Varying(phi, step, next, [])


def _find_exits(by_base: dict[Value, Stepping], header: Block, latches: list[Block], dominance: Dominance) -> None:
    by_base.update({each.next: each for each in by_base.values() if isinstance(each, Varying)})
    for block in _passed_blocks(header, latches, dominance):
        terminator = block.terminator
        if not isinstance(terminator, Branch):
            continue
        stays = [dominance.in_loop(target, header) for target in terminator.targets]
        if stays[0] != stays[1]:
            _add_exit(by_base, block, stays[0])


def _passed_blocks(header: Block, latches: list[Block], dominance: Dominance) -> list[Block]:
    """Blocks of the loop that every round passes: the dominators of all latches."""
    found: list[Block] = []
    block: Optional[Block] = latches[0]
    while block is not None:
        if all(dominance.dominates(block, latch) for latch in latches):
            found.append(block)
        if block is header:
            break
        block = dominance.idom[block]
    return found


def _add_exit(by_base: dict[Value, Stepping], block: Block, holds: bool) -> None:
    test = block.terminator.args[0]
    while test.op.name == "i32.eqz" and test.args[0].op.name in COMPARISONS:
        test, holds = test.args[0], not holds
    if test.op.name in COMPARISONS:
        op, _, sign = test.op.name[4:].partition("_")
        op = op if holds else NEGATED[op]
        left, right = test.args
        _add_test(by_base, left, Exit(block, op, sign, 0, right))
        _add_test(by_base, right, Exit(block, SWAPPED[op], sign, 0, left))
        return
    if test.op.name == "i32.eqz":
        test, holds = test.args[0], not holds
    _add_test(by_base, test, Exit(block, "ne" if holds else "eq", "", 0, None))


def _add_test(by_base: dict[Value, Stepping], tested: Value, exit: Exit) -> None:
    base, offset = trace(tested)
    if base in by_base:
        by_base[base].exits.append(replace(exit, offset=offset, stepped=base is not by_base[base].phi))


def met_exit(each: Linear, start: Interval, lookup: Lookup, apart: Callable[[Exit], Interval]) -> Optional[Exit]:
    """The test by which the loop ends when the phi meets a limit that it cannot step over, if it has such a one.

    ``apart``: how far the phi has to go until the loop ends by such a test, where the intervals alone do not say.
    """
    for exit in each.exits:
        if exit.op == "ne":
            limit = lookup(exit.limit) if exit.limit else (0, 0, 0)
            stride = gcd(start[2], limit[2], limit[0] - exit.offset - start[0])
            way = (limit[0] - exit.offset - start[1], limit[1] - exit.offset - start[0], stride)
            if _meets(way, each.step) or _meets(apart(exit), each.step):
                return exit
    return None


def _meets(way: Interval, step: int) -> bool:
    """Whether a number of steps, or none, makes each of these distances."""
    ahead = way[0] >= 0 if step > 0 else way[1] <= 0
    return ahead and gcd(way[0], way[2]) % step == 0


def reach(each: Linear, exit: Exit, start: Interval, lookup: Lookup, bits: int) -> Interval:
    """Where the phi is at the start of a round, if the loop ends by such a test."""
    return fit(*_way(each, exit, start, lookup), bits)


def going_on(each: Linear, exit: Exit, start: Interval, lookup: Lookup, bits: int) -> Optional[Interval]:
    """Where the phi is behind such a test, if the loop goes on."""
    low, high, stride = _way(each, exit, start, lookup)
    low, high = (low, high - each.step) if each.step > 0 else (low - each.step, high)
    return fit(low, high, stride if low < high else 0, bits) if low <= high else None


def _way(each: Linear, exit: Exit, start: Interval, lookup: Lookup) -> Interval:
    limit = lookup(exit.limit) if exit.limit else (0, 0, 0)
    stride = gcd(start[2], each.step)
    if each.step > 0:
        return _on_grid(start[0], limit[1] - exit.offset, start[0], stride)
    return _on_grid(limit[0] - exit.offset, start[1], start[0], stride)


def _on_grid(low: int, high: int, start: int, stride: int) -> Interval:
    """The numbers between the two that are a multiple of the stride away from the start."""
    low, high = low + (start - low) % stride, high - (high - start) % stride
    return (low, high, stride if low < high else 0) if low <= high else (start, start, 0)


def guess(each: Linear, start: Interval, lookup: Lookup, bits: int) -> Optional[Interval]:
    """Where the phi is if no addition wraps, by a test against a limit: to be proved."""
    step = each.step
    for exit in each.exits:
        if exit.op not in ("lt", "le", "gt", "ge") or not exit.limit:
            continue
        limit, from_ = exit.compared(lookup(exit.limit), bits), exit.compared(start, bits)
        strict = exit.op in ("lt", "gt")
        if step > 0 and exit.op in ("lt", "le"):
            last = limit[1] - strict - exit.offset + step
            return _strided(from_[0], max(from_[1], last), from_, step, bits)
        if step < 0 and exit.op in ("gt", "ge"):
            last = limit[0] + strict - exit.offset + step
            return _strided(min(from_[0], last), from_[1], from_, step, bits)
    return None


def _strided(low: int, high: int, start: Interval, step: int, bits: int) -> Interval:
    """An interval of the values that are a multiple of the stride away from the start."""
    return fit(*_on_grid(low, high, start[0], gcd(start[2], step)), bits)


def rounds(step: int, known: Interval, bits: int) -> Optional[int]:
    """How often the way back can be taken if a linear phi stays within an interval."""
    span = known[1] - known[0]
    if span + abs(step) >= 1 << bits:
        return None  # it may wrap around into the interval again
    return span // abs(step)


def after_rounds(steps: Interval, start: Interval, count: int, bits: int) -> Interval:
    """Where a phi is at the start of a round if the way back, which adds a step, is taken at most ``count`` times."""
    low, high = min(steps[0], 0) * count, max(steps[1], 0) * count
    stride = gcd(start[2], steps[0], steps[2])
    return fit(start[0] + low, start[1] + high, stride, bits)
