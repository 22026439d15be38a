"""What the environment has under a name: a function, one of a family of functions, a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from ..exceptions import Tag
from ..imports import MISSING
from ..wasi.functions import FUNCTIONS as WASI_FUNCTIONS
from ..wasi.host import PREVIEWS, Caller
from ..wasi.registry import WasiFunction
from . import (  # noqa: F401  (they fill FUNCTIONS)
    calendar,
    clocks,
    console,
    control,
    embedded,
    embind,
    files,
    formatting,
    heap,
    jumps,
    mathematics,
    parsing,
    process,
)
from .adapting import Adapted
from .catching import MatchingCatch
from .files import seek
from .invoking import Invoke
from .registry import FUNCTIONS, EnvFunction
from .syscalls import NotSupported

if TYPE_CHECKING:
    from .host import Emscripten

__all__ = ["PREVIEWS", "provider"]

#: Tags of exceptions of WebAssembly itself, which modules import where they are linked dynamically.
_TAGS = ("__cpp_exception", "__c_longjmp")
_LETTERS = {"i32": "i", "i64": "j"}


def provider(host: Emscripten, module: str) -> Callable[[str], Any]:
    """What a linker asks for an import of ``module``, by its name."""
    if module == "env":
        tags = {name: Tag(["i32"]) for name in _TAGS}
        return lambda name: tags[name] if name in tags else _of_env(host, name)
    layout, absent = PREVIEWS[module]
    caller = Caller(host.wasi, layout)

    def of_wasi(name: str) -> Any:
        function = WASI_FUNCTIONS.get(name)
        return MISSING if function is None or name in absent else _of_wasi(host, function, caller)

    return of_wasi


def _of_env(host: Emscripten, name: str) -> Any:
    if name.startswith("invoke_"):
        return Invoke(host, name)
    if name.startswith("__cxa_find_matching_catch"):
        return MatchingCatch(host)
    if name not in FUNCTIONS and name.startswith(("__syscall_", "_mmap_js", "_munmap_js", "_msync_js")):
        return NotSupported()
    return Adapted(FUNCTIONS[name], host) if name in FUNCTIONS else MISSING


def _of_wasi(host: Emscripten, function: WasiFunction, caller: Caller) -> Adapted:
    """The same function as for other guests, but for an i64 that may be split."""
    if function.name == "fd_seek":
        return Adapted([EnvFunction(seek, "iijip")], host)
    results = "i" if function.type.results else "v"
    params = "".join([_LETTERS[str(kind)] for kind in function.type.params])
    return Adapted([EnvFunction(function.bound(caller), results + params)], host, takes_host=False)
