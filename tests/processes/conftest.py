"""No test here may hang: what waits in the test itself is interrupted."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.processes.support import PATIENCE

if not sys.platform.startswith("linux"):
    collect_ignore_glob = ["test_*.py"]  # there is no ProcessMemory


def _too_long(*_: Any) -> None:
    raise TimeoutError(f"no end after {2 * PATIENCE} seconds")


@pytest.fixture(autouse=True)
def _time_limit() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(2 * PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
