"""What goes wrong with a module, as exceptions. Traps and link errors belong to the runtime, not here."""

from __future__ import annotations


class Wasm2pyError(Exception):
    """Base of every error that the compiler reports about its input."""


class DecodeError(Wasm2pyError):
    """The bytes are no module of the binary format (the spec says "malformed", §5).

    ``message`` begins with the reference interpreter's words where the specification tests give them;
    ``offset`` is the byte offset in the module.
    """

    def __init__(self, message: str, offset: int) -> None:
        # All arguments go to `args`, so that the exception survives pickling between worker processes.
        super().__init__(message, offset)
        self.message = message
        self.offset = offset

    def __str__(self) -> str:
        return f"{self.message} (at byte {self.offset:#x})"


class ValidationError(Wasm2pyError):
    """The module decodes but breaks a rule of validation (the spec says "invalid", §3).

    ``function`` is the function index, ``name`` its name if it has one, ``instruction`` the text name of the opcode.
    """

    def __init__(
        self,
        message: str,
        offset: int | None = None,
        function: int | None = None,
        name: str | None = None,
        instruction: str | None = None,
    ) -> None:
        super().__init__(message, offset, function, name, instruction)
        self.message = message
        self.offset = offset
        self.function = function
        self.name = name
        self.instruction = instruction

    def __str__(self) -> str:
        return self.message + _place(self.offset, self.function, self.name, self.instruction)


class WorkerError(Wasm2pyError):
    """A process that translated a part of the module ended before its work was done. The module is not to blame."""


def _place(offset: int | None, function: int | None, name: str | None, instruction: str | None) -> str:
    """Where it was, as " (at byte 0x1f, in function 3 "main", at i32.add)"; empty if nothing is known."""
    parts = []
    if offset is not None:
        parts.append(f"at byte {offset:#x}")
    if function is not None:
        parts.append(f"in function {function}" + (f" {name!r}" if name else ""))
    if instruction is not None:
        parts.append(f"at {instruction}")
    return f" ({', '.join(parts)})" if parts else ""
