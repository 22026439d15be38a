"""Finds the shared test data: specification tests, real modules, kernels.

They are not part of the repository. ``WASM2PY_SHARED`` names their directory; without it, ``shared`` next to the
checkout is taken.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def shared_root() -> Path:
    """The directory of the shared data, whether it exists or not."""
    return Path(os.environ.get("WASM2PY_SHARED") or REPOSITORY.parent / "shared")


def shared_path(*parts: str) -> Path:
    """A file or directory of the shared data, which must exist."""
    path = shared_root().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"no shared test data at {path}; set WASM2PY_SHARED to its directory")
    return path


def need_shared(*parts: str) -> Path:
    """Like ``shared_path``; skips the test, or the test module being collected, where the data is absent."""
    import pytest  # the benchmarks use this module, and run without

    try:
        return shared_path(*parts)
    except FileNotFoundError as absent:
        pytest.skip(str(absent), allow_module_level=True)


def extracted(archive: Path) -> Path:
    """The directory that a zip file is extracted to, once for each content and for all processes."""
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
    target = Path(tempfile.gettempdir()) / f"wasm2py-tests-{getpass.getuser()}" / f"{archive.stem}-{digest}"
    if not target.exists():
        _extract(archive, target)
    return target


def _extract(archive: Path, target: Path) -> None:
    """Extract to a private directory and rename it: another process sees all files or none."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent))
    with zipfile.ZipFile(archive) as bundle:
        bundle.extractall(scratch)
    try:
        scratch.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(scratch)
