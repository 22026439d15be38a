"""Writing directories so that a reader sees the old contents or the new ones, never a part."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from wasm2py.files import temporary_name, write_new


def write_directory(path: Path, files: dict[str, bytes]) -> None:
    """Make ``path`` a directory of just these files, whole or not at all; what was there is deleted.

    A link is followed. Raises OSError; then what was there is there still.
    """
    target = Path(os.path.realpath(path))
    temporary = temporary_name(target)
    try:
        temporary.mkdir()
        for name, data in files.items():
            write_new(temporary / name, data)
        _put_in_place(temporary, target)
    except BaseException:  # KeyboardInterrupt too
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _put_in_place(directory: Path, target: Path) -> None:
    """Two renames, since no system replaces a directory that is not empty by one."""
    if not target.exists():
        directory.rename(target)
        return
    old = target.rename(temporary_name(target))
    try:
        directory.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
