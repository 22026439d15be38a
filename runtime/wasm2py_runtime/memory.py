"""Linear memory (spec §4.2 "Memory Instances"): an object for the host, and the operations of generated code."""

from __future__ import annotations

import threading
from struct import Struct
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from . import views
from .errors import MemoryOutOfBounds, OutOfBoundsError
from .reservation import relieve, reserve
from .types import PAGE_SIZE, MemoryType

if TYPE_CHECKING:
    from .atomics import Atomics, Operation
    from .waiters import Waiters

#: A memory has at most this many bytes: the last 64 KiB of the 32-bit address space stay empty, so that an address
#: that was just used can be stepped over by a page without wrapping round (see the range rules of the compiler).
MAXIMUM_BYTES = 65535 * PAGE_SIZE

_BYTES = tuple(bytes([value]) for value in range(256))
_FILL_CHUNK = 65536
Bytes = Union[bytes, bytearray, memoryview]
#: Makes an atomic operation another one that nothing can come between.
Interlock = Callable[["Operation"], "Operation"]


class Memory:
    """A linear memory: bytes that WebAssembly modules and the host share.

    ``minimum`` and ``maximum`` are in pages of ``page_size`` bytes, ``maximum=None`` means no limit of its own. As a
    Python object it is a mutable sequence of bytes: ``memory[a]``, ``memory[a:b]``, ``len(memory)``;
    ``memory.buffer`` (and ``memoryview(memory)`` from Python 3.12 on) is its live contents, without a copy.

    Raises ValueError for impossible limits and for more than 65,535 pages of 64 KiB at once; MemoryError if there is
    no room.
    """

    __slots__ = (
        "__weakref__", "_atomics", "_capacity", "_limit", "_lock", "_make_view", "_raw", "_region", "_resizes",
        "_views", "index_type", "maximum", "page_size", "shared", "size",
    )  # fmt: skip

    #: The current size in pages. Read only: use ``grow``.
    size: int

    def __init__(
        self,
        minimum: int,
        maximum: Optional[int] = None,
        shared: bool = False,
        index_type: str = "i32",
        page_size: int = PAGE_SIZE,
    ) -> None:
        MemoryType(minimum, maximum, shared, index_type, page_size)  # checks the limits
        if shared and maximum is None:
            raise ValueError("a shared memory needs a maximum, so that all who share it know how large it may become")
        if minimum * page_size > MAXIMUM_BYTES:
            raise ValueError(
                f"a memory of {minimum} pages is too large: at most {MAXIMUM_BYTES // page_size} are possible"
            )
        self.size, self.maximum, self.shared = minimum, maximum, shared
        self.index_type, self.page_size = index_type, page_size
        pages = MAXIMUM_BYTES // page_size if maximum is None else min(maximum, MAXIMUM_BYTES // page_size)
        self._region = reserve(minimum * page_size, pages * page_size, shared)
        self._raw = memoryview(self._region)  # also keeps the mapping from being closed
        self._capacity = min(pages, len(self._region) // page_size)
        self._limit = minimum * page_size
        self._lock = threading.Lock()
        self._make_view = views.chosen()
        self._atomics: Optional[Atomics] = None
        self._views: dict[tuple[str, int, int], views.View] = {}
        self._resizes: list[views.Resize] = []

    @classmethod
    def of_type(cls, type: MemoryType) -> Memory:
        """A new memory of this type."""
        return cls(type.minimum, type.maximum, type.shared, type.index_type, type.page_size)

    @property
    def type(self) -> MemoryType:
        """The type of the memory now: its minimum is the current size (spec §4.5)."""
        return MemoryType(self.size, self.maximum, self.shared, self.index_type, self.page_size)

    @property
    def capacity(self) -> int:
        """The most pages that it can grow to here: of its maximum, what the machine could reserve."""
        return self._capacity

    def __repr__(self) -> str:
        return f"<Memory of {self.size} pages ({self._limit} bytes), {self.type}>"

    # What generated code uses ---------------------------------------------------------------------------------------

    def typed_view(self, name: str, offset: int = 0, step: int = 1) -> views.View:
        """The view ``u8``, ``i8``, … ``f64``: ``view[i]`` is the number at byte ``offset + i * step``. Made once."""
        key = name, offset, step
        with self._lock:
            view = self._views.get(key)
            if view is None:
                view, resize = self._make_view(self._region, views.FORMATS[name], self._limit, offset, step)
                self._views[key] = view
                self._resizes.append(resize)
        return view

    @property
    def atomics(self) -> Atomics:
        """The atomic operations, the same for all who share the memory."""
        if self._atomics is None:
            from .atomics import Atomics

            made = Atomics(self)
            with self._lock:
                self._atomics = self._atomics or made
        return self._atomics

    def interlock(self) -> Optional[Interlock]:
        """What makes an atomic operation exclude the others of this memory; None where nothing can come between."""
        from .atomics import holding
        from .float_bits import ATOMIC

        return None if ATOMIC and self._make_view is views.overlapping else holding(threading.RLock())

    def make_waiters(self) -> Waiters:
        """What keeps those who wait at addresses of this memory."""
        from .waiters import Waiters

        return Waiters()

    def grow(self, delta: int) -> int:
        """Add ``delta`` pages of zeros. The size before, in pages, or -1 if that is not possible (``memory.grow``)."""
        if delta < 0:
            raise ValueError(f"a memory cannot grow by {delta} pages")
        with self._lock:
            old = self.size
            if old + delta > self._capacity:
                return -1
            self._limit = (old + delta) * self.page_size
            for resize in self._resizes:
                resize(self._limit)
            self.size = old + delta
        relieve(delta * self.page_size)  # without the lock: finalizers may run
        return old

    def fill(self, destination: int, byte: int, count: int) -> None:
        """``memory.fill`` (spec §4.4): ``count`` bytes, of which each is the low byte of ``byte``."""
        if destination + count > self._limit:
            raise MemoryOutOfBounds
        pattern = _BYTES[byte & 255]
        if count <= _FILL_CHUNK:
            self._raw[destination : destination + count] = pattern * count
        else:
            self._fill_chunks(destination, pattern * _FILL_CHUNK, count)

    def _fill_chunks(self, destination: int, chunk: bytes, count: int) -> None:
        """Large fills go piece by piece: a pattern as long as the memory would double what the process needs."""
        raw, end = self._raw, destination + count
        last = end - len(chunk)
        for start in range(destination, last, len(chunk)):
            raw[start : start + len(chunk)] = chunk
        raw[last:end] = chunk

    def copy(self, destination: int, source_memory: Memory, source: int, count: int) -> None:
        """``memory.copy`` (spec §4.4), from this or another memory; the ranges may overlap."""
        if destination + count > self._limit or source + count > source_memory._limit:
            raise MemoryOutOfBounds
        if source_memory is self:
            self._region.move(destination, source, count)
        else:
            self._raw[destination : destination + count] = source_memory._raw[source : source + count]

    def init(self, destination: int, data: bytes, source: int, count: int) -> None:
        """``memory.init`` (spec §4.4): ``count`` bytes of a data segment, from its offset ``source``."""
        if destination + count > self._limit or source + count > len(data):
            raise MemoryOutOfBounds
        self._raw[destination : destination + count] = data[source : source + count]

    # What hosts use -------------------------------------------------------------------------------------------------

    @property
    def buffer(self) -> memoryview:
        """The contents, writable, without a copy. It stays valid when the memory grows, and keeps its length."""
        return self._raw[: self._limit]

    def __buffer__(self, flags: int) -> memoryview:
        """The buffer protocol (Python 3.12 and later): ``memoryview(memory)``, ``bytes(memory)``."""
        return self.buffer

    def __len__(self) -> int:
        """The size in bytes."""
        return self._limit

    def __getitem__(self, key: Union[int, slice]) -> Any:
        """``memory[a]`` is a byte as an int, ``memory[a:b]`` a copy as bytes; indices as in any Python sequence."""
        if isinstance(key, slice):
            return bytes(self.buffer[key])
        return self._raw[self._index(key)]

    def __setitem__(self, key: Union[int, slice], value: Any) -> None:
        """``memory[a] = 7``; ``memory[a:b] = b"..."`` of the same length (ValueError otherwise)."""
        if isinstance(key, slice):
            self.buffer[key] = value
        else:
            self._raw[self._index(key)] = value

    def _index(self, index: int) -> int:
        """A Python index as an address. OutOfBoundsError (an IndexError) if there is no such byte."""
        address = index + self._limit if index < 0 else index
        if not 0 <= address < self._limit:
            raise self._out_of_bounds(index, 1)
        return address

    def _out_of_bounds(self, address: int, length: int) -> OutOfBoundsError:
        return OutOfBoundsError(f"{length} bytes at address {address}: the memory has {self._limit} bytes")

    def _check(self, address: int, length: int) -> None:
        """OutOfBoundsError unless the memory has ``length`` bytes at ``address``."""
        if address < 0 or length < 0 or address + length > self._limit:
            raise self._out_of_bounds(address, length)

    def read(self, address: int, length: int) -> bytes:
        """A copy of ``length`` bytes. OutOfBoundsError (an IndexError) if they are not all there."""
        self._check(address, length)
        return bytes(self._raw[address : address + length])

    def write(self, address: int, data: Bytes) -> None:
        """Write ``data`` whole, or nothing: OutOfBoundsError (an IndexError) if it does not fit."""
        source = memoryview(data).cast("B")
        self._check(address, len(source))
        self._raw[address : address + len(source)] = source

    def load(self, kind: str, address: int) -> Any:
        """The number at ``address``: kind is ``"u8"``, ``"i8"``, ``"u16"``, … ``"u64"``, ``"f32"`` or ``"f64"``."""
        self._check(address, _width(kind))
        return self.typed_view(kind)[address]

    def store(self, kind: str, address: int, value: Any) -> None:
        """Write a number (kinds as for ``load``). OverflowError for an integer that neither sign of the width holds."""
        bits = 8 * _width(kind)
        self._check(address, bits // 8)
        if kind[0] != "f":
            if not -(1 << bits - 1) <= value < 1 << bits:
                raise OverflowError(f"{value} does not fit {bits} bits")
            kind, value = f"u{bits}", value & (1 << bits) - 1
        self.typed_view(kind)[address] = value

    def unpack(self, format: str, address: int) -> tuple[Any, ...]:
        """The values of a ``struct`` format at ``address``; without a sign for the byte order, it is little-endian."""
        layout = _layout(format)
        self._check(address, layout.size)
        return layout.unpack_from(self._region, address)

    def pack(self, format: str, address: int, *values: Any) -> None:
        """Write values in a ``struct`` format (see ``unpack``); ``struct.error`` if they do not fit it."""
        layout = _layout(format)
        self._check(address, layout.size)
        layout.pack_into(self._region, address, *values)

    def struct(self, layout: Any, address: int) -> Any:
        """An object of a ctypes structure or array type that lies in the memory: what one writes, the other sees."""
        import ctypes

        self._check(address, ctypes.sizeof(layout))
        return layout.from_buffer(self._region, address)

    def atomic(self, kind: str, operation: str, address: int, *operands: int) -> Any:
        """Do an atomic instruction of the threads proposal on an integer of kind ``"u8"``, ``"u16"`` … ``"u64"``.

        ``operation`` is ``"load"``, ``"store"``, ``"add"``, ``"sub"``, ``"and"``, ``"or"``, ``"xor"``, ``"xchg"`` (one
        operand) or ``"cmpxchg"`` (expected, replacement): the result is the old value, unsigned. Or ``"wait"``
        (expected, timeout in nanoseconds or -1): 0 woken, 1 other value, 2 timed out. Or ``"notify"`` (count): how many
        were woken. OutOfBoundsError (an IndexError) for an address outside, Trap for one that is not aligned.
        """
        if kind not in ("u8", "u16", "u32", "u64"):
            raise ValueError(f"no kind of atomic integer {kind!r}: one of u8, u16, u32, u64")
        self._check(address, _width(kind))
        return self.atomics.operation(kind, operation)(address, *operands)

    def stop(self, reason: str) -> None:
        """End all waiting at addresses of this memory: who waits, now or later, gets Stopped with this reason.

        For hosts that know that a thread is gone which the others rely on.
        """
        self.atomics.stop(reason)

    def __reduce__(self) -> Any:
        raise TypeError(f"a {type(self).__name__} cannot be pickled; what processes can share is a ProcessMemory")

    def read_string(self, address: int, length: Optional[int] = None, encoding: str = "utf-8") -> str:
        """A string of ``length`` bytes; without a length, a C string: up to the next zero byte, which must be there."""
        if length is None:
            self._check(address, 1)
            end = self._region.find(b"\0", address, self._limit)
            if end < 0:
                raise OutOfBoundsError(f"no zero byte ends the string at address {address}")
            length = end - address
        return self.read(address, length).decode(encoding)

    def write_string(self, address: int, text: str, encoding: str = "utf-8") -> int:
        """Write a C string, its zero byte included. The number of bytes written."""
        data = text.encode(encoding) + b"\0"
        self.write(address, data)
        return len(data)


def _layout(format: str) -> Struct:
    return Struct(format if format[:1] in "<>=!@" else "<" + format)


def _width(kind: str) -> int:
    """The width in bytes of a kind of number. ValueError for an unknown one."""
    if kind not in views.FORMATS:
        raise ValueError(f"no kind of number {kind!r}: one of {', '.join(views.FORMATS)}")
    return int(kind[1:]) // 8
