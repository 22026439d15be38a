"""System calls: functions of ``env`` whose result is 0 or more, or a negative error number.

Those that the host does not have are ENOSYS for the guest, whatever they take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

from ..boundary import RawFunction
from ..errors import MemoryOutOfBounds
from ..intrinsics import Intrinsic
from ..types import FuncType
from ..wasi.errno import WasiError, errno_of
from .adapting import compiled
from .errno import EFAULT, EINVAL, ENOSYS, number_of
from .registry import EnvFunction, register

if TYPE_CHECKING:
    from .host import Emscripten


def guarded(run: Callable[..., Optional[int]]) -> Callable[..., int]:
    """``run``, but that it gives a negative error number for WasiError, or OSError as the host raises it."""

    def call(host: Emscripten, *arguments: int) -> int:
        try:
            return run(host, *arguments) or 0
        except WasiError as error:
            return -number_of(error.errno)
        except OSError as error:
            return -number_of(errno_of(error))
        except MemoryOutOfBounds:
            return -EFAULT
        except OverflowError:  # a number that the host's own functions do not take
            return -EINVAL

    return call


def syscall(signatures: str, *other_names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorates a system call: a function that gives 0 or more, or None for 0, and fails by an exception."""

    def decorate(run: Callable[..., Any]) -> Callable[..., Any]:
        register(EnvFunction(guarded(run), signatures), run.__name__, *other_names)
        return run

    return decorate


_TEMPLATE = """def make():
    def not_supported({names}):
        return {result}
    return not_supported
"""


class NotSupported(Intrinsic):
    """May be given for any system call, and for what maps files into memory: ENOSYS."""

    def __init__(self) -> None:
        super().__init__(NotSupported, _gives_number)

    def raw_for(self, type: FuncType) -> Optional[RawFunction]:
        """A raw function of this type; None if the type is not that of a system call."""
        if not _gives_number(type):
            return None
        names = ", ".join([f"a{place}" for place in range(len(type.params))])
        return compiled(_TEMPLATE.format(names=names, result=2**32 - ENOSYS), type)


def _gives_number(type: FuncType) -> bool:
    return type.results == ("i32",)
