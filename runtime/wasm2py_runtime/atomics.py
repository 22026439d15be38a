"""Atomic memory instructions (threads proposal): loads, stores, read-modify-writes, wait and notify.

Generated code calls an operation, ``u32_add``, with an address and operands. What keeps other threads out is chosen
once for a memory (``Memory.interlock``):

- Where a thread switch happens only at calls and backward jumps (CPython from 3.10 on, with its lock) and views are
  memoryviews, nothing has to: every update is one statement, which loads, computes and stores without either.
- Elsewhere updates hold a lock: on PyPy, on CPython without its global lock, where views are Python objects, and in
  memories that other processes see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

from .errors import ExpectedSharedMemory, MemoryOutOfBounds, UnalignedAtomic

if TYPE_CHECKING:
    from .memory import Memory
    from .waiters import Waiters

#: What these functions raise are traps, as if they were generated code (see traps.py).
__wasm2py__ = 1

Operation = Callable[..., Any]


class Atomics:
    """The atomic operations of one memory, each made when it is first asked for."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._interlock = memory.interlock()
        self._waiters: Waiters = memory.make_waiters()
        self._operations: dict[tuple[str, str], Operation] = {}

    def operation(self, view: str, name: str) -> Operation:
        """The function of an atomic instruction on integers of a view ``u8``, ``u16``, ``u32`` or ``u64``.

        ``name`` is load, store, add, sub, and, or, xor, xchg, cmpxchg, wait or notify. The function takes an address
        and the operands of the instruction, unsigned; what it gives is unsigned too.
        """
        key = view, name
        if key not in self._operations:
            self._operations[key] = self._make(self._memory.typed_view(view), int(view[1:]), name)
        return self._operations[key]

    def stop(self, reason: str) -> None:
        """Let all who wait, and all who ever will, raise Stopped."""
        self._waiters.stop(reason)

    def _make(self, view: Any, bits: int, name: str) -> Operation:
        if name == "wait":
            return _wait(view, bits // 8 - 1, self._waiters if self._memory.shared else None)
        if name == "notify":
            return _notify(view, bits // 8 - 1, self._waiters)
        if name not in _OPERATIONS:
            raise ValueError(f"no atomic operation {name!r}: one of wait, notify, {', '.join(_OPERATIONS)}")
        made = _OPERATIONS[name](view, (1 << bits) - 1, bits // 8 - 1)
        return made if self._interlock is None else self._interlock(made)


def holding(lock: Any) -> Callable[[Operation], Operation]:
    """What makes an operation one that holds ``lock``, which must be reentrant: a signal handler may come between."""

    def interlock(operation: Operation) -> Operation:
        def locked(address: int, *operands: int) -> Any:
            with lock:
                return operation(address, *operands)

        return locked

    return interlock


# Each of these takes a view, a mask as wide as its elements, and the bits of an address that must be zero. An update is
# one statement, so that not even the line events of a debugger come between its parts, and makes no object that the
# garbage collector knows: a collection runs finalizers.


def _load(view: Any, mask: int, unaligned: int) -> Operation:
    def load(address: int) -> Any:
        if address & unaligned:
            raise UnalignedAtomic
        return view[address]

    return load


def _store(view: Any, mask: int, unaligned: int) -> Operation:
    def store(address: int, value: int) -> None:
        if address & unaligned:
            raise UnalignedAtomic
        view[address] = value & mask

    return store


def _add(view: Any, mask: int, unaligned: int) -> Operation:
    def add(address: int, value: int) -> Any:
        if address & unaligned:
            raise UnalignedAtomic
        view[address] = (old := view[address]) + value & mask
        return old

    return add


def _sub(view: Any, mask: int, unaligned: int) -> Operation:
    def sub(address: int, value: int) -> Any:
        if address & unaligned:
            raise UnalignedAtomic
        view[address] = (old := view[address]) - value & mask
        return old

    return sub


def _and(view: Any, mask: int, unaligned: int) -> Operation:
    def and_(address: int, value: int) -> Any:
        if address & unaligned:
            raise UnalignedAtomic
        view[address] = (old := view[address]) & value
        return old

    return and_


def _or(view: Any, mask: int, unaligned: int) -> Operation:
    def or_(address: int, value: int) -> Any:
        if address & unaligned:
            raise UnalignedAtomic
        view[address] = (old := view[address]) | value & mask
        return old

    return or_


def _xor(view: Any, mask: int, unaligned: int) -> Operation:
    def xor(address: int, value: int) -> Any:
        if address & unaligned:
            raise UnalignedAtomic
        view[address] = (old := view[address]) ^ value & mask
        return old

    return xor


def _xchg(view: Any, mask: int, unaligned: int) -> Operation:
    def xchg(address: int, value: int) -> Any:
        if address & unaligned:
            raise UnalignedAtomic
        view[address] = value & mask if (old := view[address]) >= 0 else old
        return old

    return xchg


def _cmpxchg(view: Any, mask: int, unaligned: int) -> Operation:
    def cmpxchg(address: int, expected: int, replacement: int) -> Any:
        if address & unaligned:
            raise UnalignedAtomic
        view[address] = replacement & mask if (old := view[address]) == expected & mask else old
        return old

    return cmpxchg


_OPERATIONS: dict[str, Callable[[Any, int, int], Operation]] = {
    "load": _load,
    "store": _store,
    "add": _add,
    "sub": _sub,
    "and": _and,
    "or": _or,
    "xor": _xor,
    "xchg": _xchg,
    "cmpxchg": _cmpxchg,
}


def _wait(view: Any, unaligned: int, waiters: Optional[Waiters]) -> Operation:
    sign = 1 << 63

    def wait(address: int, expected: int, timeout: int) -> int:
        if address & unaligned:
            raise UnalignedAtomic
        if waiters is None:
            raise ExpectedSharedMemory
        return waiters.wait(address, lambda: view[address] == expected, (timeout ^ sign) - sign)

    return wait


def _notify(view: Any, unaligned: int, waiters: Waiters) -> Operation:
    """In a memory that is not shared nobody ever waits."""

    def notify(address: int, count: int) -> int:
        if address & unaligned:
            raise UnalignedAtomic
        if address >= len(view):
            raise MemoryOutOfBounds
        return waiters.notify(address, count)

    return notify
