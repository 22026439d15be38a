"""What goes wrong at run time: traps, exhaustion, failed linking, misuse by the host, and bugs of ours.

The messages of the traps are those of the reference interpreter (spec, appendix "Implementation" and the test suite).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Optional


class Trap(Exception):
    """A WebAssembly computation was aborted (spec §4.4 "Traps"). The subclass says why, ``str()`` in its words."""

    message: ClassVar[str] = "trap"

    def __init__(self, message: Optional[str] = None) -> None:
        super().__init__(self.message if message is None else message)


class UnreachableTrap(Trap):
    """The instruction ``unreachable`` was executed (spec §4.4)."""

    message = "unreachable"


class MemoryOutOfBounds(Trap):
    """A memory instruction or an active data segment left its memory (spec §4.4)."""

    message = "out of bounds memory access"


class TableOutOfBounds(Trap):
    """A table instruction or an active element segment left its table (spec §4.4)."""

    message = "out of bounds table access"


class UndefinedElement(Trap):
    """``call_indirect`` with an index past the end of the table (spec §4.4)."""

    message = "undefined element"


class UninitializedElement(Trap):
    """``call_indirect`` of a null reference (spec §4.4)."""

    message = "uninitialized element"


class IndirectCallTypeMismatch(Trap):
    """``call_indirect`` of a function of another type (spec §4.4)."""

    message = "indirect call type mismatch"


class IntegerDivideByZero(Trap):
    """Integer division or remainder by zero (spec §4.3)."""

    message = "integer divide by zero"


class IntegerOverflow(Trap):
    """A quotient or a truncated float does not fit its integer type (spec §4.3, §4.3)."""

    message = "integer overflow"


class InvalidConversion(Trap):
    """A NaN was truncated to an integer (spec §4.3)."""

    message = "invalid conversion to integer"


class UnalignedAtomic(Trap):
    """The address of an atomic access is no multiple of its width (threads proposal)."""

    message = "unaligned atomic"


class ExpectedSharedMemory(Trap):
    """``memory.atomic.wait`` on a memory that is not shared (threads proposal)."""

    message = "expected shared memory"


class NullReference(Trap):
    """A null reference was used where a reference is needed (spec §4.4)."""

    message = "null reference"


class CastFailure(Trap):
    """``ref.cast`` of a reference that is not of the type (spec §4.4)."""

    message = "cast failure"


class ArrayOutOfBounds(Trap):
    """An array instruction left its array (spec §4.4)."""

    message = "out of bounds array access"


class AllocationTooLarge(Trap):
    """An array of more elements than the implementation allows was asked for (spec appendix "Implementation")."""

    message = "allocation size too large"


class StringOutOfBounds(Trap):
    """A JS string builtin was given an index past the end of the string (JS string builtins)."""

    message = "out of bounds string access"


class InvalidCodePoint(Trap):
    """``fromCodePoint`` of a number beyond U+10FFFF (JS string builtins)."""

    message = "invalid code point"


class UnknownImport(Trap):
    """A function was called that the module imports and nobody defined (see ``Linker.allow_missing``)."""

    def __init__(self, module: str, name: str, type: str) -> None:
        Exception.__init__(self, module, name, type)
        self.module, self.name, self.type = module, name, type

    def __str__(self) -> str:
        return f"unknown import was called: {self.module}.{self.name}, {self.type}"


class ExhaustionError(Trap, RecursionError):
    """Calls nest too deep (spec appendix "Implementation Limitations"): a trap, and a Python RecursionError as well."""

    message = "call stack exhausted"


class LinkError(Exception):
    """Imports are missing or of another type than the module asks for (spec §4.5).

    ``problems`` holds one line for each of them, all at once, with the type expected and the thing given.
    """

    def __init__(self, subject: str, problems: Sequence[str]) -> None:
        # The arguments go to `args`, so that the exception survives pickling between processes.
        super().__init__(subject, tuple(problems))
        self.subject, self.problems = subject, tuple(problems)

    def __str__(self) -> str:
        noun = "import does" if len(self.problems) == 1 else "imports do"
        return f"{self.subject}: {len(self.problems)} {noun} not link\n  " + "\n  ".join(self.problems)


class LimitError(LinkError):
    """A module defines a memory that is larger than its host allows, or than is possible."""

    def __str__(self) -> str:
        return f"{self.subject}: {'; '.join(self.problems)}"


class OutOfBoundsError(IndexError):
    """The host addressed something outside a memory or a table. (WebAssembly code traps instead.)"""


class Stopped(Exception):
    """Waiting at an address of a shared memory is pointless: whoever uses it was stopped (``Memory.stop``), or died."""


class InternalError(Exception):
    """A bug in wasm2py: generated code or the runtime did what it never should. Please report it."""
