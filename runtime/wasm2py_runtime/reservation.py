"""Address space for linear memories: anonymous mappings as large as a memory may become.

Pages cost nothing until they are touched, so a memory reserves its maximum at once and grows in place. Where that much
address space is not to be had (RLIMIT_AS, strict overcommit, Windows), the reservation is smaller, and growing past it
fails as the spec allows (§4.4 ``memory.grow``).
"""

from __future__ import annotations

import gc
import mmap
import os
import sys

#: Mappings come in multiples of this many bytes.
GRANULE = 65536
#: After so many bytes of new memories, garbage is collected: instances are cyclic, and their memory weighs more than
#: the interpreter, which counts objects, can know. Those that did not live long go soon, at little cost.
_YOUNG_PRESSURE, _PRESSURE = 1 << 27, 1 << 30

_young_bytes = _bytes = 0


def _no_reserve() -> int:
    """The flag MAP_NORESERVE: without it, Linux may refuse to promise 4 GiB that nobody is going to touch."""
    known = getattr(mmap, "MAP_NORESERVE", None)  # named by the module from Python 3.12 on
    if known is not None:
        return int(known)
    if not sys.platform.startswith("linux"):
        return 0
    common = ("x86_64", "i386", "i686", "aarch64", "armv7l", "armv6l", "riscv64", "s390x", "loongarch64")
    return 0x4000 if os.uname().machine in common else 0


def _map(length: int, shared: bool) -> mmap.mmap:
    """One anonymous mapping, all zero. OSError, ValueError or OverflowError if there is no room."""
    if sys.platform == "win32":
        return mmap.mmap(-1, length)
    flags = mmap.MAP_SHARED if shared else mmap.MAP_PRIVATE
    return mmap.mmap(-1, length, flags=flags | mmap.MAP_ANONYMOUS | _no_reserve())


def _try_map(length: int, shared: bool) -> mmap.mmap | None:
    try:
        return _map(length, shared)
    except (OSError, ValueError, OverflowError, MemoryError):
        return None


def _first_wish(minimum: int, wanted: int) -> int:
    """Windows commits what it maps, so that a process would run out of page file: there a memory gets 1 GiB at most."""
    return max(minimum, min(wanted, 1 << 30)) if sys.platform == "win32" else wanted


def _whole_granules(length: int) -> int:
    return max(1, -(-length // GRANULE)) * GRANULE


def reserve(minimum: int, wanted: int, shared: bool) -> mmap.mmap:
    """A zeroed mapping of ``wanted`` bytes, or of fewer if need be, but of ``minimum`` at least: else MemoryError."""
    relieve(minimum)
    minimum = _whole_granules(minimum)
    length = _whole_granules(_first_wish(minimum, wanted))
    region = _try_map(length, shared)
    if region is None:
        gc.collect()
        region = _try_map(length, shared) or _reserve_less(minimum, length, shared)
    return region


def _reserve_less(minimum: int, length: int, shared: bool) -> mmap.mmap:
    """Halves until a mapping is granted, then takes half of that: the process needs room beside this memory."""
    while length > minimum:
        length = max(minimum, _whole_granules(length // 2))
        region = _try_map(length, shared)
        if region is not None:
            region.close()
            return _map(max(minimum, _whole_granules(length // 2)), shared)
    region = _try_map(minimum, shared)
    if region is None:
        raise MemoryError(f"no address space for a WebAssembly memory of {minimum} bytes")
    return region


def relieve(size: int) -> None:
    """Counts the bytes that memories begin with and grow by, and collects garbage when they have become many."""
    global _young_bytes, _bytes
    _young_bytes += size
    _bytes += size
    if _bytes > _PRESSURE:
        _young_bytes = _bytes = 0
        gc.collect()
    elif _young_bytes > _YOUNG_PRESSURE:
        _young_bytes = 0
        gc.collect(1)
