"""``python -m tests.realworld [TASK ...]``: run the real-world tasks and print how long each took."""

from __future__ import annotations

import argparse
import sys

from tests.realworld.tasks import Task, tasks
from tests.support.shared import shared_path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.realworld", description=__doc__)
    parser.add_argument("task", nargs="*", help="names of tasks (default: all)")
    wanted = parser.parse_args().task
    found = [task for task in tasks(shared_path("realworld", "tasks")) if not wanted or task.name in wanted]
    print(f"{'task':18} {'compile s':>10} {'run s':>9} {'wasmtime run s':>15}  output")
    return 1 if sum(not report(task) for task in found) else 0


def report(task: Task) -> bool:
    """Run a task and print its line; whether it was right."""
    try:
        result = task.run()
    except Exception as error:  # a line for each task, whatever happens in it
        print(f"{task.name:18} {type(error).__name__}: {error}", flush=True)
        return False
    right = task.right(result)
    times = f"{result['compile_s']:10.2f} {result['run_s']:9.3f} {task.description['wasmtime_run_s']:15.4f}"
    print(f"{task.name:18} {times}  {'right' if right else 'WRONG ' + result['output'][:200]}", flush=True)
    return right


if __name__ == "__main__":
    sys.exit(main())
