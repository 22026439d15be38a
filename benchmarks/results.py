"""The results of benchmarks, as values and as files of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.figures import Comparison, Rows, Series


@dataclass(frozen=True)
class Engine:
    """An engine that took part."""

    title: str
    version: str
    python: str


@dataclass(frozen=True)
class Result:
    """Engines compared: all their times, and under what conditions they were taken."""

    #: also the name of its files
    name: str
    title: str
    #: what times are divided by
    unit: str
    rows: Rows
    engines: Mapping[str, Engine]
    comparisons: tuple[Comparison, ...] = ()
    #: engines that did not take part, and why
    missing: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)

    @property
    def failures(self) -> list[str]:
        """What went wrong, one line for each."""
        return [
            f"{name}, {self.engines[key].title}: {series.error}"
            for name, row in self.rows.items()
            for key, series in row.items()
            if series.error
        ]


@dataclass(frozen=True)
class Sheet:
    """Figures of wasm2py alone."""

    name: str
    title: str
    #: by row and column; every row has the same columns
    rows: Mapping[str, Mapping[str, float]]
    #: what the project asks, in words
    wanted: str = ""
    conditions: Mapping[str, str] = field(default_factory=dict)


def write(result: Result | Sheet, file: Path) -> None:
    file.write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(file: Path) -> Result | Sheet:
    """What ``write`` wrote."""
    data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if "engines" not in data:
        return Sheet(**data)
    data["rows"] = {name: {key: _series(value) for key, value in row.items()} for name, row in data["rows"].items()}
    data["engines"] = {key: Engine(**value) for key, value in data["engines"].items()}
    data["comparisons"] = tuple(Comparison(**value) for value in data["comparisons"])
    return Result(**data)


def _series(data: dict[str, Any]) -> Series:
    return Series(tuple(data["seconds"]), data["units"], data["error"])
