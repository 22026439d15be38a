"""What the outcomes of many scripts come to, by directory: as text, as Markdown, as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.spec.runner import Outcome

HEADINGS = ("directory", "files", "commands", "passed", "failed")


class Named(Protocol):
    """A script."""

    @property
    def file(self) -> str: ...
    @property
    def directory(self) -> str: ...


@dataclass
class Row:
    """The counts of one directory. Modules in text form are counted apart: they are no input of wasm2py."""

    directory: str
    files: int = 0
    passed: int = 0
    failed: int = 0
    text: int = 0

    def add(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            setattr(self, outcome.status, getattr(self, outcome.status) + 1)

    @property
    def commands(self) -> int:
        return self.passed + self.failed

    def merge(self, other: Row) -> None:
        self.files += other.files
        self.passed += other.passed
        self.failed += other.failed
        self.text += other.text

    def cells(self) -> tuple[str, ...]:
        return (self.directory, *map(str, (self.files, self.commands, self.passed, self.failed)))

    def json(self) -> dict[str, Any]:
        return {**vars(self), "commands": self.commands}


def rows(results: Iterable[tuple[Named, Sequence[Outcome]]]) -> list[Row]:
    """A row for each directory in order, and one for all."""
    by_directory: dict[str, Row] = {}
    for script, outcomes in results:
        row = by_directory.setdefault(script.directory, Row(script.directory))
        row.files += 1
        row.add(outcomes)
    total = Row("total")
    for row in by_directory.values():
        total.merge(row)
    return [*by_directory.values(), total]


def as_text(table: Sequence[Row]) -> str:
    """Columns lined up."""
    lines = [HEADINGS, *(row.cells() for row in table)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(_align(cells, widths)).rstrip() for cells in lines)


def _align(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *numbers = zip(cells, widths)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in numbers)]


def as_markdown(table: Sequence[Row]) -> str:
    lines = [HEADINGS, ("---", *["--:"] * 4), *(row.cells() for row in table)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def list_failures(results: Iterable[tuple[Named, Sequence[Outcome]]]) -> None:
    """On stderr, a line each."""
    for script, outcomes in results:
        for outcome in outcomes:
            if outcome.status == "failed":
                print(f"{script.file}:{outcome.line}: {outcome.command}: {outcome.detail}"[:400], file=sys.stderr)
