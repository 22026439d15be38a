"""How the rows of the instruction table are written down: a signature as text, families of consecutive codes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from wasm2py.instruction import MemoryAccess, Opcode
from wasm2py.types import RefType, ValType

#: The types a signature may mention besides number and vector types.
REFERENCES: Final[dict[str, ValType]] = {
    "arrayref": RefType(True, "array"),
    "eqref": RefType(True, "eq"),
    "i31ref": RefType(True, "i31"),
    "(ref_i31)": RefType(False, "i31"),
}


def types(text: str) -> tuple[ValType, ...]:
    """``"i32 v128"`` -> ``("i32", "v128")``."""
    return tuple(REFERENCES.get(word, word) for word in text.split())


def row(code: int, name: str, signature: str | None = None, immediates: str = "", **more: Any) -> Opcode:
    """One row. ``signature`` is like ``"i32 i32 -> i32"``; without it the instruction is polymorphic."""
    if signature is None:
        return Opcode(name, code, tuple(immediates.split()), **more)
    params, _, results = signature.partition("->")
    return Opcode(name, code, tuple(immediates.split()), types(params), types(results), **more)


def family(
    code: int, prefix: str, names: str, signature: str | None, immediates: str = "", **more: Any
) -> list[Opcode]:
    """Rows alike but for the name, with consecutive codes. A name of ``-`` leaves its code unused."""
    numbered = enumerate(names.split(), code)
    return [row(at, prefix + name, signature, immediates, **more) for at, name in numbered if name != "-"]


def load(code: int, name: str, width: int, *, lane: bool = False, **more: Any) -> Opcode:
    """A load; its value type is the part of the name before the dot, its sign the ending of the name."""
    value = name.partition(".")[0]
    sign = name[-1] if name.endswith(("_s", "_u")) else ""
    access = MemoryAccess(width, value, sign, operands=(value,) if lane else (), results=(value,))
    immediates = ("memarg", "laneidx") if lane else ("memarg",)
    return Opcode(name, code, immediates, reads=True, traps=True, access=access, **more)


def store(code: int, name: str, width: int, *, lane: bool = False, **more: Any) -> Opcode:
    """A store; its value type is the part of the name before the dot."""
    value = name.partition(".")[0]
    access = MemoryAccess(width, value, store=True, operands=(value,))
    immediates = ("memarg", "laneidx") if lane else ("memarg",)
    return Opcode(name, code, immediates, writes=True, traps=True, access=access, **more)


def prefixed(prefix: int, rows: list[Opcode]) -> list[Opcode]:
    """The rows, which are numbered from the byte after the prefix, with their whole codes."""
    return [replace(opcode, code=prefix << 16 | opcode.code) for opcode in rows]
