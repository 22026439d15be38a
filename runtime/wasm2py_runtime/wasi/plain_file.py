"""Files of hosts that lack functions for several buffers (PyPy), or to read and write at an offset (Windows)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from .buffers import filled, joined, portion
from .host_file import HostFile
from .nodes import OpenMode


class PlainHostFile(HostFile):
    """Copies what is read, and what is written in small pieces."""

    def __init__(self, fd: int, mode: OpenMode, read_only: bool) -> None:
        super().__init__(fd, mode, read_only)
        #: Held while the position is not where it should be, which cannot be where there are ``pread`` and ``pwrite``.
        self._turn: AbstractContextManager[Any] = nullcontext() if hasattr(os, "pread") else threading.Lock()

    def read(self, buffers: Sequence[memoryview]) -> int:
        with self._turn:
            return filled(buffers, os.read(self._fd, portion(buffers)))

    def write(self, buffers: Sequence[memoryview]) -> int:
        with self._turn:
            return os.write(self._fd, joined(buffers))

    def read_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        if hasattr(os, "pread"):
            return filled(buffers, os.pread(self._fd, portion(buffers), offset))
        return filled(buffers, self._elsewhere(offset, os.read, portion(buffers)))

    def write_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(self._fd, joined(buffers), offset)
        written: int = self._elsewhere(offset, os.write, joined(buffers))
        return written

    def _elsewhere(self, offset: int, function: Callable[[int, Any], Any], argument: Any) -> Any:
        """Read or write at an offset, and go back to where the file was."""
        with self._turn:
            before = os.lseek(self._fd, 0, os.SEEK_CUR)
            try:
                os.lseek(self._fd, offset, os.SEEK_SET)
                return function(self._fd, argument)
            finally:
                os.lseek(self._fd, before, os.SEEK_SET)

    def seek(self, offset: int, whence: int) -> int:
        with self._turn:
            return super().seek(offset, whence)
