"""What is computed from measured times, and the form in which times are kept."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """The times of one engine doing one piece of work, one for each round, or why there are none."""

    seconds: tuple[float, ...] = ()
    #: how much work it was: wasm instructions executed, calls made
    units: int = 1
    error: str = ""

    @property
    def nanoseconds(self) -> float:
        """The median time for one unit of the work; NaN where there is none."""
        return statistics.median(self.seconds) / self.units * 1e9 if self.seconds else math.nan


#: Series by row (the work) and engine.
Rows = Mapping[str, Mapping[str, Series]]
NO_SERIES = Series()


@dataclass(frozen=True)
class Comparison:
    """One engine's time for a unit of work divided by another's."""

    over: str
    under: str
    #: what the project asks of the geometric mean, as text
    wanted: str = ""

    def ratio(self, row: Mapping[str, Series]) -> float:
        return ratio(row.get(self.over, NO_SERIES), row.get(self.under, NO_SERIES))


def ratio(over: Series, under: Series) -> float:
    """The median of the ratios of each round, for equal amounts of work; NaN where there is none.

    Both times of a round were taken one shortly after the other, so a slow spell of the machine disturbs both.
    """
    pairs = list(zip(over.seconds, under.seconds))
    if not pairs:
        return math.nan
    return statistics.median(a / b for a, b in pairs) * under.units / over.units


def geometric_mean(values: Iterable[float]) -> float:
    """Of those that are numbers; NaN where none is."""
    logarithms = [math.log(value) for value in values if not math.isnan(value)]
    return math.exp(statistics.fmean(logarithms)) if logarithms else math.nan
