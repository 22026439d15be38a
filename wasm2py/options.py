"""What a person may choose about a translation. Two equal ``Options`` give the same Python text, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from wasm2py.features import DEFAULT_FEATURES, FEATURES

OptimizationLevel = Literal[0, 1, 2]
Target = Literal["cpython", "pypy"]

LEVELS: tuple[OptimizationLevel, ...] = (0, 1, 2)
TARGETS: tuple[Target, ...] = ("cpython", "pypy")
#: the passes of the IR
PASS_SWITCHES = (
    "inline-calls",
    "merge-blocks",
    "forward-globals",
    "forward-memory",
    "dead-stores",
    "guard-stores",
    "simplify",
    "fold-branches",
    "number-values",
    "drop-casts",
    "rotate-increments",
    "dead-values",
)
#: what can be switched off by name: the passes of the IR, then the code generator's own optimisations
SWITCHES = (
    *PASS_SWITCHES,
    "inline-expressions",
    "merge-conditions",
    "value-ranges",
    "signed-values",
    "lazy-values",
    "signed-params",
    "stepped-views",
    "counting-loops",
    "nested-control",
    "jumps",
    "fold-rounding",
    "join-tries",
)


@dataclass(frozen=True)
class Options:
    """Options of one translation.

    Raises ValueError where a level, target, feature or pass does not exist.
    """

    #: 0: no optimisation; 1: the cheap passes; 2: all of them
    optimize: OptimizationLevel = 2
    #: the implementation of Python that the code is tuned for; it runs on the other one too
    target: Target = "cpython"
    #: the features of WebAssembly that a module may use
    features: frozenset[str] = field(default=DEFAULT_FEATURES)
    #: passes that are left out whatever the level: names of SWITCHES
    disabled_passes: tuple[str, ...] = ()
    #: check what the compiler knows of integers while the code runs: for tests of the compiler itself
    assert_ranges: bool = False
    #: the text is compiled on this machine and gets real jumps then: by itself it does not run (see wasm2py.wiring)
    wired: bool = False

    def __post_init__(self) -> None:
        _check("optimisation level", [self.optimize], LEVELS)
        _check("target", [self.target], TARGETS)
        _check("feature", self.features, FEATURES)
        _check("pass", self.disabled_passes, SWITCHES)

    def __str__(self) -> str:
        """The stable text form: it is part of the cache key and stands in the header of the generated file.

        Read as the command line that gives these options.
        """
        parts = [f"-O{self.optimize}", f"--target={self.target}"]
        changes = [f"+{name}" for name in sorted(self.features - DEFAULT_FEATURES)]
        changes += [f"-{name}" for name in sorted(DEFAULT_FEATURES - self.features)]
        if changes:
            parts.append(f"--features={','.join(changes)}")
        parts += [f"--disable-pass={name}" for name in sorted(set(self.disabled_passes))]
        if self.assert_ranges:
            parts.append("--assert-ranges")
        if self.wired:
            parts.append("(with jumps)")
        return " ".join(parts)


def _check(kind: str, values: Iterable[object], known: Iterable[object]) -> None:
    choices = list(known)
    for value in values:
        if value not in choices:
            raise ValueError(f"unknown {kind} {value!r} (known: {', '.join(map(str, sorted(choices, key=str)))})")


DEFAULT_OPTIONS = Options()
