"""The slices that a loop iterates over (see streams), and how it is seen that none of them was too short.

Element i of a view is at address i, so that the step of a slice is a number of bytes. Slices read memory as it is when
it is the turn of an element. One that starts or ends beyond the memory just ends there, without a trap.
"""

from __future__ import annotations

import ast
from typing import Optional

from wasm2py.analysis import Counter
from wasm2py.analysis.facts import BITS
from wasm2py.codegen import pyast as py
from wasm2py.codegen.expressions import Expressions
from wasm2py.codegen.held import Held
from wasm2py.codegen.rounds import bound, numbers, rises, stop
from wasm2py.codegen.tree import For, Stream, Streams
from wasm2py.ir import Value

#: no memory has a byte there
_NOWHERE = 1 << 32
_NONE = py.constant(None)


class Slices:
    """What a For with streams consists of. To be asked for ``before`` the loop first."""

    def __init__(self, e: Expressions, loop: For, streams: Streams) -> None:
        self.e = e
        self.loop = loop
        self.streams = streams
        self.counter = e.names[loop.counter.phi.id]
        self.names = [e.names[load.id] for load in streams.loads]
        #: the integers among the streams, as they come
        self.integers: dict[Value, Held] = {}
        self.firsts = [self._first(each) for each in streams.all]
        self.ratio = _ratio(loop.counter, streams)
        self.end = e.new_name("end") if self.ratio else ""

    @property
    def before(self) -> list[ast.stmt]:
        if self.ratio:
            return [py.assign(self.end, self._end(self.ratio))]
        return [py.assign(self.names[0], _NONE)]

    @property
    def target(self) -> ast.expr:
        names = self.names if self.ratio else [self.counter, *self.names]
        targets: list[ast.expr] = [py.target(name) for name in names]
        return targets[0] if len(targets) == 1 else ast.Tuple(targets, py.STORE)

    @property
    def values(self) -> ast.expr:
        parts = [] if self.ratio else [numbers(self.loop, self.e.names)]
        end = py.name(self.end) if self.ratio else None
        for stream, first in zip(self.streams.all, self.firsts):
            parts += self._parts(stream, self._slice(stream, first, end))
        return parts[0] if len(parts) == 1 else py.call("zip", parts)

    def _parts(self, stream: Stream, slice: ast.expr) -> list[ast.expr]:
        """What ``zip`` is given for a stream: the same iterator for each of its loads."""
        if len(stream.loads) == 1:
            return [slice]
        first, again = self.e.named(py.call("iter", [slice]))
        return [first, *[again for _ in stream.loads[1:]]]

    @property
    def behind(self) -> list[ast.stmt]:
        """What traps if not all rounds were made."""
        view = self.firsts[0].value
        if self.ratio:
            stride = self.streams.all[0].stride.number
            return [ast.Expr(ast.Subscript(view, py.plus(py.name(self.end), -stride), py.LOAD))]
        return [ast.If(self._unfinished(), [ast.Expr(ast.Subscript(view, py.integer(_NOWHERE), py.LOAD))], [])]

    def _first(self, stream: Stream) -> ast.Subscript:
        """What the first round reads, with the address written out of what there is before the loop."""
        e, load = self.e, stream.loads[0]
        kept, e.inlined, e.stepping = e.inlined, e.inlined | self.streams.within, False
        if load.type in BITS:
            held = e.computed(load)
            self.integers.update(dict.fromkeys(stream.loads, held))
            node = held.node
        else:
            node = e.evaluate(load)
        e.inlined = kept
        assert isinstance(node, ast.Subscript)
        return node

    def _slice(self, stream: Stream, first: ast.Subscript, end: Optional[ast.expr]) -> ast.expr:
        number, value = stream.stride
        step = None if number == 1 else py.integer(number)
        if value is not None:
            step = py.plus(self.e.number(value), number)
        return ast.Subscript(first.value, ast.Slice(first.slice, end, step), py.LOAD)

    def _end(self, ratio: int) -> ast.expr:
        """The address that the stream stops at: as far from the first one, in strides, as the counter has to go."""
        start, last = self.firsts[0].slice, bound(self.loop, self.e.names)
        if ratio == 1 and isinstance(start, ast.Name) and start.id == self.counter:
            return last
        way: ast.expr = py.binary(last, py.SUB, py.name(self.counter))
        if ratio < 0:
            way = _minus(py.name(self.counter), last)
        return py.binary(start, py.ADD, way if abs(ratio) == 1 else py.binary(way, py.MULT, py.integer(abs(ratio))))

    def _unfinished(self) -> ast.expr:
        """Whether a stream has ended before the counter did. ``zip`` sets nothing in a round that it cannot begin."""
        counter, step = self.loop.counter, self.loop.counter.step
        ahead = py.LT if rises(counter) else py.GT
        now = py.name(self.counter)
        next = py.plus(now, step) if isinstance(step, int) else py.binary(now, py.ADD, self.e.number(step))
        nothing = py.compare(py.name(self.names[0]), py.IS, _NONE)
        if self.loop.top:
            return py.compare(py.choice(nothing, now, next), ahead, stop(self.loop, self.e.names))
        return py.both(nothing, py.compare(next, ahead, stop(self.loop, self.e.names)), True)


def _minus(left: ast.expr, right: ast.expr) -> ast.expr:
    if isinstance(right, ast.UnaryOp) and isinstance(right.operand, ast.Constant):
        return py.binary(left, py.ADD, right.operand)  # a negative literal
    return py.binary(left, py.SUB, right)


def _ratio(counter: Counter, streams: Streams) -> int:
    """How many bytes a step of one of the counter is; 0 if the counter is needed, or is not sure to meet its end."""
    step, (loads, (number, value)) = counter.step, streams.all[0]
    if not streams.single or counter.phi not in streams.dead or not isinstance(step, int) or value is not None:
        return 0
    stride = number * len(loads)
    return stride // step if stride % step == 0 and (counter.exit.op == "ne" or abs(step) == 1) else 0
