"""``emscripten_math_*``: the functions of JavaScript's ``Math``, which give NaN or infinity and never fail."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any, Callable

from .registry import EnvFunction, env, register

if TYPE_CHECKING:
    from .host import Emscripten

_UNARY = (
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "expm1", "log", "log10", "log1p", "log2",
    "sin", "sinh", "sqrt", "tan", "tanh",
)  # fmt: skip
#: Functions that are infinite at the end of their domain, and which way.
_POLES = {("log", 0.0): -math.inf, ("log2", 0.0): -math.inf, ("log10", 0.0): -math.inf, ("log1p", -1.0): -math.inf,
          ("atanh", 1.0): math.inf, ("atanh", -1.0): -math.inf}  # fmt: skip


def _total(name: str, function: Callable[[float], float]) -> Callable[..., float]:
    """``function``, defined everywhere: NaN outside of its domain, infinite where it is too large for a float."""

    def call(host: Emscripten, value: float) -> float:
        try:
            return function(value)
        except ValueError:
            return _POLES.get((name, value), math.nan)
        except OverflowError:
            return -math.inf if name == "sinh" and value < 0 else math.inf

    return call


for _name in _UNARY:
    register(EnvFunction(_total(_name, getattr(math, _name)), "dd"), f"emscripten_math_{_name}")


@env("dd")
def emscripten_math_cbrt(host: Emscripten, value: float) -> float:
    """The nearest cube root: one step of Newton's method mends what the power leaves."""
    if value == 0 or not math.isfinite(value):
        return value
    root = math.copysign(abs(value) ** (1 / 3), value)
    return root - (root - value / (root * root)) / 3


@env("dd")
def emscripten_math_sign(host: Emscripten, value: float) -> float:
    return value if value == 0 or value != value else math.copysign(1.0, value)


@env("dd")
def emscripten_math_round(host: Emscripten, value: float) -> float:
    """Halves go up, as in JavaScript, and the sign of zero stays."""
    if not math.isfinite(value) or abs(value) >= 2**52:
        return value
    down = math.floor(value)
    return math.copysign(float(down + (value - down >= 0.5)), value)


@env("d")
def emscripten_math_random(host: Emscripten) -> float:
    """A number from 0 to less than 1."""
    return int.from_bytes(host.wasi.config.random(7), "little") % (1 << 53) / (1 << 53)


@env("ddd")
def emscripten_math_atan2(host: Emscripten, y: float, x: float) -> float:
    return math.atan2(y, x)


@env("ddd")
def emscripten_math_fmod(host: Emscripten, dividend: float, divisor: float) -> float:
    try:
        return math.fmod(dividend, divisor)
    except ValueError:
        return math.nan


@env("ddd")
def emscripten_math_pow(host: Emscripten, base: float, exponent: float) -> float:
    """Unlike C's, 1 to the power of NaN or of infinity is NaN."""
    if exponent != exponent or (abs(base) == 1 and math.isinf(exponent)):
        return math.nan
    try:
        return math.pow(base, exponent)
    except ValueError:
        return math.inf if base == 0 else math.nan  # a negative power of zero
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf


@env("dip")
def emscripten_math_hypot(host: Emscripten, count: int, address: int) -> float:
    numbers: tuple[Any, ...] = struct.unpack(f"<{count}d", host.guest.view(address, 8 * count))
    return math.hypot(*numbers)
