"""Engines side by side: each does its work once a round, one after the other."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm

from benchmarks import results
from benchmarks.conditions import conditions
from benchmarks.engines import Engine, Interpreters
from benchmarks.figures import Comparison, Series
from benchmarks.processes import Failed, Unavailable, Worker


@dataclass(frozen=True)
class Job:
    """A piece of work for one engine: a workload, its arguments, and how much work that is."""

    workload: str
    arguments: Mapping[str, Any]
    units: int


@dataclass(frozen=True)
class Plan:
    """What is to be compared: jobs by row and column; a column is an engine (it may be several columns)."""

    name: str
    title: str
    unit: str
    columns: Mapping[str, Engine]
    jobs: Mapping[str, Mapping[str, Job]]
    comparisons: tuple[Comparison, ...] = ()
    rounds: int = 5
    interpreters: Interpreters = field(default_factory=Interpreters)


def run(plan: Plan) -> results.Result:
    """Do all jobs. An engine that cannot be had, or fails in one, does not stop the others."""
    missing: dict[str, str] = {}
    with ExitStack() as stack:
        workers = {key: stack.enter_context(worker) for key, worker in _started(plan, missing)}
        rows = {name: _row(row, workers, plan.rounds) for name, row in _progress(plan)}
    engines = {
        key: results.Engine(engine.title, **workers[key].description)
        for key, engine in plan.columns.items()
        if key in workers
    }
    surroundings = {**conditions(), "rounds": str(plan.rounds)}
    return results.Result(plan.name, plan.title, plan.unit, rows, engines, plan.comparisons, missing, surroundings)


def _started(plan: Plan, missing: dict[str, str]) -> Iterator[tuple[str, Worker]]:
    for key, engine in plan.columns.items():
        try:
            yield key, Worker(engine.key, plan.interpreters.path(engine))
        except Unavailable as reason:
            missing[engine.title] = f"{reason} (it needs {engine.needs}: --python {engine.key}=PATH)"


def _progress(plan: Plan) -> Iterator[tuple[str, Mapping[str, Job]]]:
    items: Iterator[tuple[str, Mapping[str, Job]]] = iter(
        tqdm(plan.jobs.items(), desc=plan.name, file=sys.stderr, disable=None, leave=False)
    )
    return items


def _row(jobs: Mapping[str, Job], workers: Mapping[str, Worker], rounds: int) -> Mapping[str, Series]:
    """One row: prepare all engines, then let them sample by turns."""
    times: dict[str, list[float]] = {key: [] for key in jobs if key in workers}
    errors: dict[str, str] = {}
    for key in times:
        with _noting(errors, key):
            workers[key].prepare(jobs[key].workload, **jobs[key].arguments)
    for key in [*times] * rounds:
        with _noting(errors, key):
            if key not in errors:
                times[key].append(workers[key].sample())
    return {
        key: Series((), jobs[key].units, errors[key]) if key in errors else Series(tuple(taken), jobs[key].units)
        for key, taken in times.items()
    }


@contextmanager
def _noting(errors: dict[str, str], key: str) -> Iterator[None]:
    """Keep what fails, and go on."""
    try:
        yield
    except Failed as error:
        errors[key] = str(error)
