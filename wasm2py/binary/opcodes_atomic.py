"""The instruction table, part 4: atomics, prefix 0xFE (threads proposal, "Binary format of instructions")."""

from __future__ import annotations

from typing import Final

from wasm2py.binary.rows import prefixed, row
from wasm2py.instruction import MemoryAccess, Opcode

#: The seven forms that every kind of atomic access has, in the order of their codes: type, bits.
_FORMS: Final = (("i32", 32), ("i64", 64), ("i32", 8), ("i32", 16), ("i64", 8), ("i64", 16), ("i64", 32))


def _atomic(code: int, name: str, width: int, value: str, operands: str, results: str) -> Opcode:
    """A row with an atomic access of ``width`` bytes; all of them trap on a bad or unaligned address.

    Each reads and writes: what other threads did before shows after it, so nothing that touches memory passes it.
    """
    access = MemoryAccess(
        width,
        value,
        sign="u" if name.endswith("_u") else "",
        store=not results,
        atomic=True,
        operands=tuple(operands.split()),
        results=tuple(results.split()),
    )
    return Opcode(name, code, ("memarg",), feature="threads", reads=True, writes=True, traps=True, access=access)


def _narrow(value: str, bits: int) -> str:
    """The bits as a name shows them: nothing for the whole width of the type."""
    return "" if value == f"i{bits}" else str(bits)


def _loads(code: int) -> list[Opcode]:
    """``i32.atomic.load`` … ``i64.atomic.load32_u``."""
    rows = []
    for at, (value, bits) in enumerate(_FORMS, code):
        narrow = _narrow(value, bits)
        name = f"{value}.atomic.load{narrow}" + ("_u" if narrow else "")
        rows.append(_atomic(at, name, bits // 8, value, "", value))
    return rows


def _stores(code: int) -> list[Opcode]:
    """``i32.atomic.store`` … ``i64.atomic.store32``."""
    return [
        _atomic(at, f"{value}.atomic.store{_narrow(value, bits)}", bits // 8, value, value, "")
        for at, (value, bits) in enumerate(_FORMS, code)
    ]


def _updates(code: int, operator: str, operands: int = 1) -> list[Opcode]:
    """``i32.atomic.rmw.add`` … ``i64.atomic.rmw32.add_u``."""
    rows = []
    for at, (value, bits) in enumerate(_FORMS, code):
        narrow = _narrow(value, bits)
        name = f"{value}.atomic.rmw{narrow}.{operator}" + ("_u" if narrow else "")
        taken = " ".join([value] * operands)
        rows.append(_atomic(at, name, bits // 8, value, taken, value))
    return rows


# fmt: off
ATOMIC: Final[list[Opcode]] = prefixed(0xFE, [
    _atomic(0x00, "memory.atomic.notify", 4, "i32", "i32", "i32"),
    _atomic(0x01, "memory.atomic.wait32", 4, "i32", "i32 i64", "i32"),
    _atomic(0x02, "memory.atomic.wait64", 8, "i64", "i64 i64", "i32"),
    row(0x03, "atomic.fence", "->", "zero", feature="threads", reads=True, writes=True),
    *_loads(0x10),
    *_stores(0x17),
    *_updates(0x1E, "add"),
    *_updates(0x25, "sub"),
    *_updates(0x2C, "and"),
    *_updates(0x33, "or"),
    *_updates(0x3A, "xor"),
    *_updates(0x41, "xchg"),
    *_updates(0x48, "cmpxchg", 2),
])
# fmt: on
