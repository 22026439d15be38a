"""Which parameters functions take as signed numbers instead of unsigned ones.

before:  def f(n):                                            after:  def f(n):
             if not 2 <= n < 2147483648: …                                if n < 2: …

Only functions that nothing but calls of this module can reach may agree on something with their callers. A parameter
is signed if it is compared as a signed number somewhere in the function and used as an unsigned one nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wasm2py.binary.opcodes import BY_NAME
from wasm2py.codegen.form_costs import SIGNED_ORDER, Conventions
from wasm2py.instruction import Instruction
from wasm2py.ir.spaces import IndexSpaces
from wasm2py.module import Module

_GET = BY_NAME["local.get"]
#: the other operand of a comparison
_SIMPLE = frozenset((_GET, BY_NAME["i32.const"], BY_NAME["i64.const"]))
_REF_FUNC = BY_NAME["ref.func"]
_UNSIGNED = frozenset(
    [f"i{bits}.{op}_u" for bits in (32, 64) for op in ("lt", "le", "gt", "ge", "shr", "div", "rem")]
    + ["i64.extend_i32_u"]
)


def signed_params(module: Module, spaces: IndexSpaces) -> Conventions:
    """The conventions of a validated module."""
    reachable = set(_reachable(module))
    found: dict[int, frozenset[int]] = {}
    for position, function in enumerate(module.functions):
        index = spaces.imported_functions + position
        params = len(spaces.function_type(index).params)
        if params and index not in reachable:
            signed = _signed(function.body, params)
            if signed:
                found[index] = signed
    return found


def _reachable(module: Module) -> Iterator[int]:
    """Functions that others than calls lead to."""
    yield from (export.index for export in module.exports if export.kind == "func")
    expressions = [function.body for function in module.functions]
    expressions += [item for segment in module.elements for item in segment.items]
    expressions += [entry.init for entry in module.globals]
    expressions += [table.init for table in module.tables if table.init is not None]
    for expression in expressions:
        yield from (each.immediate for each in expression if each.opcode is _REF_FUNC)


def _signed(body: Sequence[Instruction], params: int) -> frozenset[int]:
    signed: set[int] = set()
    unsigned: set[int] = set()
    for place, instruction in enumerate(body):
        if instruction.opcode is _GET and instruction.immediate < params:
            user = body[place + 1].opcode
            if user in _SIMPLE:
                user = body[place + 2].opcode
            if user.name in SIGNED_ORDER:
                signed.add(instruction.immediate)
            elif user.name in _UNSIGNED or body[place + 1].opcode.access is not None:
                unsigned.add(instruction.immediate)
    return frozenset(signed - unsigned)
