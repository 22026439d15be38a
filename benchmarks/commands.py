"""What the commands have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.engines import BY_KEY, Engine, Interpreters
from benchmarks.results import Result, Sheet


@dataclass(frozen=True)
class Command:
    """A benchmark: its name on the command line, what help says, what it does, and its own options."""

    name: str
    help: str
    main: Callable[[argparse.Namespace], Result | Sheet]
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    #: whether engines take part, which can be chosen
    compares: bool = True


def by_name(names: Sequence[str], known: Iterable[str]) -> list[str]:
    """The names, or all that are known where none is given. Raises ValueError for one that is not known."""
    choices = list(known)
    for name in names:
        if name not in choices:
            raise ValueError(f"there is no {name!r} here (but: {', '.join(choices)})")
    return list(names) or choices


def chosen_engines(options: argparse.Namespace, known: Sequence[str]) -> dict[str, Engine]:
    """Those that ``--engine`` names, else all that the command knows, by their keys."""
    return {key: BY_KEY[key] for key in by_name(options.engine, known)}


def interpreters(options: argparse.Namespace) -> Interpreters:
    """What ``--python`` says."""
    return Interpreters(tuple(options.python))
