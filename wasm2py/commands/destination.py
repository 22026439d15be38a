"""Where ``wasm2py compile`` writes: checked before the work, which may take minutes."""

from __future__ import annotations

import os
import re
from pathlib import Path

from wasm2py.commands.common import UsageError
from wasm2py.text import identifier

#: How every generated file begins.
MARK = b"# Made by wasm2py"

_OUR_FILE = re.compile(r"__(init|main)__\.py|_part\d+\.py")
_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


def is_package(output: str | None) -> bool:
    """Whether ``-o`` names a directory, as ``app/``: the output is a package then."""
    return bool(output) and str(output).endswith(_SEPARATORS)


def destination(output: str | None, module: str, stem: str) -> Path:
    """The file or directory to write. Raises UsageError where the output cannot or should not go there.

    ``output`` is what ``-o`` says, ``module`` the argument that names the module, ``stem`` its name.
    """
    path = Path(output) if output else Path(identifier(stem) + ".py")
    if not output:
        _check_file_is_ours(path)
    if is_package(output):
        _check_directory_is_ours(path)
    elif path.is_dir():
        raise UsageError(f"{path} is a directory; give the name of a file with -o, or -o {path}{os.sep} for a package")
    if not path.parent.is_dir():
        raise UsageError(f"there is no directory {path.parent} to write {path.name} to")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"the directory {path.parent} is not writable")
    if module != "-" and path.exists() and path.samefile(module):
        raise UsageError(f"{path} is the input")
    return path


def _check_file_is_ours(path: Path) -> None:
    """A name that we chose must not cost somebody the file of that name."""
    if path.is_file() and not _begins_with_mark(path):
        raise UsageError(f"{path} exists and wasm2py did not make it; to replace it, say -o {path}")


def _check_directory_is_ours(path: Path) -> None:
    """A package replaces a directory as a whole, so there must be nothing in it that somebody else made."""
    if not path.name:
        raise UsageError(f"give the name of a package with -o, not {path}{os.sep}")
    if not path.exists():
        return
    if not path.is_dir():
        raise UsageError(f"{path} is a file, not a directory to write a package to")
    for entry in path.iterdir():
        ours = _OUR_FILE.fullmatch(entry.name) and entry.is_file() and _begins_with_mark(entry)
        if not ours and entry.name != "__pycache__":
            raise UsageError(f"the directory {path} is not replaced: wasm2py did not make {entry.name} in it")


def _begins_with_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK
