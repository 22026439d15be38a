"""Which variables would hold numbers far beyond 2**32 if they were held lazily.

before:  i = 4294966272; …; p = (base + i) % 4294967296; u8[p] …      (i counts up to zero)
not:     p = base + i; u8[p % 4294967296] …                           (each ``%`` would have to divide)

What an index is made of mostly stands for itself, so that a sum of such numbers is an address as it comes. A number
below zero, held unsigned, does not: whatever takes it in is beyond memory until it is normalised.
"""

from __future__ import annotations

from collections.abc import Iterable

from wasm2py.analysis.induction import constant, trace
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Value
from wasm2py.ir.graph import PHI

_DIFFERENCES = frozenset(BY_NAME[f"i{bits}.sub"] for bits in (32, 64))


def is_negative(value: Value) -> bool:
    """Whether a value is likely to be below zero: ``0 - x``, a phi that begins there or counts down from a constant."""
    if value.op in _DIFFERENCES:
        return value.args[0].is_const and value.args[0].immediate == 0
    if value.op is not PHI:
        return False
    starts = [constant(arg) for arg in value.args if arg.is_const]
    if not starts:
        return False
    return min(starts) < 0 or any(_steps_down(value, arg) for arg in value.args)


def _steps_down(phi: Value, next: Value) -> bool:
    base, offset = trace(next)
    return base is phi and offset < 0


def far_variables(negative: set[str], made_of: Iterable[tuple[str, list[str]]]) -> set[str]:
    """The names whose definitions take in a negative one, or one that does."""
    takers: dict[str, list[str]] = {}
    for name, terms in made_of:
        for term in terms:
            takers.setdefault(term, []).append(name)
    found: set[str] = set()
    work = list(negative)
    while work:
        for taker in takers.get(work.pop(), ()):
            if taker not in found:
                found.add(taker)
                work.append(taker)
    return found
