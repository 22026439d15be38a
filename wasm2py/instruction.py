"""Instructions: what a row of the instruction table says, and one decoded instruction (spec §5.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Optional

from wasm2py.types import ValType


@dataclass(frozen=True)
class MemoryAccess:
    """What a load, store or atomic touches: ``width`` bytes at address + memarg.offset.

    Its operands on the stack are the address, whose type is the memory's index type, and then ``operands``.
    """

    width: int
    #: the value type on the stack
    type: str
    #: for narrow loads: "s" or "u"; "" otherwise
    sign: str = ""
    store: bool = False
    atomic: bool = False
    operands: tuple[ValType, ...] = ()
    results: tuple[ValType, ...] = ()


@dataclass(frozen=True, eq=False)
class Opcode:
    """One instruction: how it is encoded, what it takes and gives, what it may do.

    ``code`` is the opcode byte, or ``prefix << 16 | sub`` for prefixed ones. ``params`` and ``results`` are both None
    where the instruction is polymorphic or depends on immediates (the validator knows those by name, or by
    ``access`` where the only such thing is the type of the address).
    Rows are compared by identity: there is one object an instruction.
    """

    name: str
    code: int
    immediates: tuple[str, ...] = ()
    params: tuple[ValType, ...] | None = None
    results: tuple[ValType, ...] | None = None
    feature: str = "mvp"
    #: reads state (memory, table, mutable global, segment)
    reads: bool = False
    #: writes state
    writes: bool = False
    #: may trap
    traps: bool = False
    #: runs other code, which may do anything
    calls: bool = False
    #: structured control or a branch
    control: bool = False
    #: allowed in constant expressions (spec §3.4.13)
    constant: bool = False
    access: MemoryAccess | None = None
    #: depends on its operands only and has no effect: may be moved, merged and dropped
    pure: bool = field(init=False)

    def __post_init__(self) -> None:
        effect = self.reads or self.writes or self.traps or self.calls or self.control
        object.__setattr__(self, "pure", not effect)

    def __repr__(self) -> str:
        return f"<{self.name}>"


class MemArg(NamedTuple):
    """The immediate of loads, stores and atomics (spec §5.4.6): ``align`` is the exponent of a power of two."""

    align: int
    offset: int
    memory: int = 0


CatchKind = Literal["catch", "catch_ref", "catch_all", "catch_all_ref"]


class Catch(NamedTuple):
    """A catch clause of ``try_table`` (spec §5.4.1); ``tag`` is None for the two ``catch_all`` kinds."""

    kind: CatchKind
    tag: Optional[int]
    label: int


class Instruction(NamedTuple):
    """One decoded instruction. Bodies are flat: ``block … end`` nest by position, not by structure.

    ``immediate`` is None, the one immediate, or a tuple of them, in the order of ``opcode.immediates``.
    ``offset`` is the byte offset of the opcode in the module.
    """

    opcode: Opcode
    immediate: Any
    offset: int
