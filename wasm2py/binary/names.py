"""The name section (spec appendix "Name Section", with the subsections of the extended name section proposal)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Optional

from wasm2py.binary.reader import Reader

NameMap = Mapping[int, str]
IndirectNameMap = Mapping[int, NameMap]


@dataclass(frozen=True)
class NameSection:
    """Names for people, by index; not unique and with any characters. ``locals`` and ``labels`` are by function,
    ``fields`` by type.
    """

    module: Optional[str] = None
    functions: NameMap = field(default_factory=dict)
    locals: IndirectNameMap = field(default_factory=dict)
    labels: IndirectNameMap = field(default_factory=dict)
    types: NameMap = field(default_factory=dict)
    tables: NameMap = field(default_factory=dict)
    memories: NameMap = field(default_factory=dict)
    globals: NameMap = field(default_factory=dict)
    elements: NameMap = field(default_factory=dict)
    datas: NameMap = field(default_factory=dict)
    fields: IndirectNameMap = field(default_factory=dict)
    tags: NameMap = field(default_factory=dict)


def _namemap(reader: Reader) -> dict[int, str]:
    return {reader.u32(): reader.name() for _ in range(reader.length())}


def _indirect(reader: Reader) -> dict[int, dict[int, str]]:
    return {reader.u32(): _namemap(reader) for _ in range(reader.length())}


#: By subsection id: the field of NameSection, how it is read.
SUBSECTIONS: Final[dict[int, tuple[str, Callable[[Reader], Any]]]] = {
    0: ("module", Reader.name),
    1: ("functions", _namemap),
    2: ("locals", _indirect),
    3: ("labels", _indirect),
    4: ("types", _namemap),
    5: ("tables", _namemap),
    6: ("memories", _namemap),
    7: ("globals", _namemap),
    8: ("elements", _namemap),
    9: ("datas", _namemap),
    10: ("fields", _indirect),
    11: ("tags", _namemap),
}


def name_section(reader: Reader) -> NameSection:
    """All subsections; those with an id that we do not know are passed over."""
    names: dict[str, Any] = {}
    while not reader.at_end():
        number = reader.byte()
        size = reader.length()
        end = reader.pos + size
        name, read = SUBSECTIONS.get(number, (None, None))
        if name is None or read is None:
            reader.bytes(size)
        else:
            names[name] = read(reader)
        if reader.pos != end:
            raise reader.error("subsection size mismatch", end)
    return NameSection(**names)
