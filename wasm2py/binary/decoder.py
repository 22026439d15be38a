"""Bytes to ``Module``: header, order of sections, and what has to agree between sections (spec §5.5.15 "Modules")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from wasm2py.binary import sections, types
from wasm2py.binary.custom import parse_customs
from wasm2py.binary.opcodes import OPCODES
from wasm2py.binary.reader import UNEXPECTED_END, Reader
from wasm2py.module import CustomSection, Function, Module

MAGIC: Final = b"\0asm"
VERSION: Final = b"\1\0\0\0"

CUSTOM_ID: Final = 0


class _Section(NamedTuple):
    name: str
    read: Callable[[Reader], Any]


def _vec(read: Callable[[Reader], Any]) -> Callable[[Reader], Any]:
    return lambda reader: reader.vec(read)


#: By section id, in the order in which they must come.
SECTIONS: Final[dict[int, _Section]] = {
    1: _Section("types", _vec(types.rectype)),
    2: _Section("imports", _vec(sections.import_)),
    3: _Section("functions", _vec(Reader.u32)),
    4: _Section("tables", _vec(sections.table)),
    5: _Section("memories", _vec(types.memorytype)),
    13: _Section("tags", _vec(types.tagtype)),
    6: _Section("globals", _vec(sections.global_)),
    7: _Section("exports", _vec(sections.export)),
    8: _Section("start", Reader.u32),
    9: _Section("elements", _vec(sections.element)),
    12: _Section("data_count", Reader.u32),
    10: _Section("codes", _vec(sections.code)),
    11: _Section("datas", _vec(sections.data)),
}
_RANK: Final = {number: rank for rank, number in enumerate(SECTIONS)}

#: Instructions that name a data segment, so that it must be known how many there are.
_DATA_USERS: Final = frozenset(row for row in OPCODES.values() if "dataidx" in row.immediates)


def decode(data: bytes | bytearray | memoryview) -> Module:
    """The module that the bytes are; DecodeError if they are none. Nothing is validated."""
    reader = Reader(bytes(data))
    _header(reader)
    found, customs = _sections(reader)
    codes = found.pop("codes", ())
    typeidxs = found.pop("functions", ())
    groups = found.pop("types", ())
    if len(typeidxs) != len(codes):
        raise reader.error("function and code section have inconsistent lengths", reader.pos)
    functions = tuple([Function(typeidx, *code) for typeidx, code in zip(typeidxs, codes)])
    _check_data_count(reader, found, functions)
    parsed, warnings = parse_customs(customs)
    return Module(
        types=tuple([subtype for group in groups for subtype in group]),
        rec_groups=sections.rec_groups(groups),
        functions=functions,
        customs=customs,
        parsed_customs=parsed,
        warnings=warnings,
        size=len(reader.data),
        **found,
    )


def _header(reader: Reader) -> None:
    if reader.bytes(4) != MAGIC:
        raise reader.error("magic header not detected", 0)
    if reader.bytes(4) != VERSION:
        raise reader.error("unknown binary version", 4)


def _sections(reader: Reader) -> tuple[dict[str, Any], tuple[CustomSection, ...]]:
    """What the sections hold, by name, and the custom ones."""
    found: dict[str, Any] = {}
    customs: list[CustomSection] = []
    last = 0
    while not reader.at_end():
        offset = reader.pos
        number = reader.byte()
        if number != CUSTOM_ID:
            _check_order(reader, number, last, offset)
            last = number
        size = reader.length()
        start = reader.pos
        if number == CUSTOM_ID:
            customs.append(_custom(reader, start + size, last))
        else:
            found[SECTIONS[number].name] = SECTIONS[number].read(reader)
        if reader.pos != start + size:
            raise reader.error("section size mismatch", start)
    return found, tuple(customs)


def _check_order(reader: Reader, number: int, last: int, offset: int) -> None:
    """Each section at most once and in order; the reference interpreter's word for others is "content after"."""
    if number not in SECTIONS:
        raise reader.error("malformed section id", offset)
    if last and _RANK[number] <= _RANK[last]:
        raise reader.error("unexpected content after last section", offset)


def _custom(reader: Reader, end: int, last: int) -> CustomSection:
    name = reader.name()
    if reader.pos > end:
        raise reader.error(UNEXPECTED_END, end)
    offset = reader.pos
    return CustomSection(name, reader.bytes(end - offset), offset, last)


def _check_data_count(reader: Reader, found: dict[str, Any], functions: tuple[Function, ...]) -> None:
    """The data count section agrees with the data section, and is there if the code needs it."""
    count = found.get("data_count")
    if count is not None:
        if count != len(found.get("datas", ())):
            raise reader.error("data count and data section have inconsistent lengths", reader.pos)
        return
    for function in functions:
        for offset in [offset for opcode, _, offset in function.body if opcode in _DATA_USERS]:
            raise reader.error("data count section required", offset)
