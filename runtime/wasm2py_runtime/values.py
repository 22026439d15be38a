"""Host values become WebAssembly values (the JS API calls it ``ToWebAssemblyValue``).

Each function takes a value, and who is to be named if it does not do: ``name`` is the function or import, ``place`` the
argument (1, 2, …), the result (-1, -2, …), or 0 for a thing that has only one value, such as a global.
TypeError for a value of a wrong kind, OverflowError for an integer out of range.
"""

from __future__ import annotations

from operator import index
from typing import Any, Callable

from .float_bits import f32_round, i64_reinterpret_f64
from .floats import f32_convert
from .types import ValueType


def _where(name: str, place: int) -> str:
    """``fib(): argument 2``, ``env.log(): result`` or the name alone."""
    if place > 0:
        return f"{name}(): argument {place}"
    return f"{name}(): result {-place}" if place else name


def wrong(name: str, place: int, wanted: str, value: object) -> TypeError:
    """The error for a value of a wrong kind."""
    return TypeError(f"{_where(name, place)} must be {wanted}, not {type(value).__name__}")


def _integer(value: Any, bits: int, name: str, place: int) -> int:
    """Any integer (an int, a bool, a NumPy integer …) of either sign that ``bits`` bits hold, made unsigned."""
    try:
        number = index(value)
    except TypeError:
        raise wrong(name, place, f"an int (i{bits})", value) from None
    if not -(1 << bits - 1) <= number < 1 << bits:
        raise OverflowError(f"{_where(name, place)} is out of range for i{bits}: {number}")
    return number & (1 << bits) - 1


def as_i32(value: Any, name: str, place: int) -> int:
    """An i32 in canonical form: any integer in -2**31 … 2**32 - 1."""
    return _integer(value, 32, name, place)


def as_i64(value: Any, name: str, place: int) -> int:
    """An i64 in canonical form: any integer in -2**63 … 2**64 - 1."""
    return _integer(value, 64, name, place)


def as_f64(value: Any, name: str, place: int) -> float:
    """Anything that is a real number for ``float()``; strings are not."""
    if isinstance(value, (str, bytes, bytearray)):
        raise wrong(name, place, "a float (f64)", value)
    try:
        return float(value)
    except TypeError:
        raise wrong(name, place, "a float (f64)", value) from None


def as_f32(value: Any, name: str, place: int) -> float:
    """The nearest f32. A NaN that is one of an f32 already, a signalling one included, keeps its bits."""
    if isinstance(value, int):
        return f32_convert(value)
    number = as_f64(value, name, place)
    if number != number and i64_reinterpret_f64(number) & 0x1FFFFFFF <= 1:
        return number
    return f32_round(number)


def as_funcref(value: Any, name: str, place: int) -> Any:
    """The raw function behind an exported function; None is the null reference."""
    if value is None:
        return None
    raw = getattr(value, "wasm_raw", value)
    if getattr(raw, "wasm_type", None) is None:
        wanted = "an exported WebAssembly function, a host_function(...) or None"
        raise wrong(name, place, wanted, value)
    return raw


def as_v128(value: Any, name: str, place: int) -> int:
    """A vector as an unsigned int of 128 bits, the first lane lowest."""
    return _integer(value, 128, name, place)


def as_reference(value: Any, name: str, place: int) -> Any:
    """Any Python object serves as an externref."""
    return value


#: How a host value becomes a value of each type; those of other references are in ``references``.
CONVERTERS: dict[ValueType, Callable[[Any, str, int], Any]] = {
    "i32": as_i32,
    "i64": as_i64,
    "f32": as_f32,
    "f64": as_f64,
    "v128": as_v128,
    "funcref": as_funcref,
    "externref": as_reference,
}


def to_wasm(value: Any, value_type: ValueType, name: str, place: int = 0) -> Any:
    """``value`` in the canonical form of ``value_type``."""
    convert = CONVERTERS.get(value_type)
    if convert is not None:
        return convert(value, name, place)
    from .references import as_ref

    return as_ref(value, value_type, name, place)


def as_results(value: Any, count: int, name: str) -> tuple[Any, ...]:
    """What a host function of several results returned: a tuple or list of just so many."""
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{name}() must return a tuple of {count} results, not {type(value).__name__}")
    if len(value) != count:
        raise TypeError(f"{name}() must return {count} results, not {len(value)}")
    return tuple(value)


def refuse_result(value: Any, name: str) -> None:
    """Raises: a host function whose type has no result returned something other than None."""
    raise TypeError(f"{name}() has no result and must return None, not {type(value).__name__}")
