"""Where the runner gets the modules of a script from: the compiler, or what the compiler said some time ago."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Literal, Protocol

Json = dict[str, Any]

#: why a module was refused
Reason = Literal["malformed", "invalid"]


class Refused(Exception):
    """The compiler did not take a module. ``str()`` is its message."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Modules(Protocol):
    """The binary modules of one script, each named by a command. The first method may raise Refused."""

    def check(self, command: Json) -> None:
        """Decode and validate."""

    def load(self, command: Json) -> ModuleType:
        """The generated Python module."""
