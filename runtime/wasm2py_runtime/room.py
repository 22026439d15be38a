"""Room on Python's stack for functions that call others for long.

CPython keeps the frames of calls in chunks of 16 KiB. A chunk goes back to the system when its first frame ends, and
the next call there asks for another. Where a loop calls a function just there, each call costs 5 to 10 µs instead of
0.05. By chance that happens to any program; large functions that nest deep meet the end of a chunk at many places.

A frame larger than a chunk gets a chunk of its own, whose size is a power of two, and what it leaves free serves the
calls below. The large frame is that of a function whose code claims an operand stack that it does not use: memory that
nobody touches is not there. It costs one such call as long as the function runs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, Optional

#: Whether frames are in chunks, and memory that is not touched costs nothing.
AVAILABLE = (
    sys.implementation.name == "cpython" and sys.version_info >= (3, 11) and sys.platform not in ("emscripten", "wasi")
)
#: What the frame's code gives as its file name. It is not that of an export's wrapper, which tells where WebAssembly is
#: entered (see traps.py).
FILENAME = "<wasm2py room on the stack>"
#: Values on the operand stack that the large frame claims: a little more than half of a chunk of 1 MiB.
_CLAIMED = 66_000
#: Seconds that calls last, on average, for which room is worth its price: it costs 5 to 10 µs.
_WORTH = 0.0002
#: How much of the average a new call makes up: rooms must not be lost when one call among many is short.
_WEIGHT = 0.125
#: Of a function whose calls are short so many go unmeasured, as measuring costs as much as an export's wrapper.
_UNMEASURED = 31


class Pace:
    """Whether calls of a function are likely to last: whether those that were measured did, on average.

    All instances of a module share what is known of its function. Before anything is, calls are taken to last.
    """

    __slots__ = ("_average", "lasts")

    def __init__(self) -> None:
        self.lasts = True
        self._average: Optional[float] = None

    def note(self, seconds: float) -> int:
        """A call lasted so long. Gives the number of calls that need not be measured now."""
        average = self._average
        self._average = average = seconds if average is None else average + (seconds - average) * _WEIGHT
        self.lasts = average > _WORTH
        return 0 if self.lasts else _UNMEASURED


def with_room(function: FunctionType) -> FunctionType:
    """A function that does nothing but call another: its frames bring room from now on, where that is of use."""
    if AVAILABLE:
        function.__code__ = function.__code__.replace(co_stacksize=_CLAIMED, co_filename=FILENAME)
    return function


def _call(function: Callable[[], Any]) -> Any:
    return function()


#: Calls a function without parameters.
call_with_room = with_room(_call)  # type: ignore[arg-type]
