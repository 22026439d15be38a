"""Reading instructions (spec §5.4): flat lists, one fast loop, everything opcode by opcode from the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from struct import Struct
from typing import Any, Final, NamedTuple

from wasm2py.binary import types
from wasm2py.binary.opcodes import BY_NAME, OPCODES
from wasm2py.binary.reader import UNEXPECTED_END, Reader
from wasm2py.instruction import Catch, CatchKind, Instruction, MemArg, Opcode
from wasm2py.types import RefType

Read = Callable[[Reader], Any]
#: makes a named tuple without the function of its own that the class has for it
_new: Final = tuple.__new__

CATCH_KINDS: Final[tuple[CatchKind, ...]] = ("catch", "catch_ref", "catch_all", "catch_all_ref")
#: those of two bytes, of which there are few, by these bytes
_MEMARGS: Final = {bytes((align, offset)): MemArg(align, offset) for align in range(4) for offset in range(0x80)}
_U32 = Struct("<I")
_U64 = Struct("<Q")


def memarg(reader: Reader) -> MemArg:
    """Alignment and offset (spec §5.4.6); bit 6 of the alignment says that a memory index follows."""
    start = reader.pos
    usual = _MEMARGS.get(reader.data[start : start + 2])
    if usual is not None:
        reader.pos = start + 2
        return usual
    flags = reader.u32()
    if flags >= 0x80:
        raise reader.error("malformed memop flags", start)
    memory = reader.u32() if flags & 0x40 else 0
    return _new(MemArg, (flags & 0x3F, reader.u64(), memory))


def f32(reader: Reader) -> int:
    """The bits, so that every NaN survives."""
    bits: int = _U32.unpack(reader.bytes(4))[0]
    return bits


def f64(reader: Reader) -> int:
    bits: int = _U64.unpack(reader.bytes(8))[0]
    return bits


def v128(reader: Reader) -> int:
    return int.from_bytes(reader.bytes(16), "little")


def lanes16(reader: Reader) -> tuple[int, ...]:
    return tuple(reader.bytes(16))


def labels(reader: Reader) -> tuple[tuple[int, ...], int]:
    """The targets of br_table and the default one."""
    return reader.vec(Reader.u32), reader.u32()


def valtypes(reader: Reader) -> tuple[Any, ...]:
    return reader.vec(types.valtype)


def catches(reader: Reader) -> tuple[Catch, ...]:
    return reader.vec(_catch)


def _catch(reader: Reader) -> Catch:
    code = reader.byte()
    if code >= len(CATCH_KINDS):
        raise reader.error("malformed catch clause", reader.pos - 1)
    return Catch(CATCH_KINDS[code], reader.u32() if code < 2 else None, reader.u32())


def _cast(reader: Reader) -> tuple[int, RefType, RefType]:
    """The immediates of br_on_cast: one byte says of both types whether they are nullable (spec §5.4.1)."""
    flags = reader.byte()
    if flags > 3:
        raise reader.error("malformed br_on_cast flags", reader.pos - 1)
    label = reader.u32()
    source = RefType(bool(flags & 1), types.heaptype(reader))
    return label, source, RefType(bool(flags & 2), types.heaptype(reader))


#: How each immediate is read, by its name in the table; every "…idx" that is not here is a u32.
IMMEDIATES: Final[dict[str, Read]] = {
    "u32": Reader.u32,
    "laneidx": Reader.byte,
    "blocktype": types.blocktype,
    "memarg": memarg,
    "i32": Reader.s32,
    "i64": Reader.s64,
    "f32": f32,
    "f64": f64,
    "v128": v128,
    "lanes16": lanes16,
    "labels": labels,
    "valtypes": valtypes,
    "heaptype": types.heaptype,
    "catches": catches,
    "zero": Reader.zero,
}


def _immediate_reader(names: tuple[str, ...]) -> Read | None:
    """One function that reads all immediates of an instruction; None if it has none."""
    if names == ("labelidx", "reftype", "reftype"):
        return _cast
    readers = [Reader.u32 if name not in IMMEDIATES and name.endswith("idx") else IMMEDIATES[name] for name in names]
    if len(readers) < 2:
        return readers[0] if readers else None
    first, second = readers  # no instruction has three
    return lambda reader: (first(reader), second(reader))


#: What immediates are that take one byte, by that byte.
_SHORT: Final[dict[Read, Sequence[int]]] = {
    Reader.u32: range(0x80),
    Reader.s32: (*range(0x40), *range(-0x40, 0)),
    Reader.s64: (*range(0x40), *range(-0x40, 0)),
}


class _Entry(NamedTuple):
    opcode: Opcode
    read: Read | None
    #: the values of an immediate of one byte below 0x80
    short: Sequence[int] | None
    #: begins, parts or ends a block
    nests: bool


#: Opcodes that begin a block, and those that divide or close one, with the openers that they may follow.
_OPENERS: Final = frozenset(BY_NAME[name] for name in ("block", "loop", "if", "try", "try_table"))
_AFTER: Final[dict[Opcode, frozenset[Opcode]]] = {
    BY_NAME["else"]: frozenset([BY_NAME["if"]]),
    BY_NAME["catch"]: frozenset([BY_NAME["try"], BY_NAME["catch"]]),
    BY_NAME["catch_all"]: frozenset([BY_NAME["try"], BY_NAME["catch"]]),
    BY_NAME["delegate"]: frozenset([BY_NAME["try"]]),
}
_END: Final = BY_NAME["end"]
_DELEGATE: Final = BY_NAME["delegate"]
_NESTING: Final = _OPENERS | _AFTER.keys() | {_END}

_PREFIXES: Final = (0xFB, 0xFC, 0xFD, 0xFE)


def _entries(codes: Iterable[Opcode]) -> list[_Entry]:
    return [_entry(row, _immediate_reader(row.immediates)) for row in codes]


def _entry(row: Opcode, read: Read | None) -> _Entry:
    return _Entry(row, read, _SHORT.get(read) if read else None, row in _NESTING)


#: By first byte; None where it is a prefix or unused.
_SINGLE: Final[list[_Entry | None]] = [None] * 256
for _each in _entries(row for row in OPCODES.values() if row.code < 0x100):
    _SINGLE[_each.opcode.code] = _each

#: By prefix and the number that follows it.
_PREFIXED: Final[dict[int, dict[int, _Entry]]] = {
    prefix: {
        entry.opcode.code & 0xFFFF: entry
        for entry in _entries(row for row in OPCODES.values() if row.code >> 16 == prefix)
    }
    for prefix in _PREFIXES
}


def _prefixed(reader: Reader, offset: int) -> _Entry:
    """The entry of an opcode that is not of one byte; the reader stands after its first byte."""
    first = reader.data[offset]
    numbers = _PREFIXED.get(first)
    if numbers is None:
        raise reader.error(f"illegal opcode {first:02x}", offset)
    number = reader.u32()
    entry = numbers.get(number)
    if entry is None:
        raise reader.error(f"illegal opcode {first:02x} {number:02x}", offset)
    return entry


def _nest(opcode: Opcode, blocks: list[Opcode], reader: Reader, offset: int) -> None:
    """Keep the stack of open blocks, each as the opcode that began it or its last part."""
    if opcode in _OPENERS:
        blocks.append(opcode)
    elif opcode is _END:
        blocks.pop()
    elif blocks[-1] not in _AFTER[opcode]:
        raise reader.error("END opcode expected", offset)
    elif opcode is _DELEGATE:
        blocks.pop()
    else:
        blocks[-1] = opcode


def expression(reader: Reader) -> tuple[Instruction, ...]:
    """Instructions up to the ``end`` that belongs to no block, that ``end`` included (spec §5.4.10)."""
    data, size = reader.data, len(reader.data)
    body: list[Instruction] = []
    append = body.append
    blocks = [_END]
    pos = reader.pos  # of the reader only while others read
    while blocks:
        offset = pos
        try:
            entry = _SINGLE[data[pos]]
        except IndexError:
            raise reader.error(UNEXPECTED_END, len(data)) from None
        pos += 1
        if entry is None:
            reader.pos = pos
            entry = _prefixed(reader, offset)
            pos = reader.pos
        opcode, read, short, nests = entry
        if read is None:
            immediate = None
        elif short is not None and pos < size and (byte := data[pos]) < 0x80:
            immediate = short[byte]
            pos += 1
        else:
            reader.pos = pos
            immediate = read(reader)
            pos = reader.pos
        append(_new(Instruction, (opcode, immediate, offset)))
        if nests:
            _nest(opcode, blocks, reader, offset)
    reader.pos = pos
    return tuple(body)
