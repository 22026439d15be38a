"""Which values are held signed: where that saves more conversions than it costs.

before:  l7 = u32[l5]                                             after:  l7 = i32[l5]
         if (l7 if l7 <= 2147483647 else l7 - 4294967296) < 10:           if l7 < 10:

A phi and its operands are held alike, so that the copies between them stay free. Nothing rests on this choice: every
use looks at the interval of what it is given.
"""

from __future__ import annotations

from wasm2py.analysis import Ranges
from wasm2py.analysis.interval import Interval, signed, unsigned
from wasm2py.ir import Block, Function, Value
from wasm2py.ir.dominators import Dominance
from wasm2py.ir.graph import PARAM, PHI

#: nanoseconds, about, of ``x & M``, of ``x if x <= H else x - M`` for a name and for an expression, and of a comparison
#: of an unsigned number with a signed constant
MASK, RESIGN, WRAP_SIGNED, RANGE_TEST = 12, 10, 22, 4
#: a use in a loop counts 8 times for each loop around it
_MAX_DEPTH = 5
_BITS: dict[object, int] = {"i32": 32, "i64": 64}

_SIGNED_ORDER = frozenset(f"i{bits}.{op}_s" for bits in (32, 64) for op in ("lt", "le", "gt", "ge"))
_SIGNED = _SIGNED_ORDER | {"i64.extend_i32_s"} | {f"f{w}.convert_i{b}_s" for w in (32, 64) for b in (32, 64)}
#: signed in their first operand only
_SIGNED_FIRST = frozenset(f"i{bits}.{op}_s" for bits in (32, 64) for op in ("shr", "div", "rem"))
#: take any form as it comes
_ANY = frozenset(
    [f"i{bits}.{op}" for bits in (32, 64) for op in ("add", "sub", "mul", "eqz", "eq", "ne", "and", "or", "xor", "shl")]
    + ["i32.wrap_i64", "select"]
)
_STORES = frozenset(("i32.store", "i64.store", "i64.store32"))
_SUMS = frozenset(f"i{bits}.{op}" for bits in (32, 64) for op in ("add", "sub"))
_PRODUCTS = frozenset(f"i{bits}.{op}" for bits in (32, 64) for op in ("mul", "shl", "rotl", "rotr"))
_SIGNED_RESULTS = frozenset(
    [f"i{bits}.{op}_s" for bits in (32, 64) for op in ("shr", "div", "rem", "load8", "load16", "extend8", "extend16")]
    + ["i64.load32_s", "i64.extend32_s", "i64.extend_i32_s"]
)
_FREE = frozenset(("i32.load", "i64.load", "select"))


def signed_values(function: Function, dominance: Dominance, ranges: Ranges) -> set[int]:
    """Ids of the values to hold signed."""
    return _Vote(function, dominance, ranges).winners()


class _Vote:
    """``cost[web]``: what holding a web of values unsigned costs more than holding it signed."""

    def __init__(self, function: Function, dominance: Dominance, ranges: Ranges) -> None:
        self.function = function
        self.dominance = dominance
        self.ranges = ranges
        self.leader: dict[int, int] = {}
        self.cost: dict[int, int] = {}
        self.wanted = False

    def winners(self) -> set[int]:
        for block in self.function.blocks:
            self._uses(block)
        if not self.wanted:
            return set()
        self._definitions()
        webs: dict[int, int] = {}
        for id, cost in self.cost.items():
            root = self._find(id)
            webs[root] = webs.get(root, 0) + cost
        return {id for id in self.cost if webs[self._find(id)] > 0}

    # -- votes ---------------------------------------------------------------------------------------------------

    def _weight(self, block: Block) -> int:
        return 1 << 3 * min(self.dominance.depth.get(block, 0), _MAX_DEPTH)

    def _uses(self, block: Block) -> None:
        weight = self._weight(block)
        for value in block.body:
            for index, arg in enumerate(value.args):
                bits = _BITS.get(arg.type)
                if bits and not arg.is_const:
                    wish = _wish(value, index)
                    if wish and not _is_both(self.ranges.operand(value, index), bits):
                        self._add(arg, weight * wish)
        for arg in block.terminator.args:
            if arg.type in _BITS and not arg.is_const and not block.terminator.targets:
                self._add(arg, -weight * MASK)

    def _add(self, value: Value, cost: int) -> None:
        self.cost[value.id] = self.cost.get(value.id, 0) + cost
        if cost > 0:
            self.wanted = True

    def _definitions(self) -> None:
        for param in self.function.params:
            if param.type in _BITS:
                self._add(param, -RESIGN)
        for block in self.function.blocks:
            weight = self._weight(block)
            for phi in block.phis:
                if phi.type in _BITS:
                    self._join(phi)
            for value in block.body:
                if value.id in self.cost:
                    self.cost[value.id] += weight * self._definition(value)

    def _join(self, phi: Value) -> None:
        self.cost.setdefault(phi.id, 0)
        for arg in phi.args:
            if not arg.is_const:
                self.cost.setdefault(arg.id, 0)
                self.leader[self._find(arg.id)] = self._find(phi.id)

    def _find(self, id: int) -> int:
        while (up := self.leader.get(id, id)) != id:
            self.leader[id] = up = self.leader.get(up, up)
            id = up
        return id

    def _definition(self, value: Value) -> int:
        """What making the value unsigned costs more than making it signed."""
        name = value.op.name
        if name in _FREE or value.op is PHI or value.op is PARAM:
            return 0
        if name in _SIGNED_RESULTS:
            return MASK
        if _is_both(self.ranges.of(value), 32 if value.type == "i32" else 64):
            return 0
        if name in _SUMS:
            return self._sum(value)
        return MASK - WRAP_SIGNED if name in _PRODUCTS else -RESIGN

    def _sum(self, value: Value) -> int:
        bits = 32 if value.type == "i32" else 64
        a, b = (self.ranges.operand(value, index) for index in (0, 1))
        if value.op.name.endswith("sub"):
            b = (-b[1], -b[0], b[2])
        half = 1 << bits - 1
        low, high = signed(a, bits)[0] + signed(b, bits)[0], signed(a, bits)[1] + signed(b, bits)[1]
        signed_cost = 0 if low >= -half and high < half else WRAP_SIGNED
        low, high = unsigned(a, bits)[0] + b[0], unsigned(a, bits)[1] + b[1]
        unsigned_cost = 0 if low >= 0 and high < 2 * half else MASK
        return unsigned_cost - signed_cost


def _is_both(a: Interval, bits: int) -> bool:
    """Whether the signed and the unsigned form of the values are the same."""
    return a[0] >= 0 and a[1] < 1 << bits - 1


def _wish(user: Value, index: int) -> int:
    """What a use costs more if it is given the unsigned form; negative if it wants that."""
    name = user.op.name
    if name in _SIGNED:
        constant = name in _SIGNED_ORDER and user.args[1 - index].is_const
        return RANGE_TEST if constant else RESIGN
    if name in _SIGNED_FIRST:
        # With a variable divisor division is a helper, which takes unsigned operands.
        return RESIGN if index == 0 and (name.endswith("shr_s") or user.args[1].is_const) else -MASK
    if name in _ANY or (name in _STORES and index == 1):
        return 0
    return -MASK
