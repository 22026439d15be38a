"""How a guest ends otherwise than by returning: these exceptions pass through its frames to whoever called it."""

from __future__ import annotations


class ProcExit(Exception):
    """The guest has ended itself by ``proc_exit``. ``code`` is its exit code, 0 to 4294967295."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = code

    def __reduce__(self) -> tuple[type[ProcExit], tuple[int]]:
        return type(self), (self.code,)


class WriteLimitExceeded(Exception):
    """The guest has written as much as it may, and wanted to write more (``max_written_bytes``)."""


class ThreadDied(Exception):
    """The process of a thread has ended without a word: it was killed, or it crashed."""


class ThreadError(Exception):
    """An exception of a thread that cannot be passed to another process; this is its text."""
