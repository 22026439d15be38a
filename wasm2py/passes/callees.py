"""Functions that are worth writing into their callers, and their IR.

A call in Python costs as much as about five operations. The choice and the IR depend on the module alone, so that every
function is translated alike whoever was translated before it, in whatever process.
"""

from __future__ import annotations

from collections import Counter
from typing import Optional
from weakref import WeakKeyDictionary

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Function, Return, build
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.ir.tail_calls import TAIL_CALLS
from wasm2py.module import Function as WasmFunction

#: operations up to which a function is small, and for one that is called in one place only
SMALL, SMALL_IF_ONCE = 20, 60
#: what a call costs, in operations
CALL_COST = 5
#: instructions that are no operation in Python
_FREE = frozenset(
    [
        "local.get",
        "local.set",
        "local.tee",
        "i32.const",
        "i64.const",
        "f32.const",
        "f64.const",
        "end",
        "block",
        "drop",
        "nop",
        "else",
        "return",
        "br",
    ]
)
_CALLS = frozenset(("call", "call_indirect", "call_ref"))
_NEVER = TAIL_CALLS | {BY_NAME["loop"]}
#: more instructions than this are not even counted
_MAX_BODY = 4 * SMALL_IF_ONCE


def operations(definition: WasmFunction) -> int:
    """About how many operations the body is in Python."""
    names = [instruction.opcode.name for instruction in definition.body]
    return sum(CALL_COST if name in _CALLS else name not in _FREE for name in names)


class Callees:
    """The small functions of a module."""

    def __init__(self, spaces: IndexSpaces) -> None:
        self._functions = spaces.module.functions
        self._first = spaces.imported_functions
        self._costs: dict[int, int] = {}
        self._built: dict[int, Optional[Function]] = {}
        call = BY_NAME["call"]
        bodies = [function.body for function in self._functions]
        self._calls = Counter([immediate for body in bodies for opcode, immediate, _ in body if opcode is call])

    def is_called_once(self, index: int) -> bool:
        return self._calls[index] == 1

    def cost(self, index: int) -> Optional[int]:
        """The operations of a function that is small; None for others."""
        if index not in self._costs:
            self._costs[index] = self._cost(index)
        cost = self._costs[index]
        return cost if cost <= (SMALL_IF_ONCE if self.is_called_once(index) else SMALL) else None

    def _cost(self, index: int) -> int:
        definition = self._functions[index - self._first] if index >= self._first else None
        if definition is None or len(definition.body) > _MAX_BODY or _stays(definition):
            return _MAX_BODY
        return operations(definition)

    def ir(self, spaces: IndexSpaces, index: int) -> Optional[Function]:
        """The IR of a small function, to be copied and not changed; None if it never returns."""
        if index not in self._built:
            function = build(spaces, index, self._functions[index - self._first], f"f{index}")
            returns = any(isinstance(block.terminator, Return) for block in function.blocks)
            self._built[index] = function if returns else None
        return self._built[index]


def _stays(definition: WasmFunction) -> bool:
    """Whether the body has a loop, or leaves with a call."""
    return any(instruction.opcode in _NEVER for instruction in definition.body)


_OF_MODULE: WeakKeyDictionary[IndexSpaces, Callees] = WeakKeyDictionary()


def callees_of(spaces: IndexSpaces) -> Callees:
    """The callees of a module, found once."""
    callees = _OF_MODULE.get(spaces)
    if callees is None:
        callees = _OF_MODULE[spaces] = Callees(spaces)
    return callees
