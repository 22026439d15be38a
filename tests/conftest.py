"""Settings for all tests: the profiles of hypothesis."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

_COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck)}

#: ``ci`` gives the same examples every time, and does not shrink a failure: that takes minutes. ``deep`` searches anew,
#: for as long as one likes to wait, and shrinks.
settings.register_profile("ci", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate], **_COMMON)
settings.register_profile("deep", max_examples=5000, **_COMMON)
settings.load_profile(os.environ.get("WASM2PY_HYPOTHESIS", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")
