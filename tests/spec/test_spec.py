"""Every script of the specification, a test each and for each optimisation level."""

from __future__ import annotations

import pytest

from tests.spec.compiling import run
from tests.spec.scripts import Script, scripts
from tests.support.shared import need_shared
from wasm2py.options import OptimizationLevel, Options

SCRIPTS = scripts(need_shared("spec-tests", "spec-tests.zip"))


@pytest.mark.parametrize("level", [2, 0], ids=["O2", "O0"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.file)
def test_script(script: Script, level: OptimizationLevel) -> None:
    """No command fails."""
    failures = [outcome for outcome in run(script, Options(optimize=level)) if outcome.status == "failed"]
    assert not failures, "\n".join(f"{script.file}:{o.line}: {o.command}: {o.detail}" for o in failures[:20])
