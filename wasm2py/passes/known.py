"""What the instruction that made a value says of the value, without any analysis."""

from __future__ import annotations

from wasm2py.ir import Value
from wasm2py.passes.rewriting import INTEGERS

_COMPARISONS = frozenset(
    [f"i{bits}.eqz" for bits in (32, 64)]
    + [f"{type}.{op}" for type in ("i32", "i64", "f32", "f64") for op in ("eq", "ne")]
    + [f"i{bits}.{op}_{sign}" for bits in (32, 64) for op in ("lt", "le", "gt", "ge") for sign in "su"]
    + [f"f{bits}.{op}" for bits in (32, 64) for op in ("lt", "le", "gt", "ge")]
    + ["ref.is_null"]
)
_FULL = {"i32": (1 << 32) - 1, "i64": (1 << 64) - 1}
#: operands that are looked through
_DEPTH = 3


def is_boolean(value: Value) -> bool:
    """Whether the value is 0 or 1."""
    return value.op.name in _COMPARISONS or highest(value) <= 1


def highest(value: Value, depth: int = _DEPTH) -> int:
    """A bound of an integer, read as unsigned."""
    full = _FULL["i32" if value.type == "i32" else "i64"]
    name = value.op.name
    if value.op in INTEGERS:
        number: int = value.immediate
        return number
    if name in _COMPARISONS:
        return 1
    access = value.op.access
    if access is not None and access.sign == "u":
        return (1 << 8 * access.width) - 1
    if not depth:
        return full
    operation = name[4:]
    if operation == "and":
        return min(highest(value.args[0], depth - 1), highest(value.args[1], depth - 1))
    if operation in ("or", "xor"):
        longest = max(highest(arg, depth - 1) for arg in value.args)
        return (1 << longest.bit_length()) - 1
    if operation == "shr_u" and value.args[1].op in INTEGERS:
        count: int = value.args[1].immediate % full.bit_length()
        return highest(value.args[0], depth - 1) >> count
    if operation == "extend_i32_u":
        return highest(value.args[0], depth - 1)
    if operation == "wrap_i64":
        return min(highest(value.args[0], depth - 1), full)
    if name == "select":
        return max(highest(value.args[0], depth - 1), highest(value.args[1], depth - 1))
    return full
