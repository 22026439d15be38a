"""Which rule checks which instruction: most from their row in the instruction table, the others by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple, NoReturn, Optional

from wasm2py.binary.opcodes import OPCODES
from wasm2py.errors import ValidationError
from wasm2py.instruction import Opcode
from wasm2py.types import ValType
from wasm2py.validate.lattice import shared
from wasm2py.validate.operands import Operands
from wasm2py.validate.typespace import need

#: Checks one instruction with its immediate and does to the operands what it does.
Check = Callable[[Operands, Opcode, Any], None]

#: By the name of the instruction.
CHECKS: Final[dict[str, Check]] = {}

#: By the immediates of instructions that have no check of their own; their operands are in the table.
IMMEDIATE_CHECKS: Final[dict[tuple[str, ...], Check]] = {}

#: By the immediates of instructions that access memory.
ACCESS_CHECKS: Final[dict[tuple[str, ...], Check]] = {}

#: By the name of instructions that mean something else in constant expressions, or are checked otherwise there.
CONSTANT_CHECKS: Final[dict[str, Check]] = {}

#: Arithmetic was not allowed in constant expressions from the beginning.
EXTENDED_CONSTANT: Final = frozenset(f"{type}.{name}" for type in ("i32", "i64") for name in ("add", "sub", "mul"))


class Rule(NamedTuple):
    """How an instruction is checked: first by ``check`` if there is one, then by operand types if those are fixed."""

    check: Optional[Check]
    params: Optional[list[ValType]]
    results: list[ValType]


def rule(*names: str, table: dict[str, Check] = CHECKS) -> Callable[[Check], Check]:
    """Register the check of one or more instructions."""

    def register(check: Check) -> Check:
        table.update(dict.fromkeys(names, check))
        return check

    return register


@lru_cache(maxsize=32)
def rules(features: frozenset[str], constant: bool = False) -> dict[Opcode, Rule]:
    """The rule for every instruction, within functions or constant expressions, with these features on."""
    make = _constant_rule if constant else _rule
    return {opcode: make(opcode, features) for opcode in OPCODES.values()}


def _rule(opcode: Opcode, features: frozenset[str]) -> Rule:
    """The rule for an instruction in a function."""
    if not _enabled(opcode, features):
        return Rule(_refuse_feature, None, [])
    if opcode.access is not None:
        return Rule(ACCESS_CHECKS[opcode.immediates], None, [])
    if opcode.params is None:
        return Rule(CHECKS[opcode.name], None, [])
    return Rule(IMMEDIATE_CHECKS.get(opcode.immediates), shared(opcode.params), shared(opcode.results or ()))


def _enabled(opcode: Opcode, features: frozenset[str]) -> bool:
    """Whether the instruction's feature is on; the older exception handling had ``throw`` as well."""
    return opcode.feature in features or (opcode.name == "throw" and "legacy-exceptions" in features)


def _refuse_feature(v: Operands, opcode: Opcode, immediate: Any) -> NoReturn:
    need(v.context.features, opcode.feature, opcode.name)
    raise AssertionError(opcode.name)


def _constant_rule(opcode: Opcode, features: frozenset[str]) -> Rule:
    """The rule for an instruction in a constant expression (spec §3.4.13)."""
    if not opcode.constant:
        return Rule(_refuse_constant, None, [])
    if opcode.name in EXTENDED_CONSTANT and "extended-const" not in features:
        return Rule(_refuse_extended, None, [])
    if opcode.name in CONSTANT_CHECKS:
        return Rule(CONSTANT_CHECKS[opcode.name], None, [])
    return _rule(opcode, features)


def _refuse_constant(v: Operands, opcode: Opcode, immediate: Any) -> NoReturn:
    raise ValidationError(f"constant expression required, {opcode.name} is not allowed in one")


def _refuse_extended(v: Operands, opcode: Opcode, immediate: Any) -> NoReturn:
    raise ValidationError(
        f"constant expression required, and feature extended-const, which {opcode.name} needs, is off"
    )
