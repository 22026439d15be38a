"""Where f32 results are rounded: by the store that takes them, or through a memory cell, instead of by a call.

before:  f32[l0] = f32_round(f32_round(l1 * l2) + l3)        after:  f32_cell[0] = l1 * l2
                                                                     l4 = f32_cell[0]
                                                                     f32[l0] = l4 + l3

An f32 is a Python float that is exactly an f32. Sums, products, quotients and roots of f32 computed in double precision
and rounded once to single are correct: 53 bits are more than twice 24 and two. A view of floats rounds what it stores,
to infinity too, and it makes NaNs quiet. ``f32_cell`` is such a view of one element.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Function

#: f32 instructions that are done in double precision and then rounded
ROUNDED = frozenset(
    BY_NAME[f"f32.{name}"]
    for name in ("add", "sub", "mul", "div", "sqrt", "demote_f64", "convert_i32_s", "convert_i32_u")
)
_STORE = BY_NAME["f32.store"]


@dataclass
class Rounding:
    """Ids of the values that a store rounds if they are written into it, and of those that need a cell."""

    by_store: set[int] = field(default_factory=set)
    by_cell: set[int] = field(default_factory=set)


def fold_rounding(function: Function) -> Rounding:
    """A value that is stored and used nowhere else is written into the store; every other one gets a statement."""
    found = Rounding()
    if ROUNDED.isdisjoint(function.spaces.opcodes):
        return found
    for block in function.blocks:
        for value in block.body:
            if value.op in ROUNDED:
                found.by_cell.add(value.id)
            elif value.op is _STORE:
                found.by_store.add(value.args[1].id)
    found.by_store &= found.by_cell
    found.by_cell -= found.by_store
    return found
