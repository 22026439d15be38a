"""What is in a directory of the cache: listing it, and deleting what the cache made."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wasm2py.cache import KEY_LENGTH, Cache

_OUR_FILE = re.compile(rf"[0-9a-f]{{{KEY_LENGTH}}}\.(py|code)|\.wasm2py-[0-9a-f]+\.tmp")


@dataclass(frozen=True)
class Listed:
    """What ``entries`` tells of one entry."""

    key: str
    #: the first line of the generated text: what it was made from
    title: str
    #: bytes of both files
    size: int
    #: when it was made, in seconds since the epoch
    modified: float


def entries(cache: Cache) -> list[Listed]:
    """All entries, the newest first; none of a directory that cannot be read."""
    found = (_listed(path) for path in _files(cache) if path.suffix == ".py")
    return sorted((entry for entry in found if entry), key=lambda entry: -entry.modified)


def clear(cache: Cache) -> tuple[int, int]:
    """Delete every file that the cache made, and no other; gives the number of entries and of bytes."""
    number = size = 0
    for path in list(_files(cache)):
        with contextlib.suppress(OSError):
            freed = path.stat().st_size
            path.unlink()
            size += freed
            number += path.suffix == ".py"
    return number, size


def _files(cache: Cache) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (path for path in Path(cache.directory).iterdir() if _OUR_FILE.fullmatch(path.name))


def _listed(path: Path) -> Listed | None:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            title = file.readline(1000).strip("# \n")
        status = path.stat()
    except OSError:
        return None
    code_size = 0
    with contextlib.suppress(OSError):
        code_size = path.with_suffix(".code").stat().st_size
    return Listed(path.stem, title, status.st_size + code_size, status.st_mtime)
