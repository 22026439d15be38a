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

from wasm2py.ir import Function

#: f32 instructions that are done in double precision and then rounded
ROUNDED = frozenset(
    ["f32.add", "f32.sub", "f32.mul", "f32.div", "f32.sqrt", "f32.demote_f64", "f32.convert_i32_s", "f32.convert_i32_u"]
)


@dataclass
class Rounding:
    """Ids of the values that a store rounds if they are written into it, and of those that need a cell."""

    by_store: set[int] = field(default_factory=set)
    by_cell: set[int] = field(default_factory=set)


def fold_rounding(function: Function) -> Rounding:
    """A value that is stored and used nowhere else is written into the store; every other one gets a statement."""
    found = Rounding()
    for block in function.blocks:
        for value in block.body:
            if value.op.name in ROUNDED:
                found.by_cell.add(value.id)
            elif value.op.name == "f32.store":
                found.by_store.add(value.args[1].id)
    found.by_store &= found.by_cell
    found.by_cell -= found.by_store
    return found
