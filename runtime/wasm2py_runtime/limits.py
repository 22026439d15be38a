"""How large the memories may be that modules define: what their hosts say, beside what the modules say themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Optional

from .errors import LimitError
from .memory import MAXIMUM_BYTES, Memory
from .types import PAGE_SIZE, MemoryType

#: limits in pages; those of a memory that its module defines
Limits = tuple[int, Optional[int]]


class MemoryPolicy:
    """What a host says of the memories that a module defines.

    ``pages``: the most pages of 64 KiB that each may have. A module that begins with more is refused; a larger maximum
    becomes this one, so that ``memory.grow`` beyond gives -1.
    ``reserve_maximum``: be sure, at the beginning, of all the address space that a memory may need (otherwise it gets
    what is to be had, and growth may fail early).
    ``memories``: limits ``(minimum, maximum)`` in place of those in the module, by memory index (imported ones count).
    """

    def __init__(
        self,
        pages: Optional[int] = None,
        reserve_maximum: bool = False,
        memories: Optional[Mapping[int, Limits]] = None,
    ) -> None:
        if pages is not None and pages < 0:
            raise ValueError(f"a limit of {pages} pages")
        self.pages = pages
        self.reserve_maximum = reserve_maximum
        self.memories = dict(memories or {})

    def make(self, subject: str, index: int, type: MemoryType, kind: type[Memory] = Memory) -> Memory:
        """The memory ``index`` of the module ``subject``, an object of the class ``kind``.

        LimitError if it must not or cannot be, else MemoryError.
        """
        try:
            memory = kind.of_type(self._capped(self._overridden(type, index)))
        except ValueError as error:
            raise LimitError(subject, [f"memory {index}: {error}"]) from None
        except MemoryError as error:
            raise MemoryError(f"{subject}: memory {index}: {error}") from None
        most = MAXIMUM_BYTES // memory.page_size
        wanted = most if memory.maximum is None else min(memory.maximum, most)
        if self.reserve_maximum and memory.capacity < wanted:
            raise MemoryError(
                f"{subject}: memory {index}: there is address space for {memory.capacity} of {wanted} pages"
            )
        return memory

    def _overridden(self, type: MemoryType, index: int) -> MemoryType:
        if index not in self.memories:
            return type
        minimum, maximum = self.memories[index]
        # What the compiler knows of addresses rests on the maximum in the module.
        if type.maximum is not None and (maximum is None or maximum > type.maximum):
            raise ValueError(f"a maximum of {maximum} pages in place of {type.maximum}: it can only be lowered")
        return MemoryType(minimum, maximum, type.shared, type.index_type, type.page_size)

    def _capped(self, type: MemoryType) -> MemoryType:
        if self.pages is None:
            return type
        limit = self.pages * PAGE_SIZE // type.page_size
        if type.minimum > limit:
            raise ValueError(f"minimum of {type.minimum} pages over limit of {limit} pages")
        maximum = limit if type.maximum is None else min(type.maximum, limit)
        return MemoryType(type.minimum, maximum, type.shared, type.index_type, type.page_size)


_DEFAULT = MemoryPolicy()
_current: ContextVar[MemoryPolicy] = ContextVar("wasm2py memory limits", default=_DEFAULT)


def current() -> MemoryPolicy:
    """The policy for modules that are instantiated here and now."""
    return _current.get()


@contextmanager
def applied(policy: MemoryPolicy) -> Iterator[None]:
    """Modules that are instantiated within follow the policy."""
    token = _current.set(policy)
    try:
        yield
    finally:
        _current.reset(token)


def memory_limits(
    pages: Optional[int] = None,
    reserve_maximum: bool = False,
    memories: Optional[Mapping[int, Limits]] = None,
) -> AbstractContextManager[None]:
    """Modules that are instantiated within have memories of at most ``pages`` pages, and so on: see MemoryPolicy.

    >>> with memory_limits(1024):
    ...     app = app_mod.Module()  # doctest: +SKIP
    """
    return applied(MemoryPolicy(pages, reserve_maximum, memories))
