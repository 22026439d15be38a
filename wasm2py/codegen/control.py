"""Which form the control flow of a function gets.

Nested, as a person writes it, where CPython's limits allow; else flat, with a state variable; or, where the text is
going to be compiled here and now (``wasm2py.wiring``), with jumps.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeVar

from wasm2py.codegen.jumps import JumpLowering
from wasm2py.codegen.labels import copied_tails, narrowed, single_exits
from wasm2py.codegen.lower import Emitter, Lowering
from wasm2py.codegen.structure import Structurer, TooDeep
from wasm2py.codegen.tidy import tidy

E = TypeVar("E", bound=Emitter)


def lower_control(
    structurer: Structurer, emitter: Callable[[], E], nested: bool, jumps: bool
) -> tuple[E, list[ast.stmt]]:
    """The statements of a function, and the emitter that made them: a new one for each form that is tried."""
    lowering: type[Lowering] = JumpLowering if jumps else Lowering
    if nested:
        try:
            made = emitter()
            tree = copied_tails(narrowed(structurer.nested()), structurer.size)
            return made, lowering(made).body(tidy(tree if jumps else single_exits(tree)))
        except TooDeep:
            pass
    made = emitter()
    return made, lowering(made).body(structurer.flat())
