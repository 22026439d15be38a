"""Results as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.figures import Comparison, geometric_mean
from benchmarks.results import Result, Sheet


def text(result: Result | Sheet) -> str:
    """The figures, what failed or was left out, and the conditions."""
    if isinstance(result, Sheet):
        return "\n\n".join(
            [result.title, sheet(result), "\n".join(_lines({"wanted": result.wanted, **result.conditions}))]
        )
    parts = [result.title, times(result)]
    if shown := _shown(result):
        parts += ["Ratios of these times (the median of the rounds' ratios)", ratios(result, shown)]
    parts += ["\n".join([*result.failures, *_left_out(result), *_engines(result), *_lines(result.conditions)])]
    return "\n\n".join(parts)


def sheet(result: Sheet) -> str:
    """The figures as a table."""
    columns = next(iter(result.rows.values()), {})
    body = [[name, *map(_cell, row.values())] for name, row in result.rows.items()]
    return aligned([["", *columns], *body])


def times(result: Result) -> str:
    """Nanoseconds for each unit of work: a row for each piece of work, a column for each engine."""
    keys = list(result.engines)
    body = [
        [name, *(_cell(row[key].nanoseconds if key in row else math.nan) for key in keys)]
        for name, row in result.rows.items()
    ]
    return aligned([[f"ns per {result.unit}", *(result.engines[key].title for key in keys)], *body])


def ratios(result: Result, shown: Sequence[Comparison]) -> str:
    """One engine's time over another's, for each piece of work, then the geometric mean and what is asked of it."""
    lines = {name: [entry.ratio(row) for entry in shown] for name, row in result.rows.items()}
    body = [[name, *map(_cell, line)] for name, line in lines.items()]
    means = ["geometric mean", *(_cell(geometric_mean(column)) for column in zip(*lines.values()))]
    wanted = ["wanted", *(entry.wanted for entry in shown)]
    return aligned([["", *(_heading(result, entry) for entry in shown)], *body, means, wanted])


def _shown(result: Result) -> list[Comparison]:
    """The comparisons whose engines both took part."""
    return [entry for entry in result.comparisons if {entry.over, entry.under} <= set(result.engines)]


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """A table with its first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = (
        "  ".join(cell.rjust(width) if at else cell.ljust(width) for at, (cell, width) in enumerate(zip(row, widths)))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: float) -> str:
    """Three digits, or more before the point."""
    if math.isnan(value):
        return "–"
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:,.{digits}f}"


def _heading(result: Result, comparison: Comparison) -> str:
    over, under = (result.engines[key].title for key in (comparison.over, comparison.under))
    return f"{over} / {under}".replace("wasm2py ", "")


def _left_out(result: Result) -> Iterator[str]:
    for title, reason in result.missing.items():
        yield f"{title} is left out: {reason}"


def _engines(result: Result) -> Iterator[str]:
    for engine in result.engines.values():
        yield f"{engine.title} {engine.version}".strip() + f" on {engine.python}"


def _lines(items: Mapping[str, str]) -> Iterator[str]:
    for name, value in items.items():
        if value:
            yield f"{name}: {value}"
