"""How each variable holds its integers: unsigned, signed, or as they come (lazy), whichever costs least.

before:  l7 = u32[l5]                                             after:  l7 = i32[l5]
         if (l7 if l7 <= 2147483647 else l7 - 4294967296) < 10:           if l7 < 10:

before:  l1 = l1 + l2 & 4294967295   (in a loop)                  after:  l1 = l1 + l2
         return l1                                                        return l1 & 4294967295

The values of one variable are held alike, so that copies between them stay free. Only sums are held lazily from round
to round: they grow so slowly that their size never matters, while a product would double its digits each time.
Nothing rests on these choices: every use looks at the interval of what it is given.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from wasm2py.analysis import Ranges
from wasm2py.analysis.interval import Interval, signed, unsigned
from wasm2py.codegen.schedule import Schedule
from wasm2py.ir import Block, Branch, Function, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import PARAM, PHI

#: what a use or definition costs, in nanoseconds: with the variable held (unsigned, signed, lazy)
Cost = tuple[int, int, int]

#: about, of ``x & M``, of ``x if x <= H else x - M`` for a name and for an expression, and of a comparison of an
#: unsigned number with a signed constant
MASK, RESIGN, WRAP_SIGNED, RANGE_TEST = 12, 10, 22, 4
#: a place in a loop counts 8 times for each loop around it
_MAX_DEPTH = 5
_BITS: dict[object, int] = {"i32": 32, "i64": 64}

_SIGNED_ORDER = frozenset(f"i{bits}.{op}_s" for bits in (32, 64) for op in ("lt", "le", "gt", "ge"))
_SIGNED = _SIGNED_ORDER | {"i64.extend_i32_s"} | {f"f{w}.convert_i{b}_s" for w in (32, 64) for b in (32, 64)}
#: signed in their first operand only
_SIGNED_FIRST = frozenset(f"i{bits}.{op}_s" for bits in (32, 64) for op in ("shr", "div", "rem"))
_SUMS = frozenset(f"i{bits}.{op}" for bits in (32, 64) for op in ("add", "sub"))
_PRODUCTS = frozenset(f"i{bits}.{op}" for bits in (32, 64) for op in ("mul", "shl", "rotl", "rotr"))
#: take any form as it comes
_ANY = _SUMS | frozenset(
    [f"i{bits}.{op}" for bits in (32, 64) for op in ("mul", "and", "or", "xor", "shl", "store8", "store16")]
    + ["i32.wrap_i64"]
)
#: take signed and unsigned numbers
_EITHER = frozenset(
    [f"i{bits}.{op}" for bits in (32, 64) for op in ("eq", "ne", "eqz")]
    + ["i32.store", "i64.store", "i64.store32", "select"]
)
_SIGNED_RESULTS = frozenset(
    [f"i{bits}.{op}_s" for bits in (32, 64) for op in ("shr", "div", "rem", "load8", "load16", "extend8", "extend16")]
    + ["i64.load32_s", "i64.extend32_s", "i64.extend_i32_s"]
)
_LOADS = frozenset(("i32.load", "i64.load"))
_FREE = _LOADS | {"select"}


@dataclass
class Forms:
    """Ids of the values held signed and lazy; all others are held unsigned."""

    signed: set[int] = field(default_factory=set)
    lazy: set[int] = field(default_factory=set)


def choose_forms(
    function: Function, dominance: Dominance, ranges: Ranges, plan: Schedule, names: dict[int, str], lazy: bool
) -> Forms:
    """The cheapest form of each variable; with ``lazy`` false only signed and unsigned ones."""
    vote = _Vote(function, dominance, ranges, plan, names)
    vote.run()
    forms = Forms(signed=vote.signed_loads)
    chosen: dict[str, set[int]] = {}
    for name, (as_unsigned, as_signed, as_lazy) in vote.costs.items():
        if lazy and name not in vote.growing and as_lazy < min(as_unsigned, as_signed):
            chosen[name] = forms.lazy
        elif as_signed < as_unsigned:
            chosen[name] = forms.signed
    for name in [name for name, form in chosen.items() if form is forms.lazy and name in vote.shared]:
        if any(chosen.get(other) is forms.lazy for other in vote.reads.get(name, ())):
            del chosen[name]  # the two could double each other
            if vote.costs[name][1] < vote.costs[name][0]:
                chosen[name] = forms.signed
    for id, name in names.items():
        if name in chosen and id in vote.integers:
            chosen[name].add(id)
    return forms


class _Vote:
    """``costs`` of each variable; ``growing`` are those whose digits might pile up if they were held lazily."""

    def __init__(
        self, function: Function, dominance: Dominance, ranges: Ranges, plan: Schedule, names: dict[int, str]
    ) -> None:
        self.function = function
        self.dominance = dominance
        self.ranges = ranges
        self.plan = plan
        self.names = names
        self.costs: dict[str, Cost] = {}
        self.growing: set[str] = set()
        self.shared = {name for name, count in Counter(names.values()).items() if count > 1}
        #: other variables that the definitions of a variable read
        self.reads: dict[str, set[str]] = {}
        self.integers: set[int] = set()
        #: loads without a name whose use wants them signed
        self.signed_loads: set[int] = set()
        self.weight = 1

    def run(self) -> None:
        for param in self.function.params:
            if param.type in _BITS:
                self.integers.add(param.id)
                self._add(self.names[param.id], (0, RESIGN, 0))
        for block in self.function.blocks:
            for phi in block.phis:
                if phi.type in _BITS and phi.id in self.names:
                    self._phi(phi, block)
            self.weight = 1 << 3 * min(self.dominance.depth.get(block, 0), _MAX_DEPTH)
            for value in block.body:
                self._value(value)
            self._left(block)

    def _add(self, name: str, cost: Cost) -> None:
        u, s, lazy = self.costs.get(name, (0, 0, 0))
        weight = self.weight
        self.costs[name] = (u + cost[0] * weight, s + cost[1] * weight, lazy + cost[2] * weight)

    # -- uses ----------------------------------------------------------------------------------------------------

    def _value(self, value: Value) -> None:
        for index, arg in enumerate(value.args):
            if arg.type in _BITS and not arg.is_const:
                cost = use_cost(value, index, self.ranges.operand(value, index))
                if cost and arg.id in self.names:
                    self._add(self.names[arg.id], cost)
                elif cost and cost[1] < cost[0] and arg.op.name in _LOADS:
                    self.signed_loads.add(arg.id)
        if value.type in _BITS and value.id in self.names and not value.is_const:
            self.integers.add(value.id)
            self._defined(self.names[value.id], value)

    def _left(self, block: Block) -> None:
        """What the terminator reads: a condition takes either form, results and indices are unsigned."""
        for index, arg in enumerate(block.terminator.args):
            if arg.type in _BITS and arg.id in self.names:
                either = isinstance(block.terminator, Branch)
                both = _is_both(self.ranges.terminator_operand(block, index), _BITS[arg.type])
                self._add(self.names[arg.id], (0, 0 if both or either else MASK, MASK))

    # -- definitions ---------------------------------------------------------------------------------------------

    def _phi(self, phi: Value, block: Block) -> None:
        name = self.names[phi.id]
        self.integers.add(phi.id)
        for index, (pred, arg) in enumerate(zip(block.preds, phi.args)):
            self.weight = 1 << 3 * min(self.dominance.depth.get(pred, 0), _MAX_DEPTH)
            if arg.id in self.names:
                other = self.names[arg.id]
                if other != name:
                    self.reads.setdefault(name, set()).add(other)
                    both = _is_both(self.ranges.operand(phi, index), _BITS[phi.type])
                    self._add(name, (0, 0 if both else RESIGN, 0))
                    self._add(other, (0, 0 if both else MASK, MASK))
            elif not arg.is_const:
                self._defined(name, arg)

    def _defined(self, name: str, value: Value) -> None:
        """``name = value``, by a statement or on an edge."""
        self._add(name, self._definition(value))
        if name in self.shared:
            sums = value.op.name in _SUMS
            if value.op.name in _PRODUCTS or self._occurrences(name, value) > (1 if sums else 0):
                self.growing.add(name)

    def _occurrences(self, name: str, value: Value) -> int:
        """How often the expression of the value reads the variable; many, if not only as a term of a sum."""
        count = 0
        for arg in value.args:
            if arg.id in self.names:
                self.reads.setdefault(name, set()).add(self.names[arg.id])
                count += self.names[arg.id] == name
            elif not arg.is_const:
                inner = self._occurrences(name, arg)
                count += inner if arg.op.name in _SUMS else 2 * inner
        self.reads.get(name, set()).discard(name)
        return count

    def _definition(self, value: Value) -> Cost:
        name = value.op.name
        if name in _FREE or value.op is PHI or value.op is PARAM:
            return (0, 0, 0)
        if name in _SIGNED_RESULTS:
            return (MASK, 0, 0)
        bits = _BITS[value.type]
        if name in _SUMS:
            return self._sum(value, bits)
        low, high, _ = self.ranges.of(value)
        if low < 0:
            return (MASK, 0, 0)
        if name in _PRODUCTS:
            return (0, 0, 0) if high < 1 << bits - 1 else (MASK, WRAP_SIGNED, 0)
        return (0, 0 if high < 1 << bits - 1 else RESIGN, 0)

    def _sum(self, value: Value, bits: int) -> Cost:
        """Nothing, in the form in which it is known not to wrap around."""
        a, b = (self.ranges.operand(value, index) for index in (0, 1))
        if value.op.name.endswith("sub"):
            b = (-b[1], -b[0], b[2])
        elif value.args[1].is_const:
            b = signed(b, bits)
        half = 1 << bits - 1
        result = self.ranges.of(value)
        low, high = signed(a, bits)[0] + b[0], signed(a, bits)[1] + b[1]
        signed_free = (low >= -half and high < half) or (result[0] < 0 and low > -2 * half + result[1])
        low, high = unsigned(a, bits)[0] + b[0], unsigned(a, bits)[1] + b[1]
        unsigned_free = low >= 0 and high < 2 * half
        return (0 if unsigned_free else MASK, 0 if signed_free else WRAP_SIGNED, 0)


def _is_both(a: Interval, bits: int) -> bool:
    """Whether the signed and the unsigned form of the values are the same."""
    return a[0] >= 0 and a[1] < 1 << bits - 1


def use_cost(user: Value, index: int, known: Interval) -> Cost | None:
    """What reading an operand of an instruction costs by the form of its variable; None for nothing."""
    name = user.op.name
    if name in _ANY and not (name.endswith(("store8", "store16")) and index == 0):
        return None
    if name in _EITHER and not (".store" in name and index == 0):
        return (0, 0, MASK)
    both = _is_both(known, _BITS[user.args[index].type])
    if name in _SIGNED:
        constant = name in _SIGNED_ORDER and user.args[1 - index].is_const
        return (0, 0, MASK) if both else (RANGE_TEST if constant else RESIGN, 0, WRAP_SIGNED)
    if name in _SIGNED_FIRST and index == 0 and (name.endswith("shr_s") or user.args[1].is_const):
        return (0, 0, MASK) if both else (RESIGN, 0, WRAP_SIGNED)
    return (0, 0 if both else MASK, MASK)
