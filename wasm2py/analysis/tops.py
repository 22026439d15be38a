"""How large a value may be that no address made from it wraps around.

before:  v3 = v2 << 2; v4 = v3 + 16; load v4          found:  v2 is (2**32 - 1 - 16) >> 2 at most
"""

from __future__ import annotations

from wasm2py.analysis.facts import BITS
from wasm2py.analysis.induction import trace
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Function

_ADDS = frozenset((BY_NAME["i32.add"], BY_NAME["i64.add"]))
_SHIFTS = frozenset((BY_NAME["i32.shl"], BY_NAME["i64.shl"]))


def address_tops(function: Function) -> dict[int, int]:
    """For each value, by id, that addresses are made from, directly or scaled."""
    tops: dict[int, int] = {}
    for block in function.blocks:
        for value in block.body:
            if value.op in _ADDS or value.op.access is not None:
                base, offset = trace(value if value.op in _ADDS else value.args[0])
                scale = inner = 0
                if base.op in _SHIFTS and base.args[1].is_const:
                    scale = base.args[1].immediate
                    base, inner = trace(base.args[0])
                if base.type in BITS and scale < 16:
                    top = (((1 << BITS[base.type]) - 1 - max(offset, 0)) >> scale) - max(inner, 0)
                    tops[base.id] = min(tops.get(base.id, top), top)
    return tops
