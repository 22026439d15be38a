"""Real jumps in compiled code, in the place of the marks that ``wasm2py.codegen.jumps`` describes.

A mark is a statement, or a condition, that loads a global: seven code units or so, where a jump with the longest
operand takes five. So jumps are written over their marks, nothing moves, and the tables of lines and exceptions stay
right.
"""

from __future__ import annotations

import dis
import importlib.util
import re
import sys
from collections.abc import Iterator
from types import CodeType
from typing import NamedTuple

from wasm2py.codegen.jumps import ALWAYS, GOTO, LABEL

#: the versions whose compile() and bytecode this was tested with
_VERSIONS = ((3, 11), (3, 12), (3, 13))
_LOAD, _PREFIX = dis.opmap["LOAD_GLOBAL"], dis.opmap["EXTENDED_ARG"]
_NOP = bytes((dis.opmap["NOP"], 0))
_CONDITIONS = ("POP_JUMP_IF_FALSE", "POP_JUMP_FORWARD_IF_FALSE", "POP_JUMP_BACKWARD_IF_FALSE")
_MARK = re.compile(rf"({GOTO}|{LABEL})\d+|{ALWAYS}")


class WiringError(Exception):
    """The marks are not where they should be: compile() has done something that we do not know of."""


class _Mark(NamedTuple):
    """A mark and its code, counted in code units."""

    name: str
    start: int
    end: int


def can_wire() -> bool:
    """Whether this Python is one that jumps can be put in for."""
    known = sys.implementation.name == "cpython" and sys.version_info[:2] in _VERSIONS
    return known and importlib.util.find_spec("bytecode") is not None


def wire(code: CodeType) -> CodeType:
    """``code`` and all code inside it with jumps instead of marks; the same object if it has none.

    Raises WiringError.
    """
    constants = tuple(wire(item) if isinstance(item, CodeType) else item for item in code.co_consts)
    if any(new is not old for new, old in zip(constants, code.co_consts)):
        code = code.replace(co_consts=constants)
    if any(_MARK.fullmatch(name) for name in code.co_names):
        code = code.replace(co_code=_with_jumps(code))
    return code


def _with_jumps(code: CodeType) -> bytes:
    result = bytearray(code.co_code)
    marks = list(_marks(code))
    # compile() may copy a short block: any of the copies of a label will do.
    labels = {mark.name[len(LABEL) :]: mark.end for mark in marks if mark.name.startswith(LABEL)}
    for name, start, end in marks:
        target = labels.get(name[len(GOTO) :]) if name.startswith(GOTO) else end
        if target is None:
            raise WiringError(f"{code.co_name}: nothing is left of the target of {name}")
        jump = _jump(start, target)
        rest = end - start - len(jump) // 2
        if rest < 0:
            raise WiringError(f"{code.co_name}: no room for {name}")
        # Never reached, but whoever reads the code from its start wants instructions.
        result[2 * start : 2 * end] = jump + rest * _NOP
    return bytes(result)


def _marks(code: CodeType) -> Iterator[_Mark]:
    raw = code.co_code
    for unit, opcode in enumerate(raw[::2]):
        if opcode == _LOAD:
            start, argument = _operand(raw, unit)
            name = code.co_names[argument >> 1]
            if _MARK.fullmatch(name):
                yield _Mark(name, start, _end(raw, unit, name))


def _operand(raw: bytes, unit: int) -> tuple[int, int]:
    """Where the instruction at ``unit`` starts with its prefixes, and its operand."""
    start, argument, shift = unit, raw[2 * unit + 1], 8
    while start and raw[2 * start - 2] == _PREFIX:
        start -= 1
        argument |= raw[2 * start + 1] << shift
        shift += 8
    return start, argument


def _end(raw: bytes, unit: int, name: str) -> int:
    """Where the code of a mark ends whose load stands at ``unit``: behind the use of the value."""
    _, unit = _instruction(raw, unit)
    used, unit = _instruction(raw, unit)
    if used == "TO_BOOL":
        used, unit = _instruction(raw, unit)
    if used not in (_CONDITIONS if name == ALWAYS else ("POP_TOP",)):
        raise WiringError(f"{name} is followed by {used}")
    return unit


def _instruction(raw: bytes, unit: int) -> tuple[str, int]:
    """The name of the instruction at ``unit``, and the unit behind it and its caches."""
    from bytecode import ConcreteInstr

    while True:
        instruction = ConcreteInstr.disassemble(None, raw, unit)
        unit += 1 + instruction.use_cache_opcodes()
        if instruction.name != "EXTENDED_ARG":
            return instruction.name, unit


def _jump(start: int, target: int) -> bytes:
    """The code of a jump from one unit to another."""
    from bytecode import ConcreteInstr

    name = "JUMP_FORWARD" if target > start else "JUMP_BACKWARD"
    caches = ConcreteInstr(name, 0).use_cache_opcodes()
    prefixes = 0
    while (distance := abs(target - (start + prefixes + 1 + caches))) >= 1 << 8 * (prefixes + 1):
        prefixes += 1
    # With just as many prefixes as the distance was measured with.
    instruction = ConcreteInstr(name, distance, extended_args=prefixes)
    return instruction.assemble() + bytes(2 * caches)
