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


#: A mutex or a semaphore, in the form that ctypes passes on soonest.
Pointer = Any
_converts = sys.implementation.name != "cpython"


def pointer(address: int) -> Pointer:
    """A pointer to the mutex or semaphore at an address.

    CPython passes one that is made before in half the time that it takes to convert an int; PyPy is the other way.
    """
    return address if _converts else ctypes.byref(ctypes.c_char.from_address(address))


def _function(library: Any, name: str, *types: Any) -> Any:
    try:
        function = getattr(library, name)
    except AttributeError:
        raise Unsupported(f"memories of several processes need {name}, which the C library does not have") from None
    if _converts:
        function.argtypes = types or [ctypes.c_void_p]
    return function


try_acquire = _function(_quick, "pthread_mutex_trylock")
release = _function(_quick, "pthread_mutex_unlock")
post = _function(_quick, "sem_post")
_consistent = _function(_quick, "pthread_mutex_consistent")
_try_sleep = _function(_quick, "sem_trywait")
_acquire = _function(_sleeping, "pthread_mutex_lock")
_sleep = _function(_sleeping, "sem_timedwait", ctypes.c_void_p, ctypes.c_void_p)


def create_mutexes(mutexes: list[Pointer], recursive: bool) -> None:
    """Make mutexes. A recursive one bears signal handlers, which run while it is held."""
    attributes = ctypes.create_string_buffer(SIZE)
    _call("pthread_mutexattr_init", attributes)
    _call("pthread_mutexattr_setpshared", attributes, _PROCESS_SHARED)
    _call("pthread_mutexattr_setrobust", attributes, _ROBUST)
    _call("pthread_mutexattr_settype", attributes, _RECURSIVE if recursive else 0)
    for mutex in mutexes:
        _call("pthread_mutex_init", _void(mutex), attributes)


def create_semaphore(semaphore: Pointer) -> None:
    """Make a semaphore that lets nobody pass."""
    _call("sem_init", _void(semaphore), 1, 0)


def _void(pointer: Pointer) -> Any:
    return ctypes.c_void_p(pointer) if _converts else pointer


def _call(name: str, *arguments: Any) -> None:
    result = getattr(_sleeping, name)(*arguments)
    if result:
        raise Unsupported(f"memories of several processes: {name} failed with {result}")


def acquire(mutex: Pointer) -> bool:
    """Take a mutex, waiting for it if need be. Whether its owner had died."""
    return settle(mutex, try_acquire(mutex))


def settle(mutex: Pointer, result: int) -> bool:
    """What is left to do for the mutex after a try with this result. Whether its owner had died."""
    if result == errno.EBUSY:
        result = _acquire(mutex)
    if result == errno.EOWNERDEAD:
        _consistent(mutex)
    elif result:
        raise OSError(result, "a mutex of a WebAssembly memory cannot be taken")
    return result == errno.EOWNERDEAD


def belongs_to_the_living(mutex: Pointer) -> bool:
    """Whether a running thread of any process has the mutex."""
    result = try_acquire(mutex)
    if result == errno.EBUSY:
        return True
    settle(mutex, result)
    release(mutex)
    return False


def drain(semaphore: Pointer) -> None:
    """Forget all posts."""
    while _try_sleep(semaphore) == 0:
        pass


def sleep(semaphore: Pointer, seconds: float) -> None:
    """Wait for a post, for at most so long; or shorter, since signals wake."""
    until = time.time() + min(seconds, _LONGEST_SLEEP)
    _sleep(semaphore, ctypes.byref(_Time(int(until), int(until % 1 * 1e9))))
