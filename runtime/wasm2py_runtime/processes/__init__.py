"""Memories that several processes share, so that WebAssembly threads use all cores: ``ProcessMemory``.

Imported by those who need it only: it loads ctypes and multiprocessing.

- ``segment``: an anonymous file, mapped by all; the memory at its beginning, what the processes share about it after.
- ``bounds``: views of it, whose bounds are in the segment as well, so that a growth moves them everywhere at once.
- ``posix``: mutexes and semaphores in the segment; a mutex of a process that died is free.
- ``queue``: who waits at which address (``memory.atomic.wait``).
- ``memory``: the memory itself, and how it gets to another process.
"""

from __future__ import annotations

from .memory import ProcessMemory

__all__ = ["ProcessMemory"]
