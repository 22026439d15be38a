"""Checking a sequence of instructions: function bodies and constant expressions (spec §3.4.12, §3.4.13)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Union, overload

from wasm2py.errors import ValidationError
from wasm2py.instruction import Opcode
from wasm2py.module import Expr, Function
from wasm2py.types import ValType
from wasm2py.validate import aggregate, control, exceptions, memory, reference, table, variable, vector
from wasm2py.validate.context import Context
from wasm2py.validate.implementation_limits import MAX_LOCALS, at_most
from wasm2py.validate.operands import Operands
from wasm2py.validate.registry import Rule, rules

#: The modules that register checks, imported for that.
RULE_MODULES = (aggregate, control, exceptions, memory, reference, table, variable, vector)

#: Up to so many locals, a list of their types costs next to nothing.
_FEW_LOCALS = 1000


def check_expression(v: Operands, expr: Expr, table: dict[Opcode, Rule]) -> None:
    """Check the instructions one after the other; an error says at which of them."""
    stack = v.stack
    for opcode, immediate, offset in expr:
        try:
            check, params, results = table[opcode]
            if check is not None:
                check(v, opcode, immediate)
            if params is not None:
                base = len(stack) - len(params)
                if base >= v.frame.height and stack[base:] == params:
                    stack[base:] = results
                else:
                    v.replace(params, results)
        except ValidationError as error:
            raise ValidationError(error.message, offset, instruction=opcode.name) from None
    if v.frames:
        raise ValidationError("END opcode expected")


def check_constant(context: Context, expr: Expr, type: ValType) -> None:
    """A constant expression with one result."""
    check_expression(Operands(context, [type]), expr, rules(context.features, constant=True))


def check_function(context: Context, function: Function) -> None:
    """The locals and the body of a function (spec §3.5.6, §3.5.7)."""
    params, results = context.types.function(function.typeidx)
    locals = _local_types(context, params, function.locals)
    check_expression(Operands(context, results, locals, len(params)), function.body, rules(context.features))


def _local_types(context: Context, params: list[ValType], runs: Iterable[tuple[int, ValType]]) -> Sequence[ValType]:
    """The types of parameters and locals. Nothing of their number is allocated before it is known to be small."""
    canonical = [(count, context.types.value_type(type)) for count, type in runs]
    total = len(params) + sum(count for count, _ in canonical)
    at_most(MAX_LOCALS, total, "locals")
    if total == len(params):
        return params
    if total > _FEW_LOCALS:
        return _Locals(params, canonical)
    types = params.copy()
    for count, type in canonical:
        types += [type] * count
    return types


class _Locals(Sequence[ValType]):
    """Parameters and runs of locals as they are, for functions with many: there may be many such functions."""

    def __init__(self, params: list[ValType], runs: Sequence[tuple[int, ValType]]) -> None:
        self._params = params
        self._types = [type for _, type in runs]
        self._ends = list(accumulate((count for count, _ in runs), initial=len(params)))

    def __len__(self) -> int:
        return self._ends[-1]

    @overload
    def __getitem__(self, index: int) -> ValType: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ValType]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[ValType, Sequence[ValType]]:
        if isinstance(index, slice):
            raise TypeError("locals are looked up one by one")
        if index < len(self._params):
            return self._params[index]
        return self._types[bisect_right(self._ends, index) - 1]
