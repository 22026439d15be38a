"""The arithmetic of benchmarks."""

from __future__ import annotations

import math

import pytest

from benchmarks.figures import Comparison, Series, geometric_mean, ratio


def test_time_of_a_unit_is_the_median_over_the_units() -> None:
    assert Series((3e-6, 1e-6, 9e-6), units=1000).nanoseconds == pytest.approx(3.0)


def test_without_times_nothing_is_a_number() -> None:
    assert math.isnan(Series(error="it broke").nanoseconds)
    assert math.isnan(ratio(Series(), Series((1.0,))))
    assert math.isnan(Comparison("a", "b").ratio({"a": Series((1.0,))}))


def test_ratio_is_the_median_of_the_ratios_of_rounds() -> None:
    # the medians of the times alone would give 3.0 / 2.0
    assert ratio(Series((2.0, 3.0, 30.0)), Series((1.0, 2.0, 10.0))) == 2.0


def test_ratio_is_for_equal_amounts_of_work() -> None:
    small, large = Series((2.0,), units=10), Series((4.0,), units=1000)
    assert ratio(small, large) == pytest.approx(50.0)
    assert Comparison("large", "small").ratio({"small": small, "large": large}) == pytest.approx(1 / 50)


def test_geometric_mean_is_of_those_that_are_numbers() -> None:
    assert geometric_mean([2.0, math.nan, 8.0]) == pytest.approx(4.0)
    assert math.isnan(geometric_mean([math.nan]))
