"""The numbers that a counting loop runs through, as a ``range``.

``phi + offset < limit`` lets a round follow on the one of ``phi``, if it stands at its end, or happen, at the top.
"""

from __future__ import annotations

import ast
from typing import Optional

from wasm2py.analysis import Counter
from wasm2py.codegen import pyast as py
from wasm2py.codegen.tree import For
from wasm2py.ir import Value


def beyond(counter: Counter, top: bool) -> tuple[int, Optional[Value]]:
    """What to add to the limit for the first number that is not counted: a constant, and the step if that varies."""
    shift = {"le": 1, "ge": -1}.get(counter.exit.op, 0) - counter.exit.offset
    if top or counter.exit.stepped:
        return shift, None
    if isinstance(counter.step, int):
        return shift + counter.step, None
    return shift, counter.step


def rises(counter: Counter) -> bool:
    return not isinstance(counter.step, int) or counter.step > 0


def numbers(loop: For, names: dict[int, str]) -> ast.expr:
    """``range(i, stop, step)``. A loop tested at the end has a first round, whatever the limit."""
    counter = loop.counter
    variable, end = py.name(names[counter.phi.id]), bound(loop, names)
    if counter.step == 1:
        return py.call("range", [variable, end])
    step = py.integer(counter.step) if isinstance(counter.step, int) else _operand(counter.step, names)
    return py.call("range", [variable, end, step])


def bound(loop: For, names: dict[int, str]) -> ast.expr:
    """Where the numbers end: as many as there are rounds."""
    end = stop(loop, names)
    if loop.certain:
        return end
    variable, up = py.name(names[loop.counter.phi.id]), rises(loop.counter)
    ahead = py.compare(stop(loop, names), py.GT if up else py.LT, variable)
    return py.choice(ahead, end, py.plus(variable, 1 if up else -1))


def stop(loop: For, names: dict[int, str]) -> ast.expr:
    """The first number that is not counted."""
    shift, step = beyond(loop.counter, loop.top)
    limit = loop.counter.exit.limit
    if limit is None or limit.is_const:
        end = py.integer(loop.counter.compared(loop.counter.limit)[0] + shift)
        return end if step is None else py.binary(end, py.ADD, _operand(step, names))
    end = py.name(names[limit.id])
    return py.plus(end if step is None else py.binary(end, py.ADD, _operand(step, names)), shift)


def _operand(value: Value, names: dict[int, str]) -> ast.expr:
    return py.name(names[value.id])


def end_value(loop: For, names: dict[int, str]) -> ast.stmt:
    """``i`` becomes what did not pass the test at the top, in steps of one."""
    variable = names[loop.counter.phi.id]
    ahead = py.compare(py.name(variable), py.LT if rises(loop.counter) else py.GT, stop(loop, names))
    return py.assign(variable, py.choice(ahead, stop(loop, names), py.name(variable)))
