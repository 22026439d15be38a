"""Arguments, environment, clocks, random numbers, and the end: ``args_*``, ``environ_*``, ``clock_*``, ``proc_*``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..clocks import resolution
from ..errno import Errno
from ..nodes import refuse
from ..outcomes import ProcExit
from ..registry import U8, U32, U64, Pointer, wasi_function, wasi_procedure

if TYPE_CHECKING:
    from ..host import Caller

#: The signals that end no process that does not handle them, by number: none, chld, cont, urg, winch.
_HARMLESS_SIGNALS = (0, 16, 17, 22, 27)
_LAST_SIGNAL = 30
#: Random bytes are fetched in portions, so that a large request takes no memory of the host.
_PORTION = 1 << 16


def _arguments(caller: Caller) -> list[bytes]:
    return [argument.encode("utf-8", "surrogateescape") + b"\0" for argument in caller.wasi.config.args]


def _variables(caller: Caller) -> list[bytes]:
    variables = caller.wasi.config.env.items()
    return [f"{name}={value}\0".encode("utf-8", "surrogateescape") for name, value in variables]


def _write_strings(caller: Caller, strings: Sequence[bytes], pointers: int, buffer: int) -> None:
    """Write strings one after the other, and the address of each into an array."""
    for string in strings:
        caller.guest.pack_u32(pointers, buffer)
        caller.guest.write(buffer, string)
        pointers += 4
        buffer += len(string)


def _write_sizes(caller: Caller, strings: Sequence[bytes], count: int, size: int) -> None:
    caller.guest.pack_u32(count, len(strings))
    caller.guest.pack_u32(size, sum(map(len, strings)))


@wasi_function
def args_get(caller: Caller, argv: Pointer, argv_buf: Pointer) -> None:
    _write_strings(caller, _arguments(caller), argv, argv_buf)


@wasi_function
def args_sizes_get(caller: Caller, count: Pointer, size: Pointer) -> None:
    _write_sizes(caller, _arguments(caller), count, size)


@wasi_function
def environ_get(caller: Caller, environ: Pointer, environ_buf: Pointer) -> None:
    _write_strings(caller, _variables(caller), environ, environ_buf)


@wasi_function
def environ_sizes_get(caller: Caller, count: Pointer, size: Pointer) -> None:
    _write_sizes(caller, _variables(caller), count, size)


@wasi_function
def clock_res_get(caller: Caller, clock: U32, result: Pointer) -> None:
    caller.guest.pack_u64(result, resolution(clock))


@wasi_function
def clock_time_get(caller: Caller, clock: U32, precision: U64, result: Pointer) -> None:
    caller.guest.pack_u64(result, caller.wasi.config.clock(clock))


@wasi_function
def random_get(caller: Caller, buffer: Pointer, length: U32) -> None:
    target = caller.guest.view(buffer, length)
    for start in range(0, length, _PORTION):
        portion = target[start : start + _PORTION]
        portion[:] = caller.wasi.config.random(len(portion))


@wasi_function
def sched_yield(caller: Caller) -> None:
    time.sleep(0)


@wasi_procedure
def proc_exit(caller: Caller, code: U32) -> None:
    raise ProcExit(code)


@wasi_function
def proc_raise(caller: Caller, signal: U8) -> None:
    """A signal that nobody handles: it ends the guest, with the exit code that a shell gives for it."""
    if signal > _LAST_SIGNAL:
        refuse(Errno.EINVAL)
    if signal not in _HARMLESS_SIGNALS:
        raise ProcExit(128 + signal)
