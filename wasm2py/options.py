"""What a person may choose about a translation. Two equal ``Options`` give the same Python text, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from wasm2py.features import DEFAULT_FEATURES, FEATURES
from wasm2py_runtime.types import Record

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
    "copied-selects",
    "likely-sums",
    "written-division",
    "signed-params",
    "parameter-ranges",
    "stepped-views",
    "counting-loops",
    "streamed-loads",
    "direct-switches",
    "nested-control",
    "jumps",
    "fold-rounding",
    "float-signs",
    "join-tries",
    "stack-room",
)


class Options(Record):
    """Options of one translation.

    Raises ValueError where a level, target, feature or pass does not exist.
    """

    __slots__ = __match_args__ = ("optimize", "target", "features", "disabled_passes", "assert_ranges", "wired")

    #: 0: no optimisation; 1: the cheap passes; 2: all of them
    optimize: OptimizationLevel
    #: the implementation of Python that the code is tuned for; it runs on the other one too
    target: Target
    #: the features of WebAssembly that a module may use
    features: frozenset[str]
    #: passes that are left out whatever the level: names of SWITCHES
    disabled_passes: tuple[str, ...]
    #: check what the compiler knows of integers while the code runs: for tests of the compiler itself
    assert_ranges: bool
    #: the text is compiled on this machine and gets real jumps then: by itself it does not run (see wasm2py.wiring)
    wired: bool

    def __init__(
        self,
        optimize: OptimizationLevel = 2,
        target: Target = "cpython",
        features: frozenset[str] = DEFAULT_FEATURES,
        disabled_passes: tuple[str, ...] = (),
        assert_ranges: bool = False,
        wired: bool = False,
    ) -> None:
        _check("optimisation level", [optimize], LEVELS)
        _check("target", [target], TARGETS)
        _check("feature", features, FEATURES)
        _check("pass", disabled_passes, SWITCHES)
        self._set(optimize=optimize, target=target, features=features)
        self._set(disabled_passes=disabled_passes, assert_ranges=assert_ranges, wired=wired)

    def but(self, **changes: Any) -> Options:
        """The same options with some others in their place."""
        return Options(**{**dict(zip(self.__match_args__, self._fields(), strict=True)), **changes})

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
