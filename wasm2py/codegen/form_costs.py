"""What a use or a definition of an integer costs by the form in which its variable is held (see holding)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Optional

from wasm2py.analysis import Ranges
from wasm2py.analysis.interval import Interval, signed, unsigned
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Opcode
from wasm2py.ir import Value
from wasm2py.ir.graph import PARAM, PHI

#: function index -> indices of the parameters that it takes signed, and RETURNED if it returns a signed number (see
#: conventions)
Conventions = Mapping[int, frozenset[int]]
RETURNED = -1
#: what a use or definition costs, in nanoseconds: with the variable held (unsigned, signed, lazy)
Cost = tuple[int, int, int]

#: about, of ``x & M``, of ``x if x <= H else x - M`` for a name and for an expression, and of a comparison of an
#: unsigned number with a signed constant
MASK, RESIGN, WRAP_SIGNED, RANGE_TEST = 12, 10, 15, 4
#: what ``x % M`` of an address costs more if ``x`` may be far beyond M
FAR_ADDRESS = 6
#: what a sum costs more to make signed if it may be beyond both ends of the signed range; what a lazy number does
TWO_SIDED = 8
SIGN_LAZY = WRAP_SIGNED + TWO_SIDED
BITS: dict[object, int] = {"i32": 32, "i64": 64}


def _opcodes(*names: str) -> frozenset[Opcode]:
    """Of these names; of both integer types for what is no whole name."""
    return frozenset(
        BY_NAME[full] for name in names for full in ([name] if name in BY_NAME else [f"i32.{name}", f"i64.{name}"])
    )


SIGNED_ORDER = _opcodes("lt_s", "le_s", "gt_s", "ge_s")
_SIGNED = SIGNED_ORDER | _opcodes(
    "div_s", "rem_s", "i64.extend_i32_s", *[f"f{w}.convert_i{b}_s" for w in (32, 64) for b in (32, 64)]
)
#: signed in their first operand only
_SIGNED_FIRST = _opcodes("shr_s")
_ADDITIONS = _opcodes("add")
SUMS = _ADDITIONS | _opcodes("sub")
PRODUCTS = _opcodes("mul", "shl", "rotl", "rotr")
#: take any form as it comes
ANY = SUMS | _opcodes("mul", "and", "or", "xor", "shl", "store8", "store16", "i32.wrap_i64")
#: with a constant, what makes addresses of indices
STEPS = _opcodes("add", "shl")
#: pass one of their first two operands on as it is
SELECTS = _opcodes("select", "select_t")
#: take signed and unsigned numbers
_EITHER = SELECTS | _opcodes("eq", "ne", "eqz", "store", "i64.store32")
LOADS = _opcodes("load")
_FREE = LOADS | SELECTS | {PHI, PARAM}
_SIGNED_RESULTS = _opcodes(
    *["shr_s", "div_s", "rem_s", "load8_s", "load16_s", "extend8_s", "extend16_s"],
    *["i64.load32_s", "i64.extend32_s", "i64.extend_i32_s"],
)
_CALL = BY_NAME["call"]


def definition_cost(value: Value, ranges: Ranges, conventions: Conventions) -> Cost:
    """``name = value``, in each form."""
    op = value.op
    if op is _CALL and RETURNED in conventions.get(value.immediate, ()):
        return (MASK, 0, 0)
    if op in _FREE:
        return (0, 0, 0)
    if op in _SIGNED_RESULTS:
        return (MASK, 0, 0)
    bits = BITS[value.type]
    if op in SUMS:
        return _sum_cost(value, bits, ranges)
    low, high, _ = ranges.of(value)
    if low < 0:
        return (MASK, 0, 0)
    if op in PRODUCTS:
        return (0, 0, 0) if high < 1 << bits - 1 else (MASK, WRAP_SIGNED, 0)
    return (0, 0 if high < 1 << bits - 1 else RESIGN, 0)


def _sum_cost(value: Value, bits: int, ranges: Ranges) -> Cost:
    """Nothing, in the form in which it is known not to wrap around."""
    a, b = ranges.operand(value, 0), ranges.operand(value, 1)
    if value.op not in _ADDITIONS:
        b = (-b[1], -b[0], b[2])
    elif value.args[1].is_const:
        b = signed(b, bits)
    half = 1 << bits - 1
    result = ranges.of(value)
    low, high, _ = signed(a, bits)
    low, high = low + b[0], high + b[1]
    signed_free = (low >= -half and high < half) or (result[0] < 0 and low > -2 * half + result[1])
    low, high, _ = unsigned(a, bits)
    unsigned_free = low + b[0] >= 0 and high + b[1] < 2 * half
    return (0 if unsigned_free else MASK, 0 if signed_free else WRAP_SIGNED, 0)


def is_both(a: Interval, bits: int) -> bool:
    """Whether the signed and the unsigned form of the values are the same."""
    return a[0] >= 0 and a[1] < 1 << bits - 1


class _Use(Enum):
    """How an instruction takes an operand."""

    ANY = "in any form as it comes"
    EITHER = "signed or unsigned"
    SIGNED = "signed"
    ORDER = "signed, but a constant it compares with may be shifted"
    UNSIGNED = "unsigned"


class _Uses(dict[Opcode, _Use]):
    """By opcode, for the first operand or for the others."""

    def __init__(self, first: bool) -> None:
        self.first = first

    def __missing__(self, op: Opcode) -> _Use:
        use = self[op] = self._find(op)
        return use

    def _find(self, op: Opcode) -> _Use:
        if self.first and op.access is not None:
            return _Use.UNSIGNED
        if op in ANY:
            return _Use.ANY
        if op in _EITHER:
            return _Use.EITHER
        if op in _SIGNED:
            return _Use.ORDER if op in SIGNED_ORDER else _Use.SIGNED
        if op in _SIGNED_FIRST and self.first:
            return _Use.SIGNED
        return _Use.UNSIGNED


_FIRST, _OTHERS = _Uses(True), _Uses(False)
#: the usual ones, as an attribute of an Enum takes its time
_IN_ANY, _IN_EITHER, _UNSIGNED = _Use.ANY, _Use.EITHER, _Use.UNSIGNED


def use_cost(user: Value, index: int, ranges: Ranges, conventions: Conventions) -> Optional[Cost]:
    """What reading an operand of an instruction costs by the form of its variable; None for nothing."""
    use = _OTHERS[user.op] if index else _FIRST[user.op]
    if use is _IN_ANY:
        return None
    if use is _IN_EITHER:
        return (0, 0, MASK)
    both = is_both(ranges.operand(user, index), BITS[user.args[index].type])
    if user.op is _CALL and index in conventions.get(user.immediate, ()):
        return (0 if both else RESIGN, 0, SIGN_LAZY)
    if use is _UNSIGNED:
        return (0, 0 if both else MASK, MASK)
    if both:
        return (0, 0, MASK)
    constant = use is _Use.ORDER and user.args[1 - index].is_const
    return (RANGE_TEST if constant else RESIGN, 0, SIGN_LAZY)
