"""The cache of translated modules: content-addressed, shared by all processes of a user.

An entry is two files named after its key: ``KEY.py``, the generated text, which tracebacks show, and ``KEY.code``,
its code. ``KEY.code`` carries digests of both, so an entry that is torn, truncated or changed is a miss.
The digests guard against accidents. Whoever may write to the directory may run code as its owner, as with any
cache of code; it is made for the owner alone.

A program that starts from the cache imports little else, so what only writing needs is imported when something is
written. What is in the directory is listed and deleted by ``cache_contents``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import warnings
from functools import lru_cache

from wasm2py.options import Options
from wasm2py.pycode import Program, dump_program, parse_program
from wasm2py_runtime._version import __version__
from wasm2py_runtime.types import Record

_MAGIC = b"wasm2py code 2\n"
KEY_LENGTH = 40


class CacheWarning(UserWarning):
    """The cache cannot be used; everything works, only slower."""


class Entry(Record):
    """A translated module: its text, the file name its code reports, and its code."""

    __slots__ = __match_args__ = ("text", "filename", "program")
    text: str
    filename: str
    program: Program

    def __init__(self, text: str, filename: str, program: Program) -> None:
        self._set(text=text, filename=filename, program=program)


def default_directory() -> str:
    """``WASM2PY_CACHE_DIR`` where that is set, else the place for caches on this platform."""
    override = os.environ.get("WASM2PY_CACHE_DIR")
    if override:
        return override
    import platformdirs

    return platformdirs.user_cache_dir("wasm2py", appauthor=False)


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
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH]


class Cache:
    """The entries in one directory. No method raises for a directory that cannot be read or written."""

    def __init__(self, directory: str | os.PathLike[str] | None = None) -> None:
        self.directory = os.path.abspath(default_directory() if directory is None else directory)

    def source_path(self, key: str) -> str:
        """Where the text of an entry stands, or would stand."""
        return os.path.join(self.directory, f"{key}.py")

    def code_path(self, key: str) -> str:
        """Where its code stands."""
        return os.path.join(self.directory, f"{key}.code")

    def load(self, key: str) -> Entry | None:
        """The entry, or None if there is none that is whole."""
        path = self.source_path(key)
        try:
            source, blob = _content(path), _content(self.code_path(key))
            return Entry(source.decode(), path, parse_program(_payload(source, blob), path))
        except (OSError, ValueError, EOFError, TypeError):
            return None

    def store(self, key: str, entry: Entry) -> bool:
        """Keep an entry; False (and a CacheWarning, once a process) where the directory does not let us."""
        from pathlib import Path

        from wasm2py.files import write_whole

        source = entry.text.encode()
        try:
            os.makedirs(self.directory, mode=0o700, exist_ok=True)
            # The text first: who finds the code finds the text that belongs to it.
            write_whole(Path(self.source_path(key)), source)
            payload = dump_program(entry.program)
            write_whole(Path(self.code_path(key)), _header(source, payload) + payload)
        except OSError as error:
            _warn_once(f"the cache in {self.directory} is not used: {error.strerror or error}")
            return False
        return True


def _content(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.readall()


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
            digest.update(name.encode() + b"\0" + _content(os.path.join(directory, name)) + b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _warn_once(message: str) -> None:
    warnings.warn(message, CacheWarning, stacklevel=4)
