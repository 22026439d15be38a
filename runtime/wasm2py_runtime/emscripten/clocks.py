"""Clocks, in the units that JavaScript has for them: milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wasi.flags import ClockId
from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten

_NANOSECONDS = 1_000_000
#: A sleep of more milliseconds than this is as good as endless.
_LONGEST_SLEEP = 2.0**31


def seconds_now(host: Emscripten) -> float:
    """Seconds since 1970."""
    return host.wasi.now() / 1e9


@env("d")
def emscripten_date_now(host: Emscripten) -> float:
    return host.wasi.now() / _NANOSECONDS


@env("d", "emscripten_performance_now")
def emscripten_get_now(host: Emscripten) -> float:
    return host.wasi.config.clock(ClockId.MONOTONIC) / _NANOSECONDS


@env("d")
def emscripten_get_now_res(host: Emscripten) -> float:
    """The resolution, in nanoseconds."""
    return 1.0


@env("i", "_emscripten_get_now_is_monotonic")
def emscripten_get_now_is_monotonic(host: Emscripten) -> int:
    return 1


@env("vd")
def emscripten_thread_sleep(host: Emscripten, milliseconds: float) -> None:
    host.wasi.config.sleep(max(0.0, min(milliseconds, _LONGEST_SLEEP)) / 1000)
