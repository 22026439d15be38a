"""Where and when something was measured."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from pathlib import Path

from tests.support.shared import REPOSITORY


def conditions() -> dict[str, str]:
    """What a reader needs to judge the figures; nothing that names the machine or who ran it."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "revision": _revision(),
        "machine": f"{_processor()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}",
        "load average": _load(),
        "yardstick": f"{_yardstick():.1f} ns for one turn of a loop that counts, on this Python",
    }


def _revision() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )


def _load() -> str:
    try:
        return f"{os.getloadavg()[0]:.1f}"
    except (AttributeError, OSError):  # not on every platform
        return "unknown"


def _yardstick(turns: int = 500_000) -> float:
    """How fast this Python is on this machine now, to judge times by that are not ratios."""

    def count() -> float:
        started = time.process_time()
        total = 0
        while total < turns:
            total += 1
        return (time.process_time() - started) / turns * 1e9

    return statistics.median(count() for _ in range(5))
