"""The functions of WASI, by name, each with its signature.

A function says in its annotations what it takes, in the words of the specification; its type in WebAssembly follows
from them, and so does how its arguments are brought into range. It returns nothing and fails by an exception:
WasiError, or OSError as the host raised it. What the guest gets for that is decided here, once for all of them.
"""

from __future__ import annotations

from typing import Any, Callable

from ..types import FuncType
from .errno import Errno, WasiError, errno_of

U8 = int
U16 = int
U32 = int
U64 = int
S64 = int
#: An address in the memory of the guest.
Pointer = int

#: For each kind of parameter its type in WebAssembly and the bits that are kept: the host is given signed integers.
_KINDS = {
    "U8": ("i32", 0xFFFF_FFFF),  # too large a value is one that the function does not know
    "U16": ("i32", 0xFFFF_FFFF),
    "U32": ("i32", 0xFFFF_FFFF),
    "Pointer": ("i32", 0xFFFF_FFFF),
    "U64": ("i64", 0xFFFF_FFFF_FFFF_FFFF),
    "S64": ("i64", -1),
}


class WasiFunction:
    """A function of WASI: ``run(caller, *arguments)``, with the name and the type under which guests import it."""

    def __init__(self, run: Callable[..., None], returns: bool) -> None:
        self.name = run.__name__
        self.run = run
        kinds = [_KINDS[kind] for name, kind in run.__annotations__.items() if name not in ("caller", "return")]
        self.type = FuncType([kind for kind, _ in kinds], ["i32"] if returns else [])
        self.masks = tuple([mask for _, mask in kinds])

    def bound(self, caller: Any) -> Callable[..., Any]:
        """A host function that a guest can import: it takes signed integers and gives the error number."""
        run, masks = self.run, self.masks

        def call(*arguments: int) -> int:
            try:
                run(caller, *[value & mask for value, mask in zip(arguments, masks)])
            except WasiError as error:
                return error.errno.value
            except OSError as error:
                return errno_of(error).value
            except MemoryError:
                return Errno.ENOMEM.value
            except OverflowError:  # a number that the host's own functions do not take
                return Errno.EINVAL.value
            return 0

        def call_without_result(*arguments: int) -> None:
            run(caller, *[value & mask for value, mask in zip(arguments, masks)])

        chosen = call if self.type.results else call_without_result
        chosen.__name__ = chosen.__qualname__ = self.name
        return chosen


#: All functions of ``wasi_snapshot_preview1``.
FUNCTIONS: dict[str, WasiFunction] = {}


def wasi_function(run: Callable[..., None]) -> Callable[..., None]:
    """Decorates a function of WASI that returns an ``errno``."""
    FUNCTIONS[run.__name__] = WasiFunction(run, returns=True)
    return run


def wasi_procedure(run: Callable[..., None]) -> Callable[..., None]:
    """Decorates a function of WASI that returns nothing."""
    FUNCTIONS[run.__name__] = WasiFunction(run, returns=False)
    return run
