"""Error numbers: those of WASI, which Emscripten's C library has as its own, but for one."""

from __future__ import annotations

from ..wasi.errno import Errno

ENOSYS = Errno.ENOSYS.value
EFAULT = Errno.EFAULT.value
EINVAL = Errno.EINVAL.value
#: ``ENOTSUP`` is another number there; ``ENOTCAPABLE`` does not exist.
_OTHERS = {Errno.ENOTSUP: 138, Errno.ENOTCAPABLE: Errno.EACCES.value}


def number_of(errno: Errno) -> int:
    """The number of an error as Emscripten's C library has it."""
    return _OTHERS.get(errno, errno.value)
