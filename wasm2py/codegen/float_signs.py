"""Which floats are known not to be below zero, but may be NaN: a square root of them needs no test.

before:  d = sqrt(x) if (x := dx * dx + dy * dy) >= 0.0 else f64_sqrt(x)       after:  d = sqrt(dx * dx + dy * dy)
"""

from __future__ import annotations

from wasm2py.ir import Value

#: longest chain of instructions that is followed
_DEPTH = 8
_COMPUTED = ("add", "mul")


def has_plain_root(value: Value) -> bool:
    """Whether ``math.sqrt`` of a value is the result: it is not below zero, and no NaN that is still to be quieted."""
    return value.op.name[4:] in _COMPUTED and _is_positive(value, _DEPTH)


def _is_positive(value: Value, depth: int) -> bool:
    """Positive, a zero of either sign, or NaN."""
    name = value.op.name[4:]
    if name in ("abs", "sqrt"):
        return True
    if not depth or name not in _COMPUTED:
        return False
    left, right = value.args
    if name == "mul" and left is right:
        return True
    return _is_positive(left, depth - 1) and _is_positive(right, depth - 1)
