"""The real-world tasks: published modules doing real work, driven by a host program in Python.

Times include the host program's part. They are divided by the wasm instructions that the task executes.
"""

from __future__ import annotations

import argparse

from benchmarks.commands import Command, by_name, chosen_engines, interpreters
from benchmarks.engines import BY_KEY
from benchmarks.figures import Comparison
from benchmarks.results import Result
from benchmarks.rounds import Job, Plan, run
from tests.realworld.tasks import Task, tasks
from tests.support.shared import shared_path

COMPARISONS = (Comparison("O0", "O2"), Comparison("O1", "O2"), Comparison("O2", "wasmtime"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", nargs="*", help="names of tasks (default: all)")


def main(options: argparse.Namespace) -> Result:
    columns = chosen_engines(options, [key for key, engine in BY_KEY.items() if engine.tasks])
    jobs = {task.name: dict.fromkeys(columns, _job(task)) for task in _chosen(options.task)}
    title = "Real-world tasks, their host programs included"
    return run(
        Plan("tasks", title, "wasm instruction", columns, jobs, COMPARISONS, options.rounds, interpreters(options))
    )


def _chosen(names: list[str]) -> list[Task]:
    known = {task.name: task for task in tasks(shared_path("realworld", "tasks"))}
    return [known[name] for name in by_name(names, known)]


def _job(task: Task) -> Job:
    arguments = {"directory": str(task.directory), "expected": task.description["expected_output"]}
    return Job("task", arguments, task.description["fuel"])


COMMAND = Command("tasks", __doc__, main, add_arguments)
