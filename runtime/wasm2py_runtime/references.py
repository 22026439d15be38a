"""References across the boundary, and tests of their type (spec §4.2 "Values", §4.4).

In the hierarchy of ``any`` an i31 is a Python int, signed; structures and arrays are objects of their classes; any
other host value stands in a ``Host``. A host sees the int, the object, its own value. So a host's int of at most 31
bits is an i31 wherever a reference of type ``any`` is wanted, as in the JS API.
"""

from __future__ import annotations

from typing import Any

from .exceptions import WasmException
from .matching import hierarchy, parts
from .objects import Aggregate, Array, Host, Struct
from .types import FuncType, ValueType
from .values import as_funcref, wrong


def internalised(value: Any) -> Any:
    """``any.convert_extern``: a host value as a reference of type ``any``."""
    if value is None or issubclass(type(value), (Aggregate, Host)):
        return value
    if type(value) is int and -0x40000000 <= value < 0x40000000:
        return value
    return Host(value)


def externalised(value: Any) -> Any:
    """``extern.convert_any``: a reference of type ``any`` as the host sees it."""
    return value.value if type(value) is Host else value


def is_instance(value: Any, heap: Any) -> bool:
    """Whether a reference that is not null is one of a heap type, which is in the same hierarchy."""
    if isinstance(heap, str):
        return _ABSTRACT[heap](value)  # type: ignore[no-any-return]
    if isinstance(heap, FuncType):
        return value.wasm_type is heap or heap in value.wasm_type.supertypes
    return issubclass(type(value), heap.object_class)


_ABSTRACT: dict[str, Any] = {
    **dict.fromkeys(("any", "func", "extern"), lambda value: True),
    **dict.fromkeys(("none", "nofunc", "noextern", "noexn"), lambda value: False),
    "exn": lambda value: isinstance(value, WasmException),
    "eq": lambda value: type(value) is not Host,
    "i31": lambda value: type(value) is int,
    "struct": lambda value: issubclass(type(value), Struct),
    "array": lambda value: issubclass(type(value), Array),
}


def as_ref(value: Any, value_type: ValueType, name: str, place: int) -> Any:
    """A host value as a reference of a type. TypeError, which calls it by name and place, if it is none."""
    nullable, heap = parts(value_type)
    kind = hierarchy(value_type)
    if value is None:
        if nullable:
            return None
    else:
        converted = as_funcref(value, name, place) if kind == "func" else value
        if kind == "any":
            converted = internalised(value)
        if is_instance(converted, heap):
            return converted
    raise wrong(name, place, f"a {value_type}", value)
