"""Mutexes and semaphores in memory that processes share, called through ctypes (POSIX threads; Linux).

The mutexes are robust: one whose owner has died goes to the next who asks. What our mutexes guard is whole after every
single store, so nothing has to be repaired but what the new owner repairs because ``acquire`` told it.

To try and to release take no time: there CPython keeps its lock (``PyDLL``). All that may sleep gives it up.
"""

from __future__ import annotations

import ctypes
import errno
import sys
import time
from typing import Any

#: The bytes of a mutex and of a semaphore. No platform's are larger, and each has a cache line to itself.
SIZE = 64
_PROCESS_SHARED, _ROBUST, _RECURSIVE = 1, 1, 1
#: A semaphore's clock can be set; looking at another one so often bounds how wrong a timeout gets by that.
_LONGEST_SLEEP = 1.0


class Unsupported(OSError):
    """The platform has nothing by which processes could share a WebAssembly memory."""


class _Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


if not sys.platform.startswith("linux"):
    raise Unsupported(f"memories of several processes need Linux, this is {sys.platform}")

_sleeping: Any = ctypes.CDLL(None, use_errno=True)
_quick: Any = getattr(ctypes, "PyDLL", ctypes.CDLL)(None)


def _function(library: Any, name: str, *types: Any) -> Any:
    try:
        function = getattr(library, name)
    except AttributeError:
        raise Unsupported(f"memories of several processes need {name}, which the C library does not have") from None
    function.argtypes, function.restype = types, ctypes.c_int
    return function


_pointer = ctypes.c_void_p
try_acquire = _function(_quick, "pthread_mutex_trylock", _pointer)
release = _function(_quick, "pthread_mutex_unlock", _pointer)
post = _function(_quick, "sem_post", _pointer)
_consistent = _function(_quick, "pthread_mutex_consistent", _pointer)
_try_sleep = _function(_quick, "sem_trywait", _pointer)
_acquire = _function(_sleeping, "pthread_mutex_lock", _pointer)
_sleep = _function(_sleeping, "sem_timedwait", _pointer, _pointer)


def create_mutexes(address: int, count: int, recursive: bool) -> None:
    """Make mutexes, ``SIZE`` bytes apart. A recursive one bears signal handlers, which run while it is held."""
    attributes = ctypes.create_string_buffer(SIZE)
    _call("pthread_mutexattr_init", attributes)
    _call("pthread_mutexattr_setpshared", attributes, _PROCESS_SHARED)
    _call("pthread_mutexattr_setrobust", attributes, _ROBUST)
    _call("pthread_mutexattr_settype", attributes, _RECURSIVE if recursive else 0)
    for index in range(count):
        _call("pthread_mutex_init", _pointer(address + index * SIZE), attributes)


def create_semaphores(address: int, count: int) -> None:
    """Make semaphores, ``SIZE`` bytes apart, that let nobody pass."""
    for index in range(count):
        _call("sem_init", _pointer(address + index * SIZE), 1, 0)


def _call(name: str, *arguments: Any) -> None:
    result = getattr(_sleeping, name)(*arguments)
    if result:
        raise Unsupported(f"memories of several processes: {name} failed with {result}")


def acquire(mutex: int) -> bool:
    """Take a mutex, waiting for it if need be. Whether its owner had died."""
    return settle(mutex, try_acquire(mutex))


def settle(mutex: int, result: int) -> bool:
    """What is left to do for the mutex after a try with this result. Whether its owner had died."""
    if result == errno.EBUSY:
        result = _acquire(mutex)
    if result == errno.EOWNERDEAD:
        _consistent(mutex)
    elif result:
        raise OSError(result, "a mutex of a WebAssembly memory cannot be taken")
    return result == errno.EOWNERDEAD


def belongs_to_the_living(mutex: int) -> bool:
    """Whether a running thread of any process has the mutex."""
    result = try_acquire(mutex)
    if result == errno.EBUSY:
        return True
    settle(mutex, result)
    release(mutex)
    return False


def drain(semaphore: int) -> None:
    """Forget all posts."""
    while _try_sleep(semaphore) == 0:
        pass


def sleep(semaphore: int, seconds: float) -> None:
    """Wait for a post, for at most so long; or shorter, since signals wake."""
    until = time.time() + min(seconds, _LONGEST_SLEEP)
    _sleep(semaphore, ctypes.byref(_Time(int(until), int(until % 1 * 1e9))))
