"""The functions of Emscripten's environment, by name, each with its signature in Emscripten's letters.

The first letter is the result: ``v`` nothing, ``i`` i32, ``j`` i64, ``p`` a pointer (i32, or i64 where memories are of
64 bits), ``f`` f32, ``d`` f64. The others are the parameters. A function is called with the host and its arguments,
pointers and i32 unsigned, i64 signed; it returns an integer of either sign, a float, or None.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple


class EnvFunction(NamedTuple):
    """``run(host, *arguments)`` and its signature; several, with spaces between, where versions differ."""

    run: Callable[..., Any]
    signatures: str


#: What modules import from ``env``.
FUNCTIONS: dict[str, EnvFunction] = {}


def env(signatures: str, *other_names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorates a function that modules import from ``env`` under its own name, or under other ones as well."""

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        for name in (run.__name__, *other_names):
            FUNCTIONS[name] = EnvFunction(run, signatures)
        return run

    return register


def signed(value: int) -> int:
    """An i32 with its sign."""
    return value - 0x1_0000_0000 if value > 0x7FFF_FFFF else value
