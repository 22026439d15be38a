"""Which host a program gets: WASI alone, or Emscripten's environment, for what comes from ``emcc``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Union

from .imports import Import
from .linker import Linker
from .types import FuncType

if TYPE_CHECKING:
    from .emscripten import Emscripten
    from .wasi import Wasi


def given_by_emscripten(missing: Sequence[Import]) -> bool:
    """Whether Emscripten's environment has everything that is missing, functions among it."""
    if not missing or any(entry.module != "env" for entry in missing):
        return False
    if not any(isinstance(entry.type, FuncType) for entry in missing):
        return False
    from .emscripten import Emscripten

    with Emscripten() as host:
        return all(host.provides(entry) for entry in missing)


def host_for(module: Any, linker: Linker, wasi: Wasi) -> Union[Wasi, Emscripten]:
    """What instantiates and runs a module: Emscripten's environment, if it has what else is missing, or WASI alone."""
    missing = [entry for entry in linker.missing(module) if entry.module == "env"]
    if not given_by_emscripten(missing):
        return wasi
    from .emscripten import Emscripten

    return Emscripten(wasi)
