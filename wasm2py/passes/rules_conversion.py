"""Rules for conversions between i32 and i64, reinterpretations, and what is stored."""

from __future__ import annotations

from typing import Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Value
from wasm2py.passes.fold import signed
from wasm2py.passes.rewriting import INTEGERS, Rewriter, constant_rule, rule

_EXTENSIONS = ("i64.extend_i32_u", "i64.extend_i32_s")
_LOW = 0xFFFFFFFF
_REINTERPRETED = frozenset(op for op in BY_NAME.values() if ".reinterpret_" in op.name)
_NARROWED = frozenset(
    op
    for op in BY_NAME.values()
    if op.name in ("i32.and", "i64.and") or op.name[4:-2] in ("extend8", "extend16", "extend32")
)


@rule("i32.wrap_i64")
def _wrap(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """The low half of what was extended, or of what keeps the low half."""
    x = value.args[0]
    name = x.op.name
    if name in _EXTENSIONS:
        return x.args[0]
    if name == "i64.extend32_s":
        return r.become(value, "i32.wrap_i64", [x.args[0]])
    if name == "i64.and" and x.args[1].op in INTEGERS and x.args[1].immediate & _LOW == _LOW:
        return r.become(value, "i32.wrap_i64", [x.args[0]])
    return None


@rule(*_EXTENSIONS)
def _extend(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    x = value.args[0]
    if x.op.name != "i32.wrap_i64":
        return None
    if value.op.name.endswith("_s"):
        return r.become(value, "i64.extend32_s", [x.args[0]])
    return r.become(value, "i64.and", [x.args[0], r.constant("i64", _LOW)])


@rule("i32.extend8_s", "i32.extend16_s", "i64.extend8_s", "i64.extend16_s", "i64.extend32_s")
def _narrow(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """What was loaded unsigned, or masked to that width before."""
    x, width = value.args[0], int(value.op.name[10:-2])
    access = x.op.access
    if access is not None and not access.atomic and access.sign == "u" and 8 * access.width == width and r.only_use(x):
        r.retype(x, x.op.name[:-1] + "s", x.op.name[:3])
        return x
    if x.op.name[4:] == "and" and x.args[1].op in INTEGERS:
        mask = (1 << width) - 1
        if x.args[1].immediate & mask == mask:
            return r.become(value, value.op.name, [x.args[0]])
    return None


@rule("i64.eq", "i64.ne", *[f"i64.{op}_{sign}" for op in ("lt", "le", "gt", "ge") for sign in "su"])
def _comparison_of_extended(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """A comparison of two extended i32 is one of the i32: their order does not change."""
    x, y = value.args
    if x.op.name not in _EXTENSIONS or x.op is not y.op:
        return None
    name = value.op.name[3:]
    if x.op.name.endswith("_u"):
        name = name.replace("_s", "_u")
    return r.become(value, "i32" + name, [x.args[0], y.args[0]])


@constant_rule("i64.eq", "i64.ne", *[f"i64.{op}_{sign}" for op in ("lt", "le", "gt", "ge") for sign in "su"])
def _comparison_of_extended_with_constant(
    r: Rewriter, value: Value, bits: int, x: Value, number: int
) -> Optional[Value]:
    if x.op.name not in _EXTENSIONS:
        return None
    unsigned = x.op.name.endswith("_u")
    if number != (number & _LOW if unsigned else signed(number, 32) % (1 << 64)):
        return None
    name = value.op.name[3:].replace("_s", "_u") if unsigned else value.op.name[3:]
    return r.become(value, "i32" + name, [x.args[0], r.constant("i32", number)])


@rule("i64.eqz")
def _zero_test_of_extended(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    x = value.args[0]
    return r.become(value, "i32.eqz", [x.args[0]]) if x.op.name in _EXTENSIONS else None


@rule("i32.reinterpret_f32", "i64.reinterpret_f64", "f32.reinterpret_i32", "f64.reinterpret_i64")
def _reinterpret(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """There and back; a value loaded as the other type."""
    x = value.args[0]
    if ".reinterpret_" in x.op.name:
        return x.args[0]
    access = x.op.access
    if access is None or not r.only_use(x) or x.op.name != f"{x.type}.load":
        return None
    assert value.type is not None
    return r.retype(x, f"{value.type}.load", value.type)


@rule("i32.store", "i64.store", "f32.store", "f64.store", needs=_REINTERPRETED)
def _store_reinterpreted(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    address, x = value.args
    if x.op not in _REINTERPRETED:
        return None
    return r.become(value, f"{x.args[0].type}.store", [address, x.args[0]], value.immediate)


@rule("i32.store8", "i32.store16", "i64.store8", "i64.store16", "i64.store32", needs=_NARROWED)
def _store_masked(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """Only the low bits are stored."""
    address, x = value.args
    assert value.op.access is not None
    mask = (1 << 8 * value.op.access.width) - 1
    name = x.op.name
    if name[4:] == "and" and x.args[1].op in INTEGERS and x.args[1].immediate & mask == mask:
        return r.become(value, value.op.name, [address, x.args[0]], value.immediate)
    if name[4:-2] in ("extend8", "extend16", "extend32") and 1 << int(name[10:-2]) > mask:
        return r.become(value, value.op.name, [address, x.args[0]], value.immediate)
    return None


@rule("f32.neg", "f64.neg")
def _neg_of_neg(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    x = value.args[0]
    return x.args[0] if x.op is value.op else None


@rule("f32.abs", "f64.abs")
def _abs_of_sign(r: Rewriter, value: Value, bits: int) -> Optional[Value]:
    """The sign of the operand does not matter."""
    x = value.args[0]
    if x.op.name[4:] == "abs":
        return x
    return r.become(value, value.op.name, [x.args[0]]) if x.op.name[4:] in ("neg", "copysign") else None
