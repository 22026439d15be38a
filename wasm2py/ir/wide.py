"""Wide arithmetic (the proposal of that name): 128-bit numbers are two i64, and so are the results.

i64.add128         the sums of both halves, and one more in the upper half where the lower sum is below a summand
i64.sub128         the differences likewise
i64.mul_wide_s     i64.mul is the lower half; in the IR ``i64.mul_wide_s`` stands for the upper half alone
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from wasm2py.ir.graph import Value

if TYPE_CHECKING:
    from wasm2py.ir.builder import Builder


def _make(b: Builder, name: str, left: Value, right: Value) -> Value:
    b.emit(name, "i32" if name == "i64.lt_u" else "i64", [left, right])
    return b.stack.pop()


def _as_i64(b: Builder, test: Value) -> Value:
    b.emit("i64.extend_i32_u", "i64", [test])
    return b.stack.pop()


def _add128(b: Builder, immediate: None) -> None:
    low, high, other_low, other_high = b.pop(4)
    sum_ = _make(b, "i64.add", low, other_low)
    carry = _as_i64(b, _make(b, "i64.lt_u", sum_, low))
    upper = _make(b, "i64.add", _make(b, "i64.add", high, other_high), carry)
    b.stack += [sum_, upper]


def _sub128(b: Builder, immediate: None) -> None:
    low, high, other_low, other_high = b.pop(4)
    rest = _make(b, "i64.sub", low, other_low)
    borrow = _as_i64(b, _make(b, "i64.lt_u", low, other_low))
    upper = _make(b, "i64.sub", _make(b, "i64.sub", high, other_high), borrow)
    b.stack += [rest, upper]


def _mul_wide(b: Builder, immediate: None, name: str) -> None:
    left, right = b.pop(2)
    lower = _make(b, "i64.mul", left, right)
    b.stack += [lower, _make(b, name, left, right)]


WIDE_HANDLERS: dict[str, Callable[[Builder, Any], None]] = {
    "i64.add128": _add128,
    "i64.sub128": _sub128,
    "i64.mul_wide_s": partial(_mul_wide, name="i64.mul_wide_s"),
    "i64.mul_wide_u": partial(_mul_wide, name="i64.mul_wide_u"),
}
