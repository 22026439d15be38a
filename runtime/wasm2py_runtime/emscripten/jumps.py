"""``setjmp`` and ``longjmp`` by way of the host, and the register for what does not fit one result, ``tempRet0``.

A module's own code keeps which ``setjmp`` belongs to which call. It reaches the host only to unwind the stack: older
modules for ``longjmp`` itself, the newest for no more than the throwing of it. The oldest also import the table of
labels that ``setjmp`` looks its calls up in: pairs of an identifier and a label, with a zero at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .outcomes import LongJump
from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten

_PAIR = 8


@env("v", "emscripten_throw_longjmp")
def _emscripten_throw_longjmp(host: Emscripten) -> None:
    raise LongJump


@env("vpi", "emscripten_longjmp_jmpbuf", "longjmp")
def emscripten_longjmp(host: Emscripten, buffer: int, value: int) -> None:
    """``setjmp`` never returns 0 a second time (C standard)."""
    host.export("setThrew", "vpi")(buffer, value or 1)
    raise LongJump


@env("i", "emscripten_tempret_get")
def getTempRet0(host: Emscripten) -> int:
    return host.temp_ret0


@env("vi", "emscripten_tempret_set")
def setTempRet0(host: Emscripten, value: int) -> None:
    host.temp_ret0 = value


@env("ppipi")
def saveSetjmp(host: Emscripten, buffer: int, label: int, table: int, size: int) -> int:
    """Add a pair to the table of a call, which moves if it is full; ``tempRet0`` becomes its size."""
    guest = host.guest
    host.jumps += 1
    guest.write_integer(buffer, 4, host.jumps)
    used = next((place for place in range(size) if not guest.read_integer(table + place * _PAIR, 4)), size)
    if used == size:
        size *= 2
        table = host.export("realloc", "ppp")(table, (size + 1) * _PAIR)
    pair = table + used * _PAIR
    for offset, value in ((0, host.jumps), (4, label), (8, 0)):
        guest.write_integer(pair + offset, 4, value)
    host.set_temp_ret0(size)
    return table


@env("iipi")
def testSetjmp(host: Emscripten, identifier: int, table: int, size: int) -> int:
    """The label of a ``setjmp`` of this call; 0 if it was another's."""
    for place in range(size):
        found = host.guest.read_integer(table + place * _PAIR, 4)
        if found == identifier or not found:
            return host.guest.read_integer(table + place * _PAIR + 4, 4) if found else 0
    return 0
