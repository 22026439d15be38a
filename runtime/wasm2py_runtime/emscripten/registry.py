"""The functions of Emscripten's environment, by name, each with its signature in Emscripten's letters.

The first letter is the result: ``v`` nothing, ``i`` i32, ``j`` i64, ``p`` a pointer (i32, or i64 where memories are of
64 bits), ``f`` f32, ``d`` f64. The others are the parameters. A function is called with the host and its arguments,
pointers and i32 unsigned, i64 signed; it returns an integer of either sign, a float, or None.
"""

from __future__ import annotations

from typing import Any, Callable, NamedTuple, TypeVar


class EnvFunction(NamedTuple):
    """``run(host, *arguments)`` and its signature; several, with spaces between, if it serves several.

    ``old``: with this signature it is imported by modules that have the records of before June 2023.
    """

    run: Callable[..., Any]
    signatures: str
    old: bool = False


#: What modules import from ``env``: for each name the functions of which one fits.
FUNCTIONS: dict[str, list[EnvFunction]] = {}
Function = TypeVar("Function", bound=Callable[..., Any])


def register(function: EnvFunction, *names: str) -> None:
    """Let a function be what is imported under these names, unless one fits that was registered before."""
    for name in names:
        FUNCTIONS.setdefault(name, []).append(function)


def env(signatures: str, *other_names: str) -> Callable[[Function], Function]:
    """Decorates a function that modules import from ``env`` under its own name, or under other ones as well."""

    def decorate(run: Function) -> Function:
        register(EnvFunction(run, signatures), run.__name__, *other_names)
        return run

    return decorate


def signed(value: int) -> int:
    """An i32 with its sign."""
    return value - 0x1_0000_0000 if value > 0x7FFF_FFFF else value
