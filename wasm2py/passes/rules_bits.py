"""Rules for and, or, xor and shifts."""

from __future__ import annotations

from typing import Optional

from wasm2py.ir import Value
from wasm2py.passes.known import highest
from wasm2py.passes.rewriting import INTEGERS, Rewriter, constant_rule, rule

_SHIFTS = ("shl", "shr_u", "shr_s")
_EXTENSIONS = ("extend8_s", "extend16_s", "extend32_s")


@rule("and", "or", "xor")
def _of_itself(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    x, y = value.args
    if x is not y:
        return None
    return r.become_constant(value, 0) if value.op.name.endswith("xor") else x


@constant_rule("and")
def _and(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    if number == 0:
        return r.become_constant(value, 0)
    known = (1 << highest(x).bit_length()) - 1
    if known & ~number == 0:
        return x
    inner = x.op.name[4:]
    if inner == "and" and x.args[1].op in INTEGERS:
        return r.become(value, f"i{bits}.and", [x.args[0], r.constant(value.type, x.args[1].immediate & number)])
    if inner == "shr_s" and r.only_use(x) and _drops_sign(x, number, bits):
        r.retype(x, f"i{bits}.shr_u", f"i{bits}")
        return value
    if inner in _EXTENSIONS and number >> int(inner[6:-2]) == 0:
        return r.become(value, f"i{bits}.and", [x.args[0], value.args[1]])
    return None


def _drops_sign(shift: Value, mask: int, bits: int) -> bool:
    """Whether the mask has none of the sign bits that a signed shift brings in."""
    return shift.args[1].op in INTEGERS and mask >> bits - shift.args[1].immediate % bits == 0


@constant_rule("or")
def _or(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    if number == (1 << bits) - 1:
        return r.become_constant(value, number)
    if x.op.name == f"i{bits}.or" and x.args[1].op in INTEGERS and r.only_use(x):
        return r.become(value, f"i{bits}.or", [x.args[0], r.constant(value.type, x.args[1].immediate | number)])
    return None


@constant_rule("xor")
def _xor(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    if x.op.name != f"i{bits}.xor" or x.args[1].op not in INTEGERS:
        return None
    both = x.args[1].immediate ^ number
    if both == 0:
        return x.args[0]
    if r.only_use(x):
        return r.become(value, f"i{bits}.xor", [x.args[0], r.constant(value.type, both)])
    return None


@constant_rule("shl", "shr_u", "shr_s", "rotl", "rotr")
def _count(r: Rewriter, value: Value, bits: int, x: Value, number: int) -> Optional[Value]:
    """Counts modulo the width (spec §4.3.2); only one kind of rotation."""
    name, count = value.op.name, number % bits
    if name.endswith("rotr"):
        return r.become(value, f"i{bits}.rotl", [x, r.constant(value.type, -number % bits)])
    return None if count == number else r.become(value, name, [x, r.constant(value.type, count)])


@constant_rule("shl", "shr_u", "shr_s")
def _shift_of_shift(r: Rewriter, value: Value, bits: int, x: Value, count: int) -> Optional[Value]:
    inner, outer = x.op.name[4:], value.op.name[4:]
    if inner not in _SHIFTS or x.args[1].op not in INTEGERS:
        return None
    y, first = x.args[0], x.args[1].immediate % bits
    if inner == outer:
        total = first + count
        if total >= bits:
            return _all_out(r, value, bits, y)
        return r.become(value, value.op.name, [y, r.constant(value.type, total)]) if r.only_use(x) else None
    if first != count or not r.only_use(x):
        return None
    mask = (1 << bits) - 1
    if outer == "shl":
        return r.become(value, f"i{bits}.and", [y, r.constant(value.type, mask << count)])
    if inner == "shl" and outer == "shr_u":
        return r.become(value, f"i{bits}.and", [y, r.constant(value.type, mask >> count)])
    if inner == "shl" and bits - count in (8, 16, 32):
        return r.become(value, f"i{bits}.extend{bits - count}_s", [y])
    return None


def _all_out(r: Rewriter, value: Value, bits: int, y: Value) -> Value:
    if value.op.name.endswith("shr_s"):
        return r.become(value, value.op.name, [y, r.constant(value.type, bits - 1)])
    return r.become_constant(value, 0)


@constant_rule("shr_s")
def _sign_is_known(r: Rewriter, value: Value, bits: int, x: Value, count: int) -> Optional[Value]:
    return r.become(value, f"i{bits}.shr_u", list(value.args)) if highest(x) < 1 << bits - 1 else None


@constant_rule("shr_u")
def _nothing_left(r: Rewriter, value: Value, bits: int, x: Value, count: int) -> Optional[Value]:
    return r.become_constant(value, 0) if highest(x) >> count % bits == 0 else None
