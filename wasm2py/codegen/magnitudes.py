"""Which sums mostly stay within their bits, although nothing proves it.

before:  return a + b & 4294967295                    after:  return (a + b) % 4294967296

``%`` only compares sizes if the number is within the modulus, and is much cheaper then; ``&`` always makes a number,
but need not divide one beyond (see RATIONALE). What programs count and add up mostly stays small. A hash does not: what
it is made of has been multiplied, shifted to the left, rotated, or had bits flipped.
"""

from __future__ import annotations

from collections.abc import Collection

from wasm2py.analysis.induction import constant
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.codegen.form_costs import BITS, PRODUCTS, SELECTS, SUMS
from wasm2py.ir import Value
from wasm2py.ir.graph import PHI

_HASHING = PRODUCTS | {BY_NAME[name] for name in ("i32.xor", "i64.xor", "i32.wrap_i64")}
#: as large as what they are made from
_KEEPING = SUMS | SELECTS | {BY_NAME[name] for name in ("i32.and", "i64.and", "i32.or", "i64.or")} | {PHI}
#: constants beyond this, with their sign, are those of hashes
_LARGE = 1 << 24
#: how many values are looked at for one sum
_MOST = 40


class Magnitudes:
    """The numbers of one function that mostly stay within their bits; only ``known`` ones where it is not to guess."""

    def __init__(self, known: Collection[int], guesses: bool) -> None:
        self._found = dict.fromkeys(known, True)
        self._guesses = guesses

    def __contains__(self, value: Value) -> bool:
        found = self._found.get(value.id)
        if found is None:
            found = self._found[value.id] = self._guesses and _stays_small(value)
        return found


def _stays_small(value: Value) -> bool:
    seen = {value.id}
    work = [value]
    while work and len(seen) <= _MOST:
        value = work.pop()
        if value.op in _HASHING or (value.is_const and abs(constant(value)) > _LARGE):
            return False
        if value.op in _KEEPING:
            new = [arg for arg in value.args if arg.id not in seen and arg.type in BITS]
            seen.update([arg.id for arg in new])
            work += new
    return not work
