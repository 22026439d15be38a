"""The programs do the same on the other Pythons that the runtime supports."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.kernels.interpreters import WANTED, interpreter
from tests.support.shared import REPOSITORY
from tests.wasi import driver
from tests.wasi.build import PROGRAMS
from tests.wasi.running import Outcome
from tests.wasi.scenarios import SCENARIOS
from wasm2py.cli import main

OUTCOMES = Path(__file__).with_name("outcomes")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the generated modules of all programs that scenarios run."""
    directory = tmp_path_factory.mktemp("modules")
    for program in sorted({scenario.program for scenario in SCENARIOS}):
        assert main(["compile", str(PROGRAMS / f"{program}.wasm"), "-o", str(directory / f"{program}_mod.py")]) == 0
    return directory


@pytest.mark.parametrize("wanted", WANTED)
def test_on_every_python(wanted: str, modules: Path) -> None:
    python = interpreter(wanted)
    if python is None:
        pytest.skip(f"no {wanted} in WASM2PY_PYTHONS, PATH or pyenv")
    given = [(each.program, each.args, each.env, each.stdin.hex(), each.other_read_only) for each in SCENARIOS]
    ran = subprocess.run(
        [python, driver.__file__, str(modules)],
        input=json.dumps(given),
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "runtime")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    for scenario, (end, out, err) in zip(SCENARIOS, json.loads(ran.stdout), strict=True):
        outcome = str(Outcome(end, bytes.fromhex(out), bytes.fromhex(err), {}))
        kept = (OUTCOMES / f"{scenario.file_name}.txt").read_text(encoding="utf-8")
        assert kept.startswith(outcome), scenario.name
