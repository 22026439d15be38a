"""What the ways back of a loop bring to a phi, as far as its operands show without a walk: a first guess.

before:  p = phi 0 q; …; q = phi r s; r = load8_u …; s = 300          found:  p is 0 to 300
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from wasm2py.analysis.facts import BITS
from wasm2py.analysis.interval import FULL, Interval, fit, join
from wasm2py.analysis.transfer import UNKNOWN, result_of
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Value
from wasm2py.ir.graph import PHI

_SELECTS = frozenset((BY_NAME["select"], BY_NAME["select_t"]))
#: what these make of a value is at most that
_BELOW = frozenset(BY_NAME[f"i{bits}.{name}"] for bits in (32, 64) for name in ("shr_u", "shr_s", "div_u"))
#: operands that are looked at for one phi, and how deep an expression is followed
_MOST, _DEPTH = 32, 3


def brought(phi: Value, ways: list[Value], known: Mapping[int, Interval]) -> Optional[Interval]:
    """The interval of the phi's operands ``ways``. None where that depends on what the walk of the loop finds out.

    ``known``: the intervals of the values before the loop.
    """
    bits = BITS[phi.type]
    found: Optional[Interval] = None
    work, seen = list(ways), {phi}
    while work:
        value = work.pop()
        if value in seen:
            continue
        if len(seen) > _MOST:
            return None
        seen.add(value)
        if value.id not in known and (value.op is PHI or value.op in _SELECTS):
            work += value.args if value.op is PHI else value.args[:2]
            continue
        interval = _made(value, known, _DEPTH)
        if interval is None:
            return None
        found = join(found, interval, bits) if found else interval
    return found


def _made(value: Value, known: Mapping[int, Interval], depth: int) -> Optional[Interval]:
    """The interval of an expression; None if it is made of what the loop changes, and not much else."""
    if value.id in known:
        return known[value.id]
    bits = BITS[value.type]
    if value.is_const:
        return fit(value.immediate, value.immediate, 0, bits)
    if value.op in UNKNOWN:
        return FULL[bits]
    if value.op is PHI or not depth:
        return None
    operands = [_made(arg, known, depth - 1) for arg in value.args if arg.type in BITS]
    found = result_of(value.op, [interval or FULL[bits] for interval in operands], bits)
    says_little = found[1] - found[0] >= 1 << bits - 1 or value.op in _BELOW
    return None if None in operands and says_little else found
