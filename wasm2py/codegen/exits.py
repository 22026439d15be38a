"""Which exits of a loop are written inside it, where the loop is left, and not behind it.

before:  loop { … goto A … goto T … }  A: a; goto T          after:  loop { … { a; goto T } … goto T … }  T: …

Behind a Python loop is one place that ``break`` leads to; every other one costs a flag and a test, so the exits are
chosen that leave the fewest places to go on at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import chain
from typing import Optional

from wasm2py.ir import Block, Switch
from wasm2py.ir.dominators import Dominance

#: exits of more blocks than this stay behind the loop
MAX_BLOCKS = 6


def exited(dominance: Dominance, source: Block, target: Block) -> Optional[Block]:
    """The header of the outermost loop that ``source`` is in and ``target`` is not."""
    found = None
    loop = dominance.loop[source]
    while loop is not None and not dominance.in_loop(target, loop):
        found = loop
        loop = dominance.outer[loop]
    return found


def inner_exits(dominance: Dominance, ways_in: dict[Block, int], targets: Callable[[Block], list[Block]]) -> set[Block]:
    """The first blocks of those exits. ``ways_in`` and ``targets``: of each block that is left in the graph."""
    inside: set[Block] = set()
    for places in _places(dominance, ways_in, targets).values():
        onward = {block: _onward(block, dominance, targets) for block in places if _is_small(block, dominance, ways_in)}
        inside |= _chosen(places, onward, dominance)
    return inside


def _places(
    dominance: Dominance, ways_in: dict[Block, int], targets: Callable[[Block], list[Block]]
) -> dict[Block, list[Block]]:
    """Where the jumps out of each loop lead, once a place; a jump out of several loops belongs to the outermost."""
    found: dict[Block, list[Block]] = {}
    for block in ways_in:
        if dominance.loop[block] is None:
            continue
        for target in targets(block):
            loop = exited(dominance, block, target)
            if loop is not None:
                places = found.setdefault(loop, [])
                if target not in places:
                    places.append(target)
    return found


def _chosen(places: list[Block], onward: dict[Block, set[Block]], dominance: Dominance) -> set[Block]:
    """All the small exits, or all but one, whatever leaves the fewest places to go on at.

    One stays behind the loop, the largest, if that costs nothing.
    """
    others = {place for place in places if place not in onward}
    ways = Counter(chain.from_iterable(onward.values()))
    everything = others | ways.keys()

    def cost(kept: Optional[Block]) -> int:
        if kept is None:
            return max(1, len(everything))
        only_from_here = [end for end in onward[kept] if ways[end] == 1 and end not in others]
        return max(1, len(everything) - len(only_from_here) + (kept not in everything))

    by_size = sorted(onward, key=lambda block: dominance.enter[block] - dominance.leave[block])
    kept = min([None, *by_size] if others else [*by_size, None], key=cost)
    return {block for block in onward if block is not kept or _ends_at_once(block)}


def _ends_at_once(block: Block) -> bool:
    return not block.terminator.targets


def _is_small(block: Block, dominance: Dominance, ways_in: dict[Block, int]) -> bool:
    """Whether the exit can be written where the loop is left: its only way in, a few blocks without a loop."""
    if ways_in[block] != 1 or (dominance.leave[block] - dominance.enter[block]) // 2 >= MAX_BLOCKS:
        return False
    return not any(
        dominance.is_header(each) or isinstance(each.terminator, Switch) for each in _region(block, dominance)
    )


def _region(block: Block, dominance: Dominance) -> list[Block]:
    """The block and all that it dominates."""
    found = [block]
    for each in found:
        found += dominance.children[each]
    return found


def _onward(block: Block, dominance: Dominance, targets: Callable[[Block], list[Block]]) -> set[Block]:
    """Where control goes from an exit."""
    edges = (target for each in _region(block, dominance) for target in targets(each))
    return {target for target in edges if not dominance.dominates(block, target)}
