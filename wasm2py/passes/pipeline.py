"""Which passes run, in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from wasm2py.ir import Function
from wasm2py.options import Options
from wasm2py.passes.dead_stores import remove_dead_stores
from wasm2py.passes.dead_values import remove_dead_values
from wasm2py.passes.drop_casts import drop_casts
from wasm2py.passes.fold_branches import fold_branches
from wasm2py.passes.forward_globals import forward_globals
from wasm2py.passes.forward_memory import forward_memory
from wasm2py.passes.guard_stores import guard_stores
from wasm2py.passes.inline import inline_calls
from wasm2py.passes.merge_blocks import merge_blocks
from wasm2py.passes.number_values import number_values
from wasm2py.passes.rotate_increments import rotate_increments
from wasm2py.passes.simplify import simplify

#: called with a stage, which is BUILT and then the name of each pass that ran, and the function as it is after that
Observer = Callable[[str, Function], None]

#: the stage before the first pass
BUILT = "build"


class Pass(NamedTuple):
    """``run`` changes the function in place. It is part of every level from ``level`` on."""

    name: str
    level: int
    run: Callable[[Function], None]


#: in the order in which they run
PASSES = (
    # First of all: everything after then looks at caller and callee together.
    Pass("inline-calls", 2, inline_calls),
    # Empty blocks and chains of blocks first: everything after has fewer edges to look at.
    Pass("merge-blocks", 1, merge_blocks),
    # Globals before memory: an address from the stack pointer is then one value all over the function.
    Pass("forward-globals", 2, forward_globals),
    Pass("forward-memory", 2, forward_memory),
    # Without the loads that are known now, some stores are for nobody.
    Pass("dead-stores", 2, remove_dead_stores),
    # For the loads that are left.
    Pass("guard-stores", 2, guard_stores),
    # What programs compute needlessly, at once where they do it.
    Pass("simplify", 1, simplify),
    Pass("fold-branches", 1, fold_branches),
    Pass("merge-blocks", 1, merge_blocks),
    Pass("number-values", 2, number_values),
    # When as few blocks as possible hide what was tested.
    Pass("drop-casts", 2, drop_casts),
    # Sums must be in their simple form for it, and what it makes is.
    Pass("rotate-increments", 2, rotate_increments),
    # Last: what the others left without a use.
    Pass("dead-values", 1, remove_dead_values),
)


def run_passes(function: Function, options: Options, observe: Observer | None = None) -> None:
    """Run the passes of the level that are not switched off."""
    if observe:
        observe(BUILT, function)
    for each in PASSES:
        if options.optimize >= each.level and each.name not in options.disabled_passes:
            each.run(function)
            if observe:
                observe(each.name, function)
