"""What a br_table compares: not its index, but the number that the index counts from somewhere.

before:  t0 = (c - 34) % 4294967296          after:  if 34 <= c < 102:
         if t0 < 68:                                     if c == 34:
             if t0 == 0:                                     …
                 …                                   else:
         else:                                           …default
             …default
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional

from wasm2py.analysis.induction import constant
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.codegen import pyast as py
from wasm2py.ir import Block, Function, Switch, Value

if TYPE_CHECKING:
    from wasm2py.codegen.expressions import Expressions

_ADD = BY_NAME["i32.add"]
_MODULUS = 1 << 32


@dataclass
class Compared:
    """``node`` is ``shift`` more than the index, where that is in the table. ``below``: it may be less than ``shift``.

    ``before``: what sets the variable.
    """

    node: ast.expr
    shift: int = 0
    below: bool = False
    before: list[ast.stmt] = field(default_factory=list)


def counted_from(block: Block) -> Optional[tuple[Value, int]]:
    """(value, shift) such that the index of the switch that ends a block is value - shift, modulo 2**32."""
    if not isinstance(block.terminator, Switch):
        return None
    index = block.terminator.args[0]
    if index.op is not _ADD or not index.args[1].is_const or index.args[0].is_const:
        return None
    return index.args[0], -constant(index.args[1])


def compared_values(function: Function) -> set[int]:
    """Ids of the values that switches compare instead of their index."""
    found = [counted_from(block) for block in function.blocks]
    return {each[0].id for each in found if each}


def compared(e: Expressions, block: Block) -> Compared:
    """For the switch that ends a block."""
    index = block.terminator.args[0]
    found = counted_from(block)
    if not found or e.is_named(index):
        return Compared(e.returned(block, 0))
    shift, held = found[1], e.held(index, 0)
    low, high = held.low - shift, held.high - shift
    if low >= len(block.terminator.targets) - _MODULUS and high < _MODULUS:  # no other number gives such an index
        return Compared(held.node, shift, low < 0)
    variable = e.new_name("index")
    return Compared(py.name(variable), before=[py.assign(variable, e.returned(block, 0))])
