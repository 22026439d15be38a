"""The cache of translated modules: content-addressed, shared by all processes of a user.

An entry is two files named after its key: ``KEY.py``, the generated text, which tracebacks show, and ``KEY.code``,
its code. ``KEY.code`` carries digests of both, so an entry that is torn, truncated or changed is a miss.
The digests guard against accidents. Whoever may write to the directory may run code as its owner, as with any
cache of code; it is made for the owner alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import platformdirs

from wasm2py.files import write_whole
from wasm2py.options import Options
from wasm2py.pycode import Program, dump_program, parse_program
from wasm2py_runtime._version import __version__

_MAGIC = b"wasm2py code 2\n"
_KEY_LENGTH = 40
_OUR_FILE = re.compile(rf"[0-9a-f]{{{_KEY_LENGTH}}}\.(py|code)|\.wasm2py-[0-9a-f]+\.tmp")


class CacheWarning(UserWarning):
    """The cache cannot be used; everything works, only slower."""


@dataclass(frozen=True)
class Entry:
    """A translated module: its text, the file name its code reports, and its code."""

    text: str
    filename: str
    program: Program


@dataclass(frozen=True)
class Listed:
    """What ``Cache.entries`` tells of one entry."""

    key: str
    #: the first line of the generated text: what it was made from
    title: str
    #: bytes of both files
    size: int
    #: when it was made, in seconds since the epoch
    modified: float


def default_directory() -> Path:
    """``WASM2PY_CACHE_DIR`` where that is set, else the place for caches on this platform."""
    override = os.environ.get("WASM2PY_CACHE_DIR")
    return Path(override) if override else Path(platformdirs.user_cache_path("wasm2py", appauthor=False))


def key(data: bytes, name: str, options: Options) -> str:
    """The name of the entry for module ``data`` called ``name``, for this compiler and this Python."""
    parts = (
        hashlib.sha256(data).hexdigest(),
        name,
        str(options),
        __version__,
        _compiler_digest(),
        str(sys.implementation.cache_tag),
        importlib.util.MAGIC_NUMBER.hex(),
    )
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_LENGTH]


class Cache:
    """The entries in one directory. No method raises for a directory that cannot be read or written."""

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = (directory or default_directory()).absolute()

    def source_path(self, key: str) -> Path:
        """Where the text of an entry stands, or would stand."""
        return self.directory / f"{key}.py"

    def load(self, key: str) -> Entry | None:
        """The entry, or None if there is none that is whole."""
        path = self.source_path(key)
        try:
            source, blob = path.read_bytes(), path.with_suffix(".code").read_bytes()
            return Entry(source.decode(), str(path), parse_program(_payload(source, blob), str(path)))
        except (OSError, ValueError, EOFError, TypeError):
            return None

    def store(self, key: str, entry: Entry) -> bool:
        """Keep an entry; False (and a CacheWarning, once a process) where the directory does not let us."""
        path, source = self.source_path(key), entry.text.encode()
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            # The text first: who finds the code finds the text that belongs to it.
            write_whole(path, source)
            payload = dump_program(entry.program)
            write_whole(path.with_suffix(".code"), _header(source, payload) + payload)
        except OSError as error:
            _warn_once(f"the cache in {self.directory} is not used: {error.strerror or error}")
            return False
        return True

    def entries(self) -> list[Listed]:
        """All entries, the newest first."""
        found = (self._listed(path) for path in self._files() if path.suffix == ".py")
        return sorted((entry for entry in found if entry), key=lambda entry: -entry.modified)

    def clear(self) -> tuple[int, int]:
        """Delete every file that the cache made, and no other; gives the number of entries and of bytes."""
        entries = size = 0
        for path in list(self._files()):
            with contextlib.suppress(OSError):
                freed = path.stat().st_size
                path.unlink()
                size += freed
                entries += path.suffix == ".py"
        return entries, size

    def _files(self) -> Iterator[Path]:
        with contextlib.suppress(OSError):
            yield from (path for path in self.directory.iterdir() if _OUR_FILE.fullmatch(path.name))

    def _listed(self, path: Path) -> Listed | None:
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


def _header(source: bytes, payload: bytes) -> bytes:
    return _MAGIC + hashlib.sha256(source).digest() + hashlib.sha256(payload).digest()


def _payload(source: bytes, blob: bytes) -> bytes:
    """What follows the header in ``blob``. Raises ValueError where anything differs from what was written."""
    length = len(_header(b"", b""))
    payload = blob[length:]
    if blob[:length] != _header(source, payload):
        raise ValueError("a damaged entry")
    return payload


@lru_cache(maxsize=1)
def _compiler_digest() -> str:
    """A digest of the compiler's own source, so that a changed compiler never meets old entries.

    The version alone is not enough for those who work on the compiler or install it from a branch.
    """
    digest = hashlib.sha256()
    for directory, folders, names in os.walk(os.path.dirname(__file__)):
        folders.sort()
        for name in sorted(name for name in names if name.endswith(".py")):
            with open(os.path.join(directory, name), "rb", buffering=0) as file:
                digest.update(name.encode() + b"\0" + file.readall() + b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _warn_once(message: str) -> None:
    warnings.warn(message, CacheWarning, stacklevel=4)
