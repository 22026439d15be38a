"""All kernels in all builds give the expected checksums, on this interpreter and on the others that are found."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import wasm2py
from tests.kernels.interpreters import WANTED, interpreter
from tests.kernels.kernels import BUILDS, Kernel, kernels
from tests.support.engine import load
from tests.support.shared import REPOSITORY, need_shared
from wasm2py.options import Options, Target

KERNELS = kernels(need_shared("kernels"))
RUNNER = Path(__file__).with_name("run_generated.py")


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
def test_checksum(kernel: Kernel, build: str) -> None:
    exports = load(kernel.wasm(build), name=kernel.name).Module().exports
    if build == "wasi":
        exports["_initialize"]()
    for size in ("small", "std"):
        assert exports["run"](kernel.sizes[size]) == kernel.expected(size), size


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize(
    "wanted, target", [*[(wanted, "cpython") for wanted in WANTED], ("python3.9", "pypy"), ("pypy3", "pypy")]
)
def test_other_interpreter(wanted: str, target: Target, build: str, tmp_path: Path) -> None:
    """The generated files of a build run on another interpreter with only the runtime."""
    python = interpreter(wanted)
    if python is None:
        pytest.skip(f"no {wanted} in WASM2PY_PYTHONS, PATH or pyenv")
    jobs = []
    for kernel in KERNELS:
        (tmp_path / f"{kernel.name}_{build}.py").write_text(
            wasm2py.compile(kernel.wasm(build), options=Options(target=target))
        )
        jobs += [f"{kernel.name}_{build}:{kernel.sizes[size]}:{kernel.expected(size)}" for size in ("small", "std")]
    done = run_elsewhere(python, tmp_path, jobs)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]


def run_elsewhere(python: str, directory: Path, jobs: list[str]) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(REPOSITORY / "runtime"), str(directory)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, str(RUNNER), *jobs]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400, check=False)
