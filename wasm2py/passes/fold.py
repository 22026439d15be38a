"""Instructions on constants: what they give, bit for bit (spec §4.3).

The helpers that generated code calls do the work here too, so that a folded instruction gives what the same
instruction gives when it runs. Traps are left to happen, and so is arithmetic on NaNs, whose sign and payload are the
business of whoever computes them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from math import isnan
from typing import Any, Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Opcode
from wasm2py_runtime import Trap, numeric

_Fold = Callable[..., Any]


def fold(op: Opcode, operands: Sequence[int]) -> Optional[int]:
    """The immediate of the constant that the instruction gives, from the immediates of its operands.

    None if it traps or is not folded.
    """
    compute = _FOLDS.get(op.name)
    if compute is None:
        return None
    assert op.params is not None and op.results is not None
    values = [_DECODE[type](bits) for type, bits in zip(op.params, operands)]
    try:
        result = compute(*values)
    except (Trap, ZeroDivisionError):
        return None
    if op.name not in _EXACT and any(isinstance(each, float) and isnan(each) for each in (*values, result)):
        return None
    bits: int = _ENCODE[op.results[0]](result)
    return bits


_DECODE: dict[object, Callable[[int], Any]] = {
    "i32": int,
    "i64": int,
    "f32": numeric.f32_reinterpret_i32,
    "f64": numeric.f64_reinterpret_i64,
}
_ENCODE: dict[object, Callable[[Any], int]] = {
    "i32": lambda value: int(value) & 0xFFFFFFFF,
    "i64": lambda value: int(value) & 0xFFFFFFFFFFFFFFFF,
    "f32": numeric.i32_reinterpret_f32,
    "f64": numeric.i64_reinterpret_f64,
}


def signed(value: int, bits: int) -> int:
    """The signed reading of the low bits of an integer."""
    half = 1 << bits - 1
    return (value + half) % (2 * half) - half


def _integer(bits: int) -> dict[str, _Fold]:
    def on_signed(compute: _Fold) -> _Fold:
        return lambda a, b: compute(signed(a, bits), signed(b, bits))

    folds: dict[str, _Fold] = {
        "add": operator.add,
        "sub": operator.sub,
        "mul": operator.mul,
        "and": operator.and_,
        "or": operator.or_,
        "xor": operator.xor,
        "shl": lambda a, b: a << b % bits,
        "shr_u": lambda a, b: a >> b % bits,
        "shr_s": lambda a, b: signed(a, bits) >> b % bits,
        "rotl": getattr(numeric, f"i{bits}_rotl"),
        "rotr": getattr(numeric, f"i{bits}_rotr"),
        "div_u": operator.floordiv,
        "rem_u": operator.mod,
        "div_s": getattr(numeric, f"i{bits}_div_s"),
        "rem_s": getattr(numeric, f"i{bits}_rem_s"),
        "clz": lambda a: bits - a.bit_length(),
        "ctz": getattr(numeric, f"i{bits}_ctz"),
        "popcnt": getattr(numeric, f"i{bits}_popcnt"),
        "eqz": operator.not_,
        "eq": operator.eq,
        "ne": operator.ne,
        **{f"extend{width}_s": (lambda a, width=width: signed(a, width)) for width in (8, 16, 32) if width < bits},
    }
    for order in ("lt", "le", "gt", "ge"):
        folds[f"{order}_u"] = getattr(operator, order)
        folds[f"{order}_s"] = on_signed(getattr(operator, order))
    return {f"i{bits}.{name}": compute for name, compute in folds.items()}


def _float(bits: int) -> dict[str, _Fold]:
    def rounded(compute: _Fold) -> _Fold:
        return compute if bits == 64 else lambda a, b: numeric.f32_round(compute(a, b))

    helpers = ("div", "sqrt", "min", "max", "ceil", "floor", "trunc", "nearest")
    folds: dict[str, _Fold] = {
        "add": rounded(operator.add),
        "sub": rounded(operator.sub),
        "mul": rounded(operator.mul),
        "abs": numeric.fabs,
        "neg": operator.neg,
        "copysign": numeric.copysign,
        **{name: getattr(numeric, f"f{bits}_{name}") for name in helpers},
        **{name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    }
    return {f"f{bits}.{name}": compute for name, compute in folds.items()}


def _conversions() -> dict[str, _Fold]:
    folds: dict[str, _Fold] = {
        "i32.wrap_i64": int,
        "i64.extend_i32_u": int,
        "i64.extend_i32_s": lambda a: signed(a, 32),
        "f32.demote_f64": numeric.f32_demote,
        "f64.promote_f32": numeric.f64_promote,
    }
    for integer in ("i32", "i64"):
        width = int(integer[1:])
        folds[f"f32.convert_{integer}_u"] = numeric.f32_convert
        folds[f"f32.convert_{integer}_s"] = lambda a, width=width: numeric.f32_convert(signed(a, width))
        folds[f"f64.convert_{integer}_u"] = float
        folds[f"f64.convert_{integer}_s"] = lambda a, width=width: float(signed(a, width))
        folds[f"f{width}.reinterpret_{integer}"] = getattr(numeric, f"f{width}_reinterpret_{integer}")
        folds[f"{integer}.reinterpret_f{width}"] = getattr(numeric, f"{integer}_reinterpret_f{width}")
        for single in ("f32", "f64"):
            for sign in "su":
                folds[f"{integer}.trunc_{single}_{sign}"] = getattr(numeric, f"{integer}_trunc_{sign}")
                folds[f"{integer}.trunc_sat_{single}_{sign}"] = getattr(numeric, f"{integer}_trunc_sat_{sign}")
    return folds


_FOLDS = {**_integer(32), **_integer(64), **_float(32), **_float(64), **_conversions()}
#: these say what they do to a NaN, bit for bit
_EXACT = frozenset(
    [f"f{bits}.{name}" for bits in (32, 64) for name in ("abs", "neg", "copysign", "eq", "ne", "lt", "le", "gt", "ge")]
    + [name for name in _FOLDS if ".reinterpret_" in name or ".trunc_sat_" in name]
)
#: the instructions that can be folded
FOLDED = frozenset(BY_NAME[name] for name in _FOLDS)
