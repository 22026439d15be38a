"""The real-world tasks give the expected output through our hostlib."""

from __future__ import annotations

import pytest

from tests.realworld.tasks import Task, tasks
from tests.support.shared import need_shared

TASKS = tasks(need_shared("realworld", "tasks"))


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_task(task: Task) -> None:
    result = task.run()
    assert result["output"] == task.description["expected_output"]
    assert task.right(result)
