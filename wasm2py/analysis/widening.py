"""What is assumed of the phis of a loop header, until a walk of the loop proves it.

A linear phi is bounded by the test that ends the loop, by the rounds that another linear phi of the loop allows, or by
the size of memory (a pointer that is read through in each round cannot have left it). One that steps by a variable is
bounded by the rounds, too. Any other phi is assumed to stay within a usual size. What fails is assumed wider.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

from wasm2py.analysis.induction import (
    Exit,
    Linear,
    Lookup,
    Varying,
    after_rounds,
    going_on,
    guess,
    met_exit,
    reach,
    rounds,
)
from wasm2py.analysis.interval import FULL, Interval, contains, fit, join
from wasm2py.ir import Value

#: values that bytes, sizes and counters often stay below
_LIMITS = (1 << 8, 1 << 16, 1 << 24, 1 << 31, 1 << 32, 1 << 63)
#: failed walks of a loop after which nothing is guessed any more
_PATIENCE = 4
#: how far a phi has to go until a test ends the loop, from an interval that it starts in
Distance = Callable[[Value, Exit, Interval], Interval]


class LoopPhis:
    """The assumptions for the integer phis of one loop.

    ``bits``: the width of each phi by id. ``linear``, ``varying``: those of them that are. ``brought``: what the ways
    back seem to bring to some. ``tops``: how large a value may be that no address made from it wraps around.
    """

    def __init__(
        self,
        bits: dict[int, int],
        linear: list[Linear],
        varying: list[Varying],
        brought: dict[int, Interval],
        tops: dict[int, int],
    ) -> None:
        self.bits = bits
        self.brought = brought
        self.varying = {each.phi.id: each for each in varying}
        self.linear = {each.phi.id: each for each in linear}
        self.tops = tops
        self.assumed: dict[int, Interval] = {}
        #: phis whose interval needs no walk
        self.proved: set[int] = set()
        #: by a test that they are sure to meet
        self.counted: dict[int, Exit] = {}
        #: where they are behind it if the loop goes on
        self.going_on: dict[int, Optional[Interval]] = {}
        self._starts: dict[int, Interval] = {}
        self._failures = dict.fromkeys(bits, 0)
        self._seen: dict[int, Interval] = {}
        self._failed_walks = 0

    def assume(self, starts: dict[int, Interval], lookup: Lookup, apart: Distance) -> dict[int, Interval]:
        """The interval of each phi, from what it is when the loop is entered."""
        self._starts = starts
        self.assumed, self.proved, self.counted, self.going_on = {}, set(), {}, {}
        for id, start in starts.items():
            found = self._by_test(id, start, lookup, apart) if id in self.linear else None
            if found:
                self.assumed[id] = found
        count = self._most_rounds()
        for id in starts.keys() - self.assumed.keys():
            bounded = self._by_rounds(id, starts[id], count, lookup)
            otherwise = self._by_memory if id in self.linear else self._as_seen
            self.assumed[id] = bounded or otherwise(id, starts[id])
        return self.assumed

    def holds(self, backs: dict[int, Interval], patient: bool) -> bool:
        """Whether what the ways back bring was assumed. If not, the next assumption is another one.

        Unless ``patient``, it is none.
        """
        failed = [
            id
            for id, back in backs.items()
            if id not in self.proved and not contains(self.assumed[id], back, self.bits[id])
        ]
        for id in failed:
            self._failures[id] += 1
            self._seen[id] = join(self._seen.get(id, backs[id]), backs[id], self.bits[id])
        if failed:
            self._failed_walks += 1
            if self._failed_walks > _PATIENCE or not patient:
                self._failures = dict.fromkeys(self._failures, _PATIENCE)
        return not failed

    def seen(self, backs: dict[int, Interval]) -> dict[int, Interval]:
        """What the phis that were not bounded by their shape are, as the walk that proved the assumption found."""
        return {
            id: join(self._starts[id], back, self.bits[id])
            for id, back in backs.items()
            if id not in self.linear and id not in self.proved
        }

    def _by_test(self, id: int, start: Interval, lookup: Lookup, apart: Distance) -> Optional[Interval]:
        each = self.linear[id]
        exit = met_exit(each, start, lookup, lambda exit: apart(each.phi, exit, start))
        if exit:
            self.proved.add(id)
            self.counted[id] = exit
            self.going_on[id] = going_on(each, exit, start, lookup, self.bits[id])
            return reach(each, exit, start, lookup, self.bits[id])
        return None if self._failures[id] else guess(each, start, lookup, self.bits[id])

    def _most_rounds(self) -> Optional[int]:
        counts = [
            rounds(each.step, self.assumed[id], self.bits[id]) for id, each in self.linear.items() if id in self.assumed
        ]
        return min((count for count in counts if count is not None), default=None)

    def _by_rounds(self, id: int, start: Interval, count: Optional[int], lookup: Lookup) -> Optional[Interval]:
        """As long as the phi that counts the rounds proves right, this one does."""
        if count is None:
            return None
        if id in self.linear:
            step = self.linear[id].step
            steps = (step, step, 0)
        elif id in self.varying:
            steps = lookup(self.varying[id].step)
        else:
            return None
        found = after_rounds(steps, start, count, self.bits[id])
        if found[1] - found[0] + found[2] >= 1 << self.bits[id]:
            return None
        self.proved.add(id)
        return found

    def _by_memory(self, id: int, start: Interval) -> Interval:
        """Just so far that what is added to the phi does not wrap around."""
        bits, step = self.bits[id], self.linear[id].step
        low, high, _ = start
        if self._failures[id] > 1 or low < 0 or (self._failures[id] and not self.linear[id].exits):
            return self._low_bits(id, start)
        if step < 0:
            return join((low % -step, high, -step), start, bits)
        end = self.tops.get(id, (1 << bits) - 1)
        return join((low, end - (end - low) % step, step), start, bits) if end > high else self._low_bits(id, start)

    def _as_seen(self, id: int, start: Interval) -> Interval:
        if id in self.brought and not self._failures[id]:
            return join(start, self.brought[id], self.bits[id])
        seen = join(start, self._seen[id], self.bits[id]) if id in self._seen else start
        usual = self._failures[id] < 2
        return self._widened(id, seen) if usual else self._low_bits(id, seen)

    def _widened(self, id: int, seen: Interval) -> Interval:
        """Up to where addresses begin to wrap around, or else up to a usual size."""
        bits = self.bits[id]
        half = 1 << bits - 1
        low, high, _ = seen
        usual = next((limit for limit in _LIMITS if high < limit), 1 << bits) - 1
        top = self.tops.get(id, 0)
        if low < high and not self._failures[id]:
            top = usual  # what is a range already tends to stay in it
        elif high >= top:
            top = max(usual, (half >> 3 if not self._failures[id] else half) - 1)  # so that twice as much does not wrap
        bottom = next((limit for limit in (0, -1 << 8, -1 << 16) if low >= limit), -half)
        return join(fit(bottom, min(top, 2 * half - 1 if bottom >= 0 else half - 1), 1, bits), seen, bits)

    def _low_bits(self, id: int, seen: Interval) -> Interval:
        """Anything, with the same low bits as seen so far."""
        bits = self.bits[id]
        if self._failures[id] >= _PATIENCE:
            return FULL[bits]
        if id in self.linear:
            step = self.linear[id].step
            seen = after_rounds((step, step, 0), seen, 1 << bits, bits)
        return fit(seen[0], seen[0] + (1 << bits), seen[2], bits) if seen[2] else FULL[bits]
