"""What passes through the frames of a guest: its own exceptions, and the end of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Trap

if TYPE_CHECKING:
    from .host import Emscripten


class Aborted(Trap):
    """The guest called ``abort``, or an assertion of it failed: ``str()`` says what is known."""

    message = "aborted"


class Unwinding(Exception):
    """What ``invoke_*`` catches: a C++ exception, or a ``longjmp`` on its way."""


class LongJump(Unwinding):
    """``longjmp``, on its way to a function that called ``setjmp``. A host sees it if that has returned already."""

    def __init__(self) -> None:
        super().__init__("longjmp to a function that has returned")


class CppException(Unwinding):
    """A C++ exception that the guest did not catch. ``pointer`` is the address of the object that was thrown."""

    def __init__(self, host: Emscripten, pointer: int) -> None:
        super().__init__(pointer)
        self.pointer = pointer
        self._host = host

    @property
    def type_name(self) -> str:
        """The mangled name of its type, such as ``St13runtime_error``; empty if it is not known."""
        return self._host.exceptions.type_name(self.pointer)

    @property
    def message(self) -> str:
        """What ``what()`` says, where the module exports ``__get_exception_message``; else empty."""
        return self._host.exceptions.message(self.pointer)

    def __str__(self) -> str:
        text = f"C++ exception of type {self.type_name or 'unknown'}"
        return f"{text}: {self.message}" if self.message else text
