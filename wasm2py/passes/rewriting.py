"""What rules of simplification are: they look at one value and its operands and say what to have instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Set
from operator import attrgetter
from typing import Any, Optional

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.instruction import Opcode
from wasm2py.ir import Function, Value
from wasm2py.passes.replacing import replace
from wasm2py.types import ValType

_ID = attrgetter("id")


def count_uses(function: Function) -> Counter[int]:
    """How often each value is read, by its id."""
    read: list[Value] = []
    for block in function.blocks:
        for value in block.body:
            read += value.args
        for phi in block.phis:
            read += phi.args
        read += block.terminator.args
    return Counter(map(_ID, read))


INTEGERS = frozenset((BY_NAME["i32.const"], BY_NAME["i64.const"]))


class Rewriter:
    """What a rule may do. ``body`` is the block so far, up to the value that the rule looks at."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.body: list[Value] = []
        #: never fewer uses than there are
        self.uses = count_uses(function)

    def only_use(self, value: Value) -> bool:
        """Whether nothing but the value that the rule looks at uses this one."""
        return self.uses[value.id] == 1

    def constant(self, type: Optional[ValType], number: int) -> Value:
        """A new constant, defined here; integers of any sign."""
        value = self.function.value(
            BY_NAME[f"{type}.const"], type, [], number & (0xFFFFFFFF if type == "i32" else _MASK)
        )
        self.body.append(value)
        return value

    def become(self, value: Value, name: str, args: list[Value], immediate: Any = None) -> Value:
        """Make the value another instruction with a result of the same type."""
        for arg in args:
            self.uses[arg.id] += 1
        self._release(value.args)
        value.op, value.args, value.immediate = BY_NAME[name], args, immediate
        return value

    def _release(self, args: list[Value]) -> None:
        """One use fewer; what nothing uses any more becomes a constant, so as not to count as a user itself."""
        for arg in args:
            self.uses[arg.id] -= 1
            if not self.uses[arg.id] and arg.args and arg.op.pure and arg.op.params is not None and arg.type:
                self.become(arg, f"{arg.type}.const", [], 0)

    def replace(self, value: Value, other: Value) -> None:
        """Let ``other`` stand in for the value."""
        replace(value, other)
        self.uses[other.id] += self.uses[value.id]
        self._release(value.args)

    def become_constant(self, value: Value, number: int) -> Value:
        mask = 0xFFFFFFFF if value.type in ("i32", "f32") else _MASK
        return self.become(value, f"{value.type}.const", [], number & mask)

    def retype(self, value: Value, name: str, type: ValType) -> Value:
        """Make a value of which there is one use another instruction on the same operands."""
        value.op = BY_NAME[name]
        value.type = type
        return value


_MASK = 0xFFFFFFFFFFFFFFFF

#: (rewriter, value, width of its integers): another value to take its place; the value itself, if it was changed;
#: None if the rule does not apply
Rule = Callable[[Rewriter, Value, int], Optional[Value]]
#: the same for a value whose second operand is a constant: (…, first operand, constant)
ConstantRule = Callable[[Rewriter, Value, int, Value, int], Optional[Value]]

#: by opcode: rules with the width they are for
RULES: dict[Opcode, list[tuple[Rule, int]]] = {}
CONSTANT_RULES: dict[Opcode, list[tuple[ConstantRule, int]]] = {}
#: the instructions one of which must have made the first or last operand for any of the RULES to apply; None: any
NEEDS: dict[Opcode, Optional[Set[Opcode]]] = {}


def rule(*names: str, needs: Optional[Set[Opcode]] = None) -> Callable[[Rule], Rule]:
    """Register a rule for these instructions on integers of both widths (or for one that names its type).

    ``needs``: see NEEDS.
    """

    def register(function: Rule) -> Rule:
        for op, bits in _ops(names):
            RULES.setdefault(op, []).append((function, bits))
            others = NEEDS.get(op, frozenset())
            NEEDS[op] = None if needs is None or others is None else others | needs
        return function

    return register


def constant_rule(*names: str) -> Callable[[ConstantRule], ConstantRule]:
    """Register a rule for these instructions with a constant as second operand."""

    def register(function: ConstantRule) -> ConstantRule:
        for op, bits in _ops(names):
            CONSTANT_RULES.setdefault(op, []).append((function, bits))
        return function

    return register


def _ops(names: tuple[str, ...]) -> list[tuple[Opcode, int]]:
    full = [name for name in names if "." in name or name.startswith("select")]
    both = [f"i{bits}.{name}" for name in names if name not in full for bits in (32, 64)]
    return [(BY_NAME[name], 64 if name.startswith("i64") else 32) for name in full + both]
