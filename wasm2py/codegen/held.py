"""How an integer is held: a Python expression and the interval that its value lies in.

A wasm integer is a residue modulo 2**bits; any congruent Python int stands for it. *Unsigned* means within
[0, 2**bits), *signed* within [-2**(bits-1), 2**(bits-1)), anything else is *lazy*. What needs a certain form asks for
it, and a mask is written only where the interval does not show that the value has that form already.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Optional

from wasm2py.analysis.interval import Interval
from wasm2py.codegen import pyast as py

#: A value that can pass 2**bits by less than this is normalised by ``%``, which gives back a value in range as it is;
#: others by ``&``, which always costs the same. The sum of a variable and a positive constant is mostly a pointer or a
#: counter, sums of variables are often hashes. (CPython 3.11: 11 to 18 ns against 30 to 40 below 2**32, 60 against 23
#: above it.)
NEAR = 1 << 31


#: A number held lazily does not get beyond this before the sun burns out.
FAR = 1 << 66


class Held:
    """An expression with value in [low, high].

    ``steps`` is (base, times, plus) where the value is base * times + plus, not only modulo its width.
    """

    __slots__ = ("high", "low", "node", "steps")

    #: the value of a literal. Another expression with only one value may have an effect, or trap.
    constant: Optional[int] = None
    #: of what is 1 or 0: a Python condition
    test: Optional[ast.expr] = None

    def __init__(self, node: ast.expr, low: int, high: int) -> None:
        self.node = node
        self.low = low
        self.high = high
        self.steps: Optional[tuple[Held, int, int]] = None

    def with_steps(self, base: Held, times: int, plus: int) -> Held:
        """This, known to be base * times + plus."""
        inner, inner_times, inner_plus = base.steps or (base, 1, 0)
        self.steps = inner, inner_times * times, inner_plus * times + plus
        return self


class _Literal(Held):
    __slots__ = ("constant",)

    def __init__(self, value: int) -> None:
        super().__init__(py.integer(value), value, value)
        self.constant = value


class _Condition(Held):
    __slots__ = ("test",)

    def __init__(self, test: ast.expr) -> None:
        self.test = test
        self.low, self.high = 0, 1
        self.steps = None

    @property
    def node(self) -> ast.expr:  # type: ignore[override]
        """Mostly nobody asks for the number."""
        assert self.test is not None
        return py.choice(self.test, py.integer(1), py.integer(0))


@lru_cache(maxsize=4096)
def literal(value: int) -> Held:
    """Nothing changes a literal, so that one does for all places."""
    return _Literal(value)


def condition(test: ast.expr) -> Held:
    """A comparison: 1 or 0 as an integer."""
    return _Condition(test)


def is_unsigned(held: Held, bits: int) -> bool:
    return held.low >= 0 and held.high < 1 << bits


def is_signed(held: Held, bits: int) -> bool:
    return held.low >= -1 << bits - 1 and held.high < 1 << bits - 1


def is_far(held: Held, bits: int) -> bool:
    """Whether the number may pass 2**bits by so much that it is normalised by ``&``, but where it is not likely to."""
    modulus = 1 << bits
    return held.low < -modulus or held.high >= modulus + NEAR


def unsigned(held: Held, bits: int, likely: bool = False) -> Held:
    """The same residue in [0, 2**bits). ``likely``: the number itself mostly is."""
    modulus = 1 << bits
    if held.low >= 0 and held.high < modulus:
        return held
    value = held.constant
    if value is not None:
        return literal(value % modulus)
    if likely or not is_far(held, bits):
        return Held(py.binary(held.node, py.MOD, py.integer(modulus)), 0, modulus - 1)
    return Held(py.binary(held.node, py.AND, py.integer(modulus - 1)), 0, modulus - 1)


def narrowed(held: Held, interval: Interval, bits: int) -> Held:
    """The same expression, whose residue is known to lie in an interval."""
    low, high, _ = interval
    if low <= held.low and held.high <= high:
        return held
    modulus = 1 << bits
    if high - low >= modulus - 1:
        return held
    # The multiples of the modulus that the interval may be moved by to meet what the expression gives.
    first, last = -((high - held.low) // modulus), (held.high - low) // modulus
    if first == last:
        held.low, held.high = max(held.low, low + first * modulus), min(held.high, high + first * modulus)
    return held


def zero_if_zero(held: Held, bits: int) -> Held:
    """A form that is 0 exactly if the residue is."""
    if abs(held.low) < 1 << bits and abs(held.high) < 1 << bits:
        return held
    return unsigned(held, bits, likely=True)  # what is compared with zero is mostly a counter


def signed(held: Held, bits: int, named: Callable[[ast.expr], tuple[ast.expr, ast.expr]]) -> Held:
    """The same residue in [-2**(bits-1), 2**(bits-1)). ``named`` gives an expression to evaluate first and a name."""
    half, modulus = 1 << bits - 1, 1 << bits
    if is_signed(held, bits):
        return held
    value = held.constant
    if value is not None:
        return literal((value + half) % modulus - half)
    if (held.low >= -2 * modulus and held.high < 2 * modulus) or held.high >= FAR:
        return _resigned_sum(held, half, named)
    first, again = named(unsigned(held, bits).node)
    test = py.compare(first, py.LE, py.integer(half - 1))
    return Held(py.choice(test, again, py.binary(again, py.SUB, py.integer(modulus))), -half, half - 1)


def _resigned_sum(held: Held, half: int, named: Callable[[ast.expr], tuple[ast.expr, ast.expr]]) -> Held:
    """A sum or a lazy number: mostly within the signed range, and corrected on the side where it may leave it."""
    modulus = 2 * half
    if held.low >= -half and held.high < half + modulus:
        node = _corrected(held.node, py.LE, half - 1, -modulus, named)
    elif held.high < half and held.low >= -half - modulus:
        node = _corrected(held.node, py.GE, -half, modulus, named)
    else:
        first, again = named(held.node)
        test = py.between(-half, py.LE, first, py.LT, half)
        residue = py.binary(py.binary(again, py.ADD, py.integer(half)), py.MOD, py.integer(modulus))
        node = py.choice(test, again, py.binary(residue, py.SUB, py.integer(half)))
    return Held(node, -half, half - 1)


def _corrected(
    node: ast.expr, op: ast.cmpop, bound: int, by: int, named: Callable[[ast.expr], tuple[ast.expr, ast.expr]]
) -> ast.expr:
    """``node`` if it stands in this relation to the bound, else corrected. A sum is told from its variable."""
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name):
        added = _added(node)
        if added is not None:
            test = py.compare(node.left, op, py.integer(bound - added))
            return py.choice(test, node, py.plus(node.left, added + by))
    first, again = named(node)
    return py.choice(py.compare(first, op, py.integer(bound)), again, py.plus(again, by))


def _added(node: ast.BinOp) -> Optional[int]:
    """The constant that an expression adds to its left operand."""
    constant = node.right.value if isinstance(node.right, ast.Constant) else None
    if not isinstance(constant, int) or not isinstance(node.op, (ast.Add, ast.Sub)):
        return None
    return constant if isinstance(node.op, ast.Add) else -constant
