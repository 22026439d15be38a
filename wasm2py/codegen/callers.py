"""The intervals of parameters, by what all calls pass: functions are analysed callers first.

before:  def f(n, p): … f64[(p + i * 8) % 4294967296] …   after, where every call passes an n of 512 at most and
                                                          1048576 or 1052672:   … f64[p + i * 8] …

Only functions that nothing but calls of this module can reach take part. Everything that leads to such a function comes
before it, so that also the calls count that were written into callers of callers. Of a function that calls itself, what
the others pass is assumed first, and then more, until what it passes itself is within that. Functions that call each
other in a circle, and what those lead to, may be given anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Optional

from wasm2py.analysis import Ranges
from wasm2py.analysis.facts import BITS
from wasm2py.analysis.interval import FULL, Interval, contains, fit, join
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.codegen.conventions import reachable
from wasm2py.ir import Function, Value
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.ir.tail_calls import RETURN_CALL
from wasm2py.module import Module

_CALLS = frozenset((BY_NAME["call"], RETURN_CALL))
#: assumptions about a function that calls itself after which nothing is assumed any more
_PATIENCE = 4

#: the interval of each argument, or None where it is no integer
Arguments = list[Optional[Interval]]
#: gives the ranges of a function whose parameters are within these
Analysis = Callable[[Sequence[Optional[Interval]]], Ranges]


class Callers:
    """What the functions of a module are given by those that have been analysed, which must be done in this order."""

    def __init__(self, module: Module, spaces: IndexSpaces) -> None:
        first = spaces.imported_functions
        known = _callers_first(module, first)
        #: the positions of all functions
        self.order = [index - first for index in known]
        self.order += sorted(set(range(len(module.functions))).difference(self.order))
        self._known = set(known).difference(reachable(spaces))
        self._given: dict[int, Arguments] = {}

    def ranges(self, function: Function, analyse: Analysis) -> Ranges:
        """The ranges of a function. What it calls learns what it is given."""
        calls = [value for block in function.blocks for value in block.body if value.op in _CALLS]
        calls = [call for call in calls if call.immediate in self._known]
        own = [call for call in calls if call.immediate == function.index]
        given = self._given.get(function.index)
        ranges = _of_recursive(given, own, analyse) if given and own else analyse(given or ())
        for call in calls:
            if call.immediate != function.index:
                self._given[call.immediate] = _joined(self._given.get(call.immediate), call, ranges)
        return ranges


def _callers_first(module: Module, first: int) -> list[int]:
    """The functions that no circle of calls leads to, each behind all that call it."""
    callees = {
        index: {immediate for opcode, immediate, _ in function.body if opcode in _CALLS and immediate >= first}
        for index, function in enumerate(module.functions, first)
    }
    for index, called in callees.items():
        called.discard(index)
    waiting = Counter(callee for called in callees.values() for callee in called)
    ready = [index for index in callees if not waiting[index]]
    for index in ready:  # which grows
        for callee in sorted(callees[index]):
            waiting[callee] -= 1
            if not waiting[callee]:
                ready.append(callee)
    return ready


def _joined(before: Optional[Arguments], call: Value, ranges: Ranges) -> Arguments:
    """The arguments of calls before, or of this one."""
    found: Arguments = []
    for index, arg in enumerate(call.args):
        interval = ranges.operand(call, index) if arg.type in BITS else None
        other = before[index] if before else None
        found.append(join(other, interval, BITS[arg.type]) if interval and other else interval)
    return found


def _of_recursive(given: Arguments, own: list[Value], analyse: Analysis) -> Ranges:
    """The ranges of a function whose own calls hand on what they were given by others, or more."""
    bits = [BITS.get(arg.type, 0) for arg in own[0].args]
    assumed = given
    for attempt in range(_PATIENCE):
        ranges = analyse(assumed)
        passed = given
        for call in own:
            passed = _joined(passed, call, ranges)
        pairs = [(each, other, size) for each, other, size in zip(assumed, passed, bits) if each and other]
        if all(contains(each, other, size) for each, other, size in pairs):
            return ranges if passed == assumed else analyse(passed)
        assumed = [
            _widened(each, other, size, attempt) if each and other else None
            for each, other, size in zip(assumed, passed, bits)
        ]
    return analyse(())


def _widened(assumed: Interval, passed: Interval, bits: int, attempt: int) -> Interval:
    """The next assumption where something else was passed: first that the sign stays as it is, then none."""
    if contains(assumed, passed, bits):
        return assumed
    if attempt:
        return FULL[bits]
    low, high, stride = join(assumed, passed, bits)
    half = 1 << bits - 1
    if low < assumed[0]:
        low, stride = 0 if low >= 0 else -half, 1
    if high > assumed[1]:
        high = half - 1 if high < half else FULL[bits][1]
    return fit(low, high - (high - low) % stride if stride else high, stride, bits)
