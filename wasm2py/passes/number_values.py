"""What was computed before is not computed again (global value numbering over the dominator tree).

before:  b0: v2 = i32.rotl v0 v1           after:  b0: v2 = i32.rotl v0 v1
             branch v0 b1 b2                           branch v0 b1 b2
         b1: v3 = i32.rotl v0 v1                   b1: v4 = i32.add v2 v0
             v4 = i32.add v3 v0

A value with two uses is a variable, while one with a single use is written where it is used. So there is something to
gain only where computing costs more than writing and reading a variable. Sums and products are looked for in the same
block only: in a variable they may need a mask that they do not need within an expression. Comparisons and conversions
that do nothing are not looked for at all.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Opcode
from wasm2py.ir import Block, Function, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import resolve
from wasm2py.passes.replacing import forward_operands, replace
from wasm2py.passes.rewriting import INTEGERS


def _integer_ops(names: str) -> frozenset[Opcode]:
    return frozenset(BY_NAME[f"i{bits}.{name}"] for bits in (32, 64) for name in names.split())


def _float_ops(names: str) -> frozenset[Opcode]:
    return frozenset(BY_NAME[f"f{bits}.{name}"] for bits in (32, 64) for name in names.split())


#: worth a variable, wherever they are needed again
_DEAR = (
    _integer_ops("rotl rotr clz ctz popcnt extend8_s extend16_s")
    | _float_ops("add sub mul div sqrt ceil floor trunc nearest min max abs copysign")
    | frozenset(op for op in BY_NAME.values() if ".convert_" in op.name or op.name.startswith(("f32.demote", "select")))
    | frozenset(op for op in BY_NAME.values() if ".reinterpret_" in op.name or ".trunc_sat_" in op.name)
)
#: worth one in the same block
_NEAR = _integer_ops("add sub mul and or xor shl shr_u shr_s")
_NUMBERED = _DEAR | _NEAR
_COMMUTATIVE = _integer_ops("add mul and or xor")


def number_values(function: Function) -> None:
    _Numbering(function).run()


class _Numbering:
    """The values at hand on the way from the entry to the block, by what they compute."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.known: dict[Hashable, Value] = {}
        self.replaced = False

    def run(self) -> None:
        if not self._has_twins():
            return
        dominance = Dominance(self.function)
        work: list[tuple[Block, Optional[list[Hashable]]]] = [(self.function.blocks[0], None)]
        while work:
            block, added = work.pop()
            if added is not None:
                for key in added:
                    del self.known[key]
                continue
            work.append((block, self._visit(block)))
            work.extend((child, None) for child in dominance.children[block])
        if self.replaced:
            forward_operands(self.function)

    def _has_twins(self) -> bool:
        """Whether any two instructions could be the same, before anything is made for it."""
        dear: set[Hashable] = set()
        for block in self.function.blocks:
            keys = [_key(value) for value in block.body if value.op in _NEAR]
            if len(keys) > 1 and len(set(keys)) < len(keys):
                return True
            for key in [_key(value) for value in block.body if value.op in _DEAR]:
                if key in dear:
                    return True
                dear.add(key)
        return False

    def _visit(self, block: Block) -> list[Hashable]:
        """Replace what is known in the block; gives the keys that hold in the blocks below it only."""
        added: list[Hashable] = []
        here: dict[Hashable, Value] = {}
        body: list[Value] = []
        for value in block.body:
            resolve(value.args)
            op = value.op
            if op in _NUMBERED:
                key = _key(value)
                twin = self.known.get(key) or here.get(key)
                if twin is not None:
                    replace(value, twin)
                    self.replaced = True
                    continue
                if op in _DEAR:
                    self.known[key] = value
                    added.append(key)
                else:
                    here[key] = value
            body.append(value)
        block.body = body
        return added


def _key(value: Value) -> Hashable:
    """Equal for instructions that give the same. Constants count by what they are."""
    args = value.args
    if len(args) == 2:
        left, right = args[0].id, args[1].id
        if args[1].op in INTEGERS:
            return (value.op, left, "const", args[1].immediate)
        if left > right and value.op in _COMMUTATIVE:
            return (value.op, right, left)
        return (value.op, left, right)
    return (value.op, *[arg.id for arg in args])
