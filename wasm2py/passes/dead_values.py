"""Values that nothing needs disappear.

before:  v1 = i32.add v0 v0      after:  return v0
         return v0

A value is needed if it has an effect, or if a needed value or a terminator reads it; so a ring of phis that only feed
each other goes too. The results of a call stay together.
"""

from __future__ import annotations

from collections.abc import Collection

from wasm2py.ir import Function, Value
from wasm2py.ir.graph import RESULT


def remove_dead_values(function: Function, needless: Collection[int] = ()) -> None:
    """``needless``: ids of instructions that may go in spite of what they do, if nothing reads them."""
    wanted: list[Value] = []
    for block in function.blocks:
        wanted += block.terminator.args
        wanted += [v for v in block.body if (not v.op.pure and v.id not in needless) or v.op is RESULT]
    needed: set[Value] = set()
    while wanted:
        new = set(wanted) - needed
        needed |= new
        wanted = []
        for value in new:
            wanted += value.args
    for block in function.blocks:
        block.phis = [phi for phi in block.phis if phi in needed]
        block.body = [value for value in block.body if value in needed]
