"""Locks of objects that a forked process goes on to use.

A process may be forked by one thread while another holds a lock. In the new process that other thread does not exist:
there the lock has to be free, or nobody ever gets it.
"""

from __future__ import annotations

import os
import threading
from _weakrefset import WeakSet
from typing import Any

_locks: WeakSet[Any] = WeakSet()


def lock() -> Any:
    """A ``threading.Lock`` that is free in a forked process."""
    return _freed(threading.Lock())


def reentrant_lock() -> Any:
    """A ``threading.RLock`` that is free in a forked process."""
    return _freed(threading.RLock())


def _freed(made: Any) -> Any:
    _locks.add(made)
    return made


def _free_all() -> None:
    for each in list(_locks):
        each._at_fork_reinit()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_all)
