"""A run with fixed clocks, random numbers and files writes the same bytes every time, on every Python."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.kernels.interpreters import WANTED, interpreter
from tests.support.shared import REPOSITORY
from tests.wasi.build import PROGRAMS
from wasm2py.cli import main

REPORT = PROGRAMS / "report.wasm"
#: What a Python of any version is asked to do: run the generated module with everything fixed.
SCRIPT = """
import sys
from wasm2py_runtime.wasi import MemoryTree, Wasi, WasiConfig
import report_mod
config = WasiConfig.deterministic(["report"], directories={"/": MemoryTree({"b": b"", "a": {"c": b"text"}})})
sys.exit(Wasi(config).run(report_mod))
"""


def run(python: str, words: list[str], directory: Path) -> bytes:
    path = os.pathsep.join([str(directory), str(REPOSITORY), str(REPOSITORY / "runtime")])
    environment = {**os.environ, "PYTHONPATH": path, "WASM2PY_CACHE_DIR": str(directory / "cache")}
    environment["PYTHONHASHSEED"] = "random"
    ran = subprocess.run(
        [python, *words], cwd=directory, env=environment, capture_output=True, check=False, timeout=100
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    return ran.stdout


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("deterministic")
    assert main(["compile", str(REPORT), "-o", str(made / "report_mod.py")]) == 0
    with zipfile.ZipFile(made / "files.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("a/c", (2001, 2, 3, 4, 5, 6)), "text")
    return made


def test_twice_from_the_command_line(directory: Path) -> None:
    words = ["-m", "wasm2py", "run", str(REPORT), "--deterministic", "--dir", "files.zip::/"]
    first, second = (run(sys.executable, words, directory) for _ in range(2))
    assert first == second
    assert b"realtime: 1577836" in first
    assert b"\na " in first


def test_without_it_runs_differ(directory: Path) -> None:
    words = ["-m", "wasm2py", "run", str(REPORT), "--dir", "files.zip::/"]
    assert len({run(sys.executable, words, directory) for _ in range(2)}) == 2


@pytest.mark.parametrize("wanted", WANTED)
def test_on_every_python(wanted: str, directory: Path) -> None:
    python = interpreter(wanted)
    if python is None:
        pytest.skip(f"no {wanted} in WASM2PY_PYTHONS, PATH or pyenv")
    assert run(python, ["-c", SCRIPT], directory) == run(sys.executable, ["-c", SCRIPT], directory)
