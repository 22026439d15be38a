"""What a use or a definition of an integer costs by the form in which its variable is held (see holding)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from wasm2py.analysis import Ranges
from wasm2py.analysis.interval import Interval, signed, unsigned
from wasm2py.ir import Value
from wasm2py.ir.graph import PARAM, PHI

#: function index -> indices of the parameters that it takes signed (see conventions)
Conventions = Mapping[int, frozenset[int]]
#: what a use or definition costs, in nanoseconds: with the variable held (unsigned, signed, lazy)
Cost = tuple[int, int, int]

#: about, of ``x & M``, of ``x if x <= H else x - M`` for a name and for an expression, and of a comparison of an
#: unsigned number with a signed constant
MASK, RESIGN, WRAP_SIGNED, RANGE_TEST = 12, 10, 15, 4
#: what ``x % M`` of an address costs more if ``x`` may be far beyond M
FAR_ADDRESS = 6
BITS: dict[object, int] = {"i32": 32, "i64": 64}

SIGNED_ORDER = frozenset(f"i{bits}.{op}_s" for bits in (32, 64) for op in ("lt", "le", "gt", "ge"))
_SIGNED = SIGNED_ORDER | {"i64.extend_i32_s"} | {f"f{w}.convert_i{b}_s" for w in (32, 64) for b in (32, 64)}
#: signed in their first operand only
_SIGNED_FIRST = frozenset(f"i{bits}.{op}_s" for bits in (32, 64) for op in ("shr", "div", "rem"))
SUMS = frozenset(f"i{bits}.{op}" for bits in (32, 64) for op in ("add", "sub"))
PRODUCTS = frozenset(f"i{bits}.{op}" for bits in (32, 64) for op in ("mul", "shl", "rotl", "rotr"))
#: take any form as it comes
ANY = SUMS | frozenset(
    [f"i{bits}.{op}" for bits in (32, 64) for op in ("mul", "and", "or", "xor", "shl", "store8", "store16")]
    + ["i32.wrap_i64"]
)
#: take signed and unsigned numbers
_EITHER = frozenset(
    [f"i{bits}.{op}" for bits in (32, 64) for op in ("eq", "ne", "eqz")]
    + ["i32.store", "i64.store", "i64.store32", "select"]
)
_SIGNED_RESULTS = frozenset(
    [f"i{bits}.{op}_s" for bits in (32, 64) for op in ("shr", "div", "rem", "load8", "load16", "extend8", "extend16")]
    + ["i64.load32_s", "i64.extend32_s", "i64.extend_i32_s"]
)
LOADS = frozenset(("i32.load", "i64.load"))
_FREE = LOADS | {"select"}


def definition_cost(value: Value, ranges: Ranges) -> Cost:
    """``name = value``, in each form."""
    name = value.op.name
    if name in _FREE or value.op is PHI or value.op is PARAM:
        return (0, 0, 0)
    if name in _SIGNED_RESULTS:
        return (MASK, 0, 0)
    bits = BITS[value.type]
    if name in SUMS:
        return _sum_cost(value, bits, ranges)
    low, high, _ = ranges.of(value)
    if low < 0:
        return (MASK, 0, 0)
    if name in PRODUCTS:
        return (0, 0, 0) if high < 1 << bits - 1 else (MASK, WRAP_SIGNED, 0)
    return (0, 0 if high < 1 << bits - 1 else RESIGN, 0)


def _sum_cost(value: Value, bits: int, ranges: Ranges) -> Cost:
    """Nothing, in the form in which it is known not to wrap around."""
    a, b = (ranges.operand(value, index) for index in (0, 1))
    if value.op.name.endswith("sub"):
        b = (-b[1], -b[0], b[2])
    elif value.args[1].is_const:
        b = signed(b, bits)
    half = 1 << bits - 1
    result = ranges.of(value)
    low, high = signed(a, bits)[0] + b[0], signed(a, bits)[1] + b[1]
    signed_free = (low >= -half and high < half) or (result[0] < 0 and low > -2 * half + result[1])
    low, high = unsigned(a, bits)[0] + b[0], unsigned(a, bits)[1] + b[1]
    unsigned_free = low >= 0 and high < 2 * half
    return (0 if unsigned_free else MASK, 0 if signed_free else WRAP_SIGNED, 0)


def is_both(a: Interval, bits: int) -> bool:
    """Whether the signed and the unsigned form of the values are the same."""
    return a[0] >= 0 and a[1] < 1 << bits - 1


def use_cost(user: Value, index: int, known: Interval, conventions: Conventions) -> Optional[Cost]:
    """What reading an operand of an instruction costs by the form of its variable; None for nothing."""
    name = user.op.name
    if name == "call" and index in conventions.get(user.immediate, ()):
        return (0 if is_both(known, BITS[user.args[index].type]) else RESIGN, 0, WRAP_SIGNED)
    if name in ANY and not (name.endswith(("store8", "store16")) and index == 0):
        return None
    if name in _EITHER and not (".store" in name and index == 0):
        return (0, 0, MASK)
    both = is_both(known, BITS[user.args[index].type])
    if name in _SIGNED:
        constant = name in SIGNED_ORDER and user.args[1 - index].is_const
        return (0, 0, MASK) if both else (RANGE_TEST if constant else RESIGN, 0, WRAP_SIGNED)
    if name in _SIGNED_FIRST and index == 0 and (name.endswith("shr_s") or user.args[1].is_const):
        return (0, 0, MASK) if both else (RESIGN, 0, WRAP_SIGNED)
    return (0, 0 if both else MASK, MASK)
