"""WebAssembly exceptions and their tags (spec §4.2 "Tag Instances", "Exception Instances")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .errors import NullReference
from .types import FuncType, TagType, ValueType
from .values import to_wasm


class Tag:
    """What kind of exception a WebAssembly exception is, and which values it carries.

    ``Tag(["i32", "f64"])`` makes one to import; a module's own are among its exports. Tags are told apart by identity:
    each instance of a module has its own (spec §4.2).
    """

    __slots__ = ("__weakref__", "type")

    def __init__(self, params: Iterable[ValueType] = ()) -> None:
        self.type = TagType(FuncType(params))

    @classmethod
    def of_type(cls, type: TagType) -> Tag:
        """A new tag of this type."""
        made = cls.__new__(cls)
        made.type = type
        return made

    @property
    def params(self) -> tuple[ValueType, ...]:
        """The types of the values."""
        return self.type.type.params

    def __repr__(self) -> str:
        return f"<Tag ({', '.join(map(str, self.params))}) at {id(self):#x}>"


class WasmException(Exception):
    """An exception thrown by WebAssembly code, or by a host function for WebAssembly code to catch (spec §4.6.9).

    ``tag`` says what kind it is, ``values`` what it carries, as the host sees values: signed integers, floats,
    exported functions. The constructor raises TypeError for values of a wrong number or type, OverflowError for an
    integer out of range. Generated code reads ``raw``, the values in canonical form.
    """

    __slots__ = ("raw", "tag")
    tag: Tag
    raw: tuple[Any, ...]

    def __init__(self, tag: Tag, values: Sequence[Any] = ()) -> None:
        if not isinstance(tag, Tag):
            raise TypeError(f"WasmException: the tag must be a Tag, not {type(tag).__name__}")
        if not isinstance(values, (tuple, list)):
            raise TypeError(f"WasmException: the values must be a tuple, not {type(values).__name__}")
        if len(values) != len(tag.params):
            raise TypeError(f"WasmException: the tag takes {len(tag.params)} values, not {len(values)}")
        self.tag = tag
        converted = enumerate(zip(values, tag.params), 1)
        self.raw = tuple([to_wasm(value, kind, "WasmException", place) for place, (value, kind) in converted])

    @property
    def values(self) -> tuple[Any, ...]:
        """The values that the exception carries."""
        from .boundary import to_host  # which is above this module

        return tuple([to_host(value, kind) for value, kind in zip(self.raw, self.tag.params)])

    def __str__(self) -> str:
        """The types, with the values of numbers; the ``repr`` of a host's object is not asked for."""
        shown = [
            f"{kind} {value!r}" if isinstance(value, (int, float)) else str(kind)
            for kind, value in zip(self.tag.params, self.values)
        ]
        return f"WebAssembly exception ({', '.join(shown)})"

    def __repr__(self) -> str:
        return f"<{self} with {self.tag!r}>"


def new_exception(tag: Tag, raw: tuple[Any, ...]) -> WasmException:
    """``throw`` (spec §4.6.9): an exception with canonical values."""
    exception = WasmException.__new__(WasmException)
    exception.tag = tag
    exception.raw = raw
    return exception


def not_null_exception(exception: Any) -> Any:
    """``throw_ref`` traps for null (spec §4.6.9)."""
    if exception is None:
        raise NullReference("null exception reference")
    return exception
