"""Results: their tables and their files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import report, results
from benchmarks.figures import Comparison, Series
from benchmarks.results import Engine, Result, Sheet

RESULT = Result(
    name="kernels",
    title="Kernels",
    unit="instruction",
    rows={
        "fib": {"a": Series((1e-3, 2e-3, 3e-3), 1000), "b": Series((1e-3, 1e-3, 1e-3), 1000)},
        "vm": {"a": Series((8e-3, 8e-3, 8e-3), 1000), "b": Series((), 1000, "WrongResult: 1 instead of 2")},
        "crc32": {"a": Series((2e-3, 2e-3, 2e-3), 1000), "b": Series((2.5e-4, 2.5e-4, 2.5e-4), 1000)},
    },
    engines={"a": Engine("ours", "0.1", "CPython 3.11.7"), "b": Engine("theirs", "2", "PyPy 3.9.16")},
    comparisons=(Comparison("a", "b", "≤ 1.5"), Comparison("a", "absent")),
    missing={"absent": "not installed"},
    conditions={"date": "today"},
)
SHEET = Sheet("compile", "Compiling", {"lua": {"seconds": 1.25, "MiB": 12345.0}}, "faster", {"date": "today"})


def test_times() -> None:
    assert report.times(RESULT).splitlines() == [
        "ns per instruction   ours  theirs",
        "fib                 2,000   1,000",
        "vm                  8,000       –",
        "crc32               2,000     250",
    ]


def test_ratios_have_their_mean_and_what_is_wanted() -> None:
    text = report.text(RESULT)
    table = text[text.index("ours / theirs") :].splitlines()
    assert [line.split() for line in table[1:6]] == [
        ["fib", "2.00"],
        ["vm", "–"],
        ["crc32", "8.00"],
        ["geometric", "mean", "4.00"],
        ["wanted", "≤", "1.5"],
    ]


def test_failures_missing_engines_and_conditions_are_told() -> None:
    lines = report.text(RESULT).splitlines()
    assert "vm, theirs: WrongResult: 1 instead of 2" in lines
    assert "absent is left out: not installed" in lines
    assert "theirs 2 on PyPy 3.9.16" in lines
    assert lines[-1] == "date: today"


def test_no_table_of_ratios_without_two_engines() -> None:
    assert "Ratios" not in report.text(replace(RESULT, comparisons=RESULT.comparisons[1:]))


def test_sheet() -> None:
    assert report.text(SHEET).splitlines() == [
        *["Compiling", ""],
        *["     seconds     MiB", "lua     1.25  12,345", ""],
        *["wanted: faster", "date: today"],
    ]


@pytest.mark.parametrize("value", [RESULT, SHEET], ids=["result", "sheet"])
def test_file_gives_back_what_was_written(value: Result | Sheet, tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    results.write(value, file)
    assert results.read(file) == value


def test_chart_shows_every_engine(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from benchmarks import chart

    file = tmp_path / "chart.svg"
    chart.write(RESULT, file)
    text = file.read_text()
    assert "<svg" in text and "theirs (PyPy 3.9.16)" in text
