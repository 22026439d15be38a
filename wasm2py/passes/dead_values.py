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
    work: list[Value] = []
    for block in function.blocks:
        work += block.terminator.args
        work += [v for v in block.body if (not v.op.pure and v.id not in needless) or v.op is RESULT]
    needed = set(work)
    while work:
        for arg in work.pop().args:
            if arg not in needed:
                needed.add(arg)
                work.append(arg)
    for block in function.blocks:
        block.phis = [phi for phi in block.phis if phi in needed]
        block.body = [value for value in block.body if value in needed]
