"""WebAssembly values as words of a command line, and results as lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wasm2py.text import printable


def parse_argument(word: str, type: str) -> Any:
    """The value of type ``type`` that ``word`` says. Raises ValueError with what was expected."""
    parser = _PARSERS.get(type)
    if parser is None:
        raise ValueError(f"a value of type {type} cannot be given on the command line")
    try:
        return parser(word)
    except (ValueError, OverflowError):
        raise ValueError(f"expected {_EXPECTED[type]}, got {word!r}") from None


def format_result(value: Any) -> str:
    """A result: integers signed, floats so that they read back, references as Python shows them."""
    return "null" if value is None else printable(repr(value), 10_000)


def _integer(bits: int) -> Callable[[str], int]:
    def parse(word: str) -> int:
        value = int(word, 0) if not word.lstrip("+-").isdigit() else int(word)
        if not -(1 << (bits - 1)) <= value < 1 << bits:
            raise ValueError
        return value

    return parse


def _float(word: str) -> float:
    return float.fromhex(word) if "0x" in word.lower() else float(word)


def _reference(word: str) -> None:
    if word != "null":
        raise ValueError


_PARSERS: dict[str, Callable[[str], Any]] = {
    "i32": _integer(32),
    "i64": _integer(64),
    "f32": _float,
    "f64": _float,
    "funcref": _reference,
    "externref": _reference,
}

_EXPECTED = {
    "i32": "an integer of 32 bits, signed or unsigned (i32)",
    "i64": "an integer of 64 bits, signed or unsigned (i64)",
    "f32": "a number (f32)",
    "f64": "a number (f64)",
    "funcref": "null (funcref)",
    "externref": "null (externref)",
}
