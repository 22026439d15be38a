"""Arrays that a counting loop reads from one end to the other are iterated over: streams of the loop.

before:  for i in range(i, n):                      after:  for i, x, y in zip(range(i, n), f64[p::8], f64[q::r]):
             s = s + f64[p] * f64[q]                            s = s + x * y
             p = p + 8
             q = q + r

They are read when a round begins: only loads that each round makes, before anything that writes or may trap otherwise.
Where a load would trap its slice ends, so that behind the loop it is seen whether all rounds were made (see slices).
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Optional

from wasm2py.analysis import Counter, Ranges
from wasm2py.analysis.facts import BITS
from wasm2py.analysis.induction import trace
from wasm2py.analysis.strides import Stride, Strides
from wasm2py.codegen.schedule import TRAP_OTHER, WRITE, effects
from wasm2py.codegen.tree import MIN_ROUNDS, Stream, Streams
from wasm2py.instruction import Opcode
from wasm2py.ir import Block, Function, Value
from wasm2py.ir.dominators import Dominance

#: how many rounds a loop is taken to have if no more is known; fewer if it is unrolled
_ROUNDS = 16
#: what is read is a number, and any number comes as it is
_TYPES = ("i32", "i64", "f64")
#: in nanoseconds, about, on CPython 3.13: a round saves a subscript for each load, and the step of each phi that is not
#: needed any more, for the tuple of all; each stream must be made, and the end be seen to. A single one takes less.
_SUBSCRIPT, _STEP, _TUPLE, _STREAM, _ITERATOR, _END = 22, 17, 20, 200, 50, 150


def streams(
    function: Function, dominance: Dominance, ranges: Ranges, memory_limits: Sequence[int]
) -> dict[Block, Streams]:
    """By the headers of loops: what they may read so. ``memory_limits``: the most bytes that each memory can have."""
    counted = {header: counters for header, counters in ranges.counters.items() if counters}
    if not counted:
        return {}
    finder = _Finder(function, dominance, ranges, memory_limits)
    found = {header: finder.find(header, counters) for header, counters in counted.items()}
    return {header: each for header, each in found.items() if each}


class _Finder:
    def __init__(self, function: Function, dominance: Dominance, ranges: Ranges, memory_limits: Sequence[int]) -> None:
        self.function = function
        self.dominance = dominance
        self.ranges = ranges
        self.memory_limits = memory_limits
        self._uses: Tally[Value] = Tally()
        self._blocks: dict[Block, list[Block]] = {}
        for block in dominance.order:
            header = dominance.loop[block]
            if header is not None:
                self._blocks.setdefault(header, []).append(block)
        self._around = set(dominance.outer.values())

    def find(self, header: Block, counters: list[Counter]) -> Optional[Streams]:
        """The streams of a loop, if there are any and they pay."""
        blocks = self._blocks[header]  # all of them, if there is no loop inside
        if header in self._around or not _keeps_sizes(blocks):
            return None
        if max(map(self.ranges.rounds, counters)) < MIN_ROUNDS:
            return None
        inside = self.dominance.in_loop
        exits = [block for block in blocks if not all(inside(target, header) for target in block.terminator.targets)]
        if exits != [counters[0].exit.block]:
            return None
        strides = Strides(self.dominance, blocks)
        top = self._is_top(blocks, exits[0])
        found = _rows(self._rising(self._loads(blocks, exits[0], strides.latches, top), strides))
        loads = [load for stream in found for load in stream.loads]
        dead = strides.serving(loads, exits[0].terminator.args[0], self.uses)
        single = len(found) == 1 and not top and any(counter.phi in dead for counter in counters)
        steps = len(dead.intersection(header.phis)) - any(counter.phi in dead for counter in counters)
        if not _pays(found, steps, single):
            return None
        within = {value.id for load in loads for value in strides.made_of(load.args[0])}
        return Streams(found, top, single, dead, within)

    @property
    def uses(self) -> Tally[Value]:
        """How often each value is an operand."""
        if not self._uses:
            for block in self.function.blocks:
                for value in (*block.phis, *block.body):
                    self._uses.update(value.args)
                self._uses.update(block.terminator.args)
        return self._uses

    def _is_top(self, blocks: list[Block], exit: Block) -> bool:
        """Whether the test stands before what a round does."""
        return exit is blocks[0] and any(effects(value) for block in blocks[1:] for value in block.body)

    def _loads(self, blocks: list[Block], exit: Block, latches: list[Block], top: bool) -> Iterator[Value]:
        """The loads of every round that nothing comes before that is seen from outside, or changes memory."""
        dominates = self.dominance.dominates
        for block in blocks:
            if top:
                always = block is not blocks[0] and all(dominates(block, latch) for latch in latches)
            else:
                always = dominates(block, exit)
            for value in block.body:
                if effects(value) & (WRITE | TRAP_OTHER):
                    return
                if always and self._is_load(value):
                    yield value

    def _is_load(self, value: Value) -> bool:
        access = value.op.access
        if access is None or access.store or access.atomic or access.type not in _TYPES or not self.uses[value]:
            return False
        return not self.function.spaces.memories[value.immediate.memory].shared

    def _rising(self, loads: Iterator[Value], strides: Strides) -> Iterator[tuple[Value, Stride]]:
        for load in loads:
            stride = strides.of(load.args[0])
            if stride is not None and self._rises(stride, load):
                yield load, stride

    def _rises(self, stride: Stride, load: Value) -> bool:
        """Whether a valid address and the stride do not wrap around: what is beyond memory stays there."""
        low, high = (0, 0) if stride.value is None else self.ranges.of(stride.value)[:2]
        room = (1 << BITS[load.args[0].type]) - self.memory_limits[load.immediate.memory]
        return stride.number + low > 0 and stride.number + high <= room


def _keeps_sizes(blocks: list[Block]) -> bool:
    """Whether no memory can grow."""
    return not any(value.op.calls or value.op.name == "memory.grow" for block in blocks for value in block.body)


def _rows(loads: Iterable[tuple[Value, Stride]]) -> list[Stream]:
    """The streams: loads that lie side by side, as an unrolled loop has them, are one."""
    groups: dict[tuple[Opcode, int, Value, Stride], list[tuple[int, Value]]] = {}
    for load, stride in loads:
        base, ahead = trace(load.args[0])
        place = ahead + load.immediate.offset
        groups.setdefault((load.op, load.immediate.memory, base, stride), []).append((place, load))
    found: list[Stream] = []
    for (*_, stride), group in groups.items():
        group.sort(key=itemgetter(0))
        while group:
            near = [each for each in group if stride.value is not None or each[0] < group[0][0] + stride.number]
            between = _between(near, stride)
            if between:
                found.append(Stream([load for _, load in near], Stride(between)))
            else:
                found += [Stream([load], stride) for _, load in near]
            del group[: len(near)]
    return found


def _between(group: list[tuple[int, Value]], stride: Stride) -> int:
    """How far apart the loads of a round are, and the first one of the next round from the last; 0 if that differs."""
    if len(group) == 1 or stride.value is not None or stride.number % len(group):
        return 0
    offsets = {load.immediate.offset for _, load in group}
    if len(offsets) > 1 and len({place - load.immediate.offset for place, load in group}) > 1:
        return 0  # a sum may wrap around, an offset does not: it is not sure that they lie side by side
    (first, _), step = group[0], stride.number // len(group)
    return step if all(place == first + step * index for index, (place, _) in enumerate(group)) else 0


def _pays(streams: list[Stream], steps: int, single: bool) -> bool:
    if not streams or not (steps or single):
        return False
    lengths = [len(stream.loads) for stream in streams]
    saved = sum(lengths) * _SUBSCRIPT + steps * _STEP - (0 if single and lengths == [1] else _TUPLE)
    made = len(streams) * _STREAM + sum(length > 1 for length in lengths) * _ITERATOR + (0 if single else _END)
    return _ROUNDS // max(lengths) * saved > made
