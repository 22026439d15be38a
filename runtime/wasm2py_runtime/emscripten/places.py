"""Where a path of the guest begins: Emscripten's file system has a root and a working directory, WASI has neither.

An absolute path begins at the directory of the configuration that is named by most of its components. Within that it is
resolved as WASI does, so that it leads nowhere else.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ..wasi.errno import Errno, WasiError
from .registry import signed

if TYPE_CHECKING:
    from .host import Emscripten

_WORKING_DIRECTORY = -100  # AT_FDCWD


def located(host: Emscripten, directory: int, address: int, may_be_empty: bool = False) -> tuple[int, str]:
    """The descriptor of a directory, and the path from there, that a path and the directory it is relative to mean."""
    path = text(host, address)
    directory = signed(directory)
    if not path and not may_be_empty:
        raise WasiError(Errno.ENOENT)
    if not path.startswith("/"):
        if directory != _WORKING_DIRECTORY:
            return directory, path or "."
        path = posixpath.join(host.working_directory, path)
    return located_path(host, path)


def text(host: Emscripten, address: int) -> str:
    """A path in memory. EILSEQ if it is not UTF-8."""
    try:
        return host.guest.read_bytes(address).decode("utf-8")
    except UnicodeDecodeError:
        raise WasiError(Errno.EILSEQ) from None


def located_path(host: Emscripten, path: str) -> tuple[int, str]:
    """The same for an absolute path. ENOENT if no directory of the configuration is above it."""
    components = _components(path)
    best: tuple[int, int] = (-1, 0)
    for name, number in host.roots:
        above = _components(name)
        if components[: len(above)] == above and host.wasi.descriptors[number].preopen == name:
            best = max(best, (len(above), number))
    length, number = best
    if length < 0:
        raise WasiError(Errno.ENOENT)
    rest = "/".join(components[length:]) or "."
    return number, f"{rest}/" if path.endswith("/") and rest != "." else rest


def _components(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def normal(host: Emscripten, path: str) -> str:
    """An absolute path without ``.`` and ``..``."""
    joined = posixpath.normpath(posixpath.join(host.working_directory, path))
    return "/" + joined.lstrip("/")
