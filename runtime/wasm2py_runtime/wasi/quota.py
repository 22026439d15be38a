"""How many bytes a guest may write."""

from __future__ import annotations

from typing import Optional

from .. import forking
from .errno import Errno
from .nodes import refuse
from .outcomes import WriteLimitExceeded


class Quota:
    """What may still be written, by all threads of a guest together. ``limit=None``: as much as it likes.

    ``at_limit`` is ``"stop"``, or the name of the error that the guest gets.
    """

    def __init__(self, limit: Optional[int], at_limit: str) -> None:
        self.unlimited = limit is None
        self._left, self._limit = limit, limit
        self._lock = forking.lock()
        self._error = None if at_limit == "stop" else Errno[at_limit]

    def reserve(self, wanted: int) -> int:
        """How many of these bytes may be written. Nothing left: the guest is stopped, or gets its error."""
        if self._left is None:
            return wanted
        with self._lock:
            granted = min(wanted, self._left)
            self._left -= granted
        if wanted and not granted:
            self._exceeded()
        return granted

    def reserve_all(self, wanted: int) -> None:
        """Reserve bytes of which a part would be no use."""
        granted = self.reserve(wanted)
        if granted < wanted:
            self.give_back(granted)
            self._exceeded()

    def give_back(self, count: int) -> None:
        """What was reserved and not written."""
        if self._left is not None and count:
            with self._lock:
                self._left += count

    def _exceeded(self) -> None:
        if self._error is not None:
            refuse(self._error)
        raise WriteLimitExceeded(f"the program has written {self._limit} bytes and may write no more")
