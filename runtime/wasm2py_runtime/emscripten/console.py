"""Text for the console: standard output, and standard error for warnings and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .direct import write_all
from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten

_STDOUT, _STDERR = 1, 2
#: Flags of ``emscripten_log`` that mean a warning or an error (``EM_LOG_WARN``, ``EM_LOG_ERROR``).
_SERIOUS = 2 | 4


def _write_line(host: Emscripten, descriptor: int, text: bytes) -> None:
    write_all(host.wasi, descriptor, text + b"\n")


@env("vp", "emscripten_out")
def emscripten_console_log(host: Emscripten, text: int) -> None:
    _write_line(host, _STDOUT, host.guest.read_bytes(text))


@env("vp", "emscripten_console_warn", "emscripten_console_trace", "emscripten_err", "emscripten_dbg")
def emscripten_console_error(host: Emscripten, text: int) -> None:
    _write_line(host, _STDERR, host.guest.read_bytes(text))


@env("vpp")
def emscripten_outn(host: Emscripten, text: int, length: int) -> None:
    _write_line(host, _STDOUT, bytes(host.guest.view(text, length)))


@env("vpp", "emscripten_dbgn")
def emscripten_errn(host: Emscripten, text: int, length: int) -> None:
    _write_line(host, _STDERR, bytes(host.guest.view(text, length)))


@env("vip")
def _emscripten_log_formatted(host: Emscripten, flags: int, text: int) -> None:
    _write_line(host, _STDERR if flags & _SERIOUS else _STDOUT, host.guest.read_bytes(text))
