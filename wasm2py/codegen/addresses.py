"""Addresses that are written at each use, since views that begin at an offset add their constant for nothing.

before:  a = p + 80                          after:  f64_at80[p] = f64_at80[p] + x
         f64[a] = f64[a] + x
"""

from __future__ import annotations

from collections.abc import Iterator

from wasm2py.analysis import Ranges
from wasm2py.analysis.interval import unsigned
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Function, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import PARAM, PHI

#: the most constants that are added in one function: as many views may begin there
MAX_OFFSETS = 24
_ADD = BY_NAME["i32.add"]


def shared_addresses(function: Function, dominance: Dominance, ranges: Ranges) -> set[int]:
    """Ids of sums of a variable and a constant that only address memory 0, in loops, and do not wrap around."""
    sums = [value for value in _in_loops(function, dominance) if value.op is _ADD and _is_offset(value, ranges)]
    if not sums:
        return set()
    other = _other_uses(function, dominance)
    found: set[int] = set()
    offsets: set[int] = set()
    for value in sums:
        if value.id not in other:
            offsets.add(value.args[1].immediate)
            if len(offsets) <= MAX_OFFSETS:
                found.add(value.id)
    return found


def _in_loops(function: Function, dominance: Dominance) -> Iterator[Value]:
    if dominance.outer:
        for block in function.blocks:
            if dominance.loop.get(block) is not None:
                yield from block.body


def _is_offset(value: Value, ranges: Ranges) -> bool:
    """Whether the value is a variable and a constant, exactly. A variable: its expression is not written twice."""
    base, constant = value.args
    if base.op not in (PARAM, PHI) or not constant.is_const or constant.immediate >= 1 << 31:
        return False
    highest = unsigned(ranges.operand(value, 0), 32)[1]
    return highest + int(constant.immediate) < 1 << 32


def _other_uses(function: Function, dominance: Dominance) -> set[int]:
    """Sums that are read elsewhere than as an address of memory 0 in a loop."""
    found: set[int] = set()
    for block in function.blocks:
        in_loop = dominance.loop.get(block) is not None
        for value in block.body:
            args = value.args
            if in_loop and value.op.access is not None and value.immediate.memory == 0:
                args = args[1:]
            for arg in args:
                if arg.op is _ADD:
                    found.add(arg.id)
        found.update([arg.id for arg in block.terminator.args])
        for phi in block.phis:
            found.update([arg.id for arg in phi.args])
    return found
