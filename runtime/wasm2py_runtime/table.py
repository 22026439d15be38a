"""Tables (spec §4.2 "Table Instances"): references by index, and the lists through which ``call_indirect`` calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NoReturn, Optional

from .boundary import RawFunction, to_host
from .errors import IndirectCallTypeMismatch, OutOfBoundsError, TableOutOfBounds, UninitializedElement
from .types import FuncType, TableType, ValueType
from .values import to_wasm

#: A table has at most this many elements (the limit of the JS API): more would take the memory of the whole machine.
MAXIMUM_ELEMENTS = 10_000_000


def _uninitialized(*arguments: object) -> NoReturn:
    """Stands in call lists where the table holds null."""
    raise UninitializedElement


def _mismatch(*arguments: object) -> NoReturn:
    """Stands in call lists where the table holds a function of another type."""
    raise IndirectCallTypeMismatch


class Table:
    """A table of references, such as ``"funcref"`` or ``"externref"``, that modules and the host share.

    As a Python object: ``table[i]`` is an exported function (or any object, in a table of externrefs) or None,
    ``table[i] = ...``, ``len(table)``, ``table.grow(n)``. All elements start as ``init``.

    Raises ValueError for impossible limits and for more than ten million elements.
    """

    __slots__ = ("__weakref__", "_calls", "_capacity", "_refs", "element", "index_type", "maximum")

    def __init__(
        self,
        element: ValueType,
        minimum: int,
        maximum: Optional[int] = None,
        init: Any = None,
        index_type: str = "i32",
    ) -> None:
        TableType(element, minimum, maximum, index_type)  # checks the limits
        if minimum > MAXIMUM_ELEMENTS:
            raise ValueError(f"a table of {minimum} elements is too large: at most {MAXIMUM_ELEMENTS} are possible")
        self.element, self.maximum, self.index_type = element, maximum, index_type
        self._capacity = MAXIMUM_ELEMENTS if maximum is None else min(maximum, MAXIMUM_ELEMENTS)
        self._refs: list[Any] = [to_wasm(init, element, "Table")] * minimum
        self._calls: dict[FuncType, list[RawFunction]] = {}

    @classmethod
    def of_type(cls, type: TableType, init: Any = None) -> Table:
        """A new table of this type, filled with ``init``."""
        return cls(type.element, type.minimum, type.maximum, init, type.index_type)

    @property
    def type(self) -> TableType:
        """The type of the table now: its minimum is the current size (spec §4.5)."""
        return TableType(self.element, len(self._refs), self.maximum, self.index_type)

    @property
    def size(self) -> int:
        """The number of elements."""
        return len(self._refs)

    def __repr__(self) -> str:
        return f"<Table of {self.size} elements, {self.type}>"

    # What generated code uses: raw references, indices never negative ------------------------------------------------

    def calls(self, type: FuncType) -> list[RawFunction]:
        """The call list of a signature: ``calls[i](...)`` calls element ``i`` or traps as ``call_indirect`` does.

        It is the same list for the lifetime of the table.
        """
        found = self._calls.get(type)
        if found is None:
            found = self._calls[type] = self._call_list(type)
        return found

    def _call_list(self, type: FuncType) -> list[RawFunction]:
        """A new call list. A new table mostly is empty, and may have ten thousand elements and hundreds of lists."""
        refs = self._refs
        if refs.count(None) == len(refs):
            return [_uninitialized] * len(refs)
        return [_entry(ref, type) for ref in refs]

    def get(self, index: int) -> Any:
        """``table.get`` (spec §4.4)."""
        if index >= len(self._refs):
            raise TableOutOfBounds
        return self._refs[index]

    def set(self, index: int, ref: Any) -> None:
        """``table.set`` (spec §4.4)."""
        if index >= len(self._refs):
            raise TableOutOfBounds
        self._refs[index] = ref
        for type, calls in self._calls.items():
            calls[index] = _entry(ref, type)

    def grow(self, delta: int, ref: Any = None) -> int:
        """Add ``delta`` elements that hold ``ref``. The size before, or -1 if that is not possible (``table.grow``)."""
        if delta < 0:
            raise ValueError(f"a table cannot grow by {delta} elements")
        old = len(self._refs)
        if old + delta > self._capacity:
            return -1
        ref = to_wasm(ref, self.element, "Table.grow", 2)
        self._refs.extend([ref] * delta)
        for type, calls in self._calls.items():
            calls.extend([_entry(ref, type)] * delta)
        return old

    def fill(self, index: int, ref: Any, count: int) -> None:
        """``table.fill`` (spec §4.4)."""
        if index + count > len(self._refs):
            raise TableOutOfBounds
        self._refs[index : index + count] = [ref] * count
        for type, calls in self._calls.items():
            calls[index : index + count] = [_entry(ref, type)] * count

    def copy(self, destination: int, source_table: Table, source: int, count: int) -> None:
        """``table.copy`` (spec §4.4), from this or another table; the ranges may overlap."""
        if destination + count > len(self._refs) or source + count > len(source_table._refs):
            raise TableOutOfBounds
        self._write(destination, source_table._refs[source : source + count])

    def init(self, destination: int, elements: Sequence[Any], source: int, count: int) -> None:
        """``table.init`` (spec §4.4): ``count`` references of an element segment, from its index ``source``."""
        if destination + count > len(self._refs) or source + count > len(elements):
            raise TableOutOfBounds
        self._write(destination, elements[source : source + count])

    def _write(self, start: int, refs: Sequence[Any]) -> None:
        """Put references into the table and the call lists. Each belongs to one list; the others get a stub."""
        end = start + len(refs)
        self._refs[start:end] = refs
        if not self._calls:
            return
        stubs = [_uninitialized if ref is None else _mismatch for ref in refs]
        for calls in self._calls.values():
            calls[start:end] = stubs
        for index, ref in enumerate(refs, start):
            for type in () if ref is None else (ref.wasm_type, *ref.wasm_type.supertypes):
                if type in self._calls:
                    self._calls[type][index] = ref

    # What hosts use -------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._refs)

    def __iter__(self) -> Iterator[Any]:
        return (to_host(ref, self.element) for ref in list(self._refs))

    def __getitem__(self, index: int) -> Any:
        return to_host(self._refs[self._index(index)], self.element)

    def __setitem__(self, index: int, value: Any) -> None:
        ref = to_wasm(value, self.element, f"Table element {index}")
        self.set(self._index(index), ref)

    def _index(self, index: int) -> int:
        """A Python index as a table index. OutOfBoundsError (an IndexError) if there is no such element."""
        size = len(self._refs)
        if not -size <= index < size:
            raise OutOfBoundsError(f"element {index}: the table has {size} elements")
        return index % size


def _entry(ref: Any, type: FuncType) -> RawFunction:
    """What the call list of ``type`` holds for a reference."""
    if ref is None:
        return _uninitialized
    given = ref.wasm_type
    return ref if given is type or type in given.supertypes else _mismatch
