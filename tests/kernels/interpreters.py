"""Which Python interpreters there are to run generated code on."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

#: What CI looks for: the oldest and newest Python of the runtime, and PyPy.
WANTED = ("python3.9", "python3.12", "python3.13", "pypy3")

_PROBE = (
    "import platform, sys; "
    "print(platform.python_implementation(), '%d.%d' % sys.version_info[:2], sep='-', end='')"
)  # fmt: skip


@cache
def interpreter(wanted: str) -> str | None:
    """The path of an interpreter such as ``python3.12`` or ``pypy3``; None if there is none.

    Looked for in ``WASM2PY_PYTHONS`` (paths, separated as in PATH), in PATH, and among pyenv's versions.
    """
    return next((path for path in _candidates(wanted) if _is(path, wanted)), None)


def _candidates(wanted: str) -> list[str]:
    given = [path for path in os.environ.get("WASM2PY_PYTHONS", "").split(os.pathsep) if path]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    version = wanted.removeprefix("python")
    found = [str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python"))]
    on_path = shutil.which(wanted)
    return given + found + ([on_path] if on_path else [])


def _is(path: str, wanted: str) -> bool:
    """Whether it runs and is what its name says (a pyenv shim may be on PATH and not run)."""
    try:
        done = subprocess.run([path, "-c", _PROBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    expected = "PyPy-3" if wanted == "pypy3" else f"CPython-{wanted.removeprefix('python')}"
    return done.returncode == 0 and (done.stdout == expected or (wanted == "pypy3" and done.stdout[:6] == expected))
