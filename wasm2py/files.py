"""Writing files so that a reader sees the old contents or the new ones, never a part."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` whole or not at all; permissions are those of any new file (the umask decides).

    A link is followed, so that what it names is replaced and the link stays. A device or pipe cannot be replaced
    and is simply written to. Raises OSError; then no file of ours is left behind.
    """
    target = Path(os.path.realpath(path))
    if _is_special(target):
        target.write_bytes(data)
        return
    temporary = temporary_name(target)
    try:
        write_new(temporary, data)
        os.replace(temporary, target)
    except BaseException:  # KeyboardInterrupt too
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def temporary_name(target: Path) -> Path:
    """A name that is free, in the same directory: a rename is atomic only inside one file system."""
    return target.with_name(f".wasm2py-{os.urandom(8).hex()}.tmp")


def _is_special(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def write_new(path: Path, data: bytes) -> None:
    """Write a file that does not exist yet, and see that it is on the disk. Raises OSError."""
    descriptor = os.open(path, _CREATE, 0o666)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
