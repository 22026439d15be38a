"""Loops that end when a counter meets a limit, behind tests that compare the two, against wasmtime.

The limit is a parameter or made from the start; before the loop may stand comparisons of start and limit, and an odd
round of its own. The numbers of rounds are computed here first: a loop that would not end soon is left out.
"""

from __future__ import annotations

import operator
import os
import random
from dataclasses import dataclass

import pytest
import wasmtime

from tests.differential.engines import OnWasm2py, OnWasmtime
from wasm2py.options import Options

PROGRAMS = int(os.environ.get("WASM2PY_LOOP_PROGRAMS", "40"))
OPTIONS = [Options(assert_ranges=True), Options(), Options(target="pypy")]
MOST_ROUNDS = 300
TESTS = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne
}  # fmt: skip
OPS = ("lt_s", "le_s", "gt_s", "ge_s", "lt_u", "le_u", "gt_u", "ge_u", "ne", "eq")


@dataclass
class Guard:
    """``start * scale + ahead op limit * scale`` lets a loop be entered."""

    op: str
    ahead: int
    scale: int


@dataclass
class Meeting:
    """``for (i = start; ; i += step) if (i + offset == limit) break;``, tested after the step if that is the offset."""

    bits: int
    step: int
    offset: int
    #: the parameters are clamped to these
    masks: tuple[int, int]
    #: what is added to the first parameter for the start
    ahead: int
    #: the limit is start + this * (the second parameter), or the second parameter
    scale: int | None
    guards: list[Guard]
    #: an odd round comes first
    odd: bool

    def rounds(self, p: int, n: int) -> int:
        start = self.view((p & self.masks[0]) + self.ahead)
        n &= self.masks[1]
        limit = self.view(n if self.scale is None else start + self.scale * n)
        for guard in self.guards:
            if not self.passes(guard, start, limit):
                return 0
        if self.odd and limit - start & 1:
            start += 1
        for count in range(1, MOST_ROUNDS + 1):
            if not self.view(start + self.offset - limit):
                return count
            start += self.step
        return MOST_ROUNDS + 1

    def passes(self, guard: Guard, start: int, limit: int) -> bool:
        name, _, sign = guard.op.partition("_")
        left, right = (self.view(each, sign) for each in (start * guard.scale + guard.ahead, limit * guard.scale))
        return bool(TESTS[name](left, right))

    def view(self, number: int, sign: str = "u") -> int:
        half = 1 << self.bits - 1
        return (number + half) % (2 * half) - half if sign == "s" else number % (2 * half)

    def wat(self) -> str:
        type = f"i{self.bits}"

        def of(op: str, left: str, right: int | str) -> str:
            return f"({type}.{op} {left} {right if isinstance(right, str) else f'({type}.const {right})'})"

        p, n, i, end = ("(local.get $p)", "(local.get $n)", "(local.get $i)", "(local.get $end)")
        start = of("add", of("and", p, self.masks[0]), self.ahead)
        limit = of("and", n, self.masks[1])
        if self.scale is not None:
            limit = of("add", of("mul", limit, self.scale), i)
        steps = f"(local.set $i {of('add', i, self.step)})"
        work = f"(local.set $s {of('add', of('mul', '(local.get $s)', 31), i)}) (local.set $t {of('sub', end, i)})"
        if self.offset == self.step:
            loop = f"(loop $again {work} {steps} (br_if $again {of('ne', i, end)}))"
        else:
            test = of("ne", of("add", i, self.offset), end)
            loop = f"(block $out (loop $again {work} (br_if $out (i32.eqz {test})) {steps} (br $again)))"
        if self.odd:
            bit = of("and", of("sub", end, i), 1)
            wrap = "" if self.bits == 32 else "i32.wrap_i64 "
            loop = f"(if ({wrap or 'i32.or (i32.const 0) '}{bit}) (then (local.set $i {of('add', i, 1)}))) {loop}"
        for guard in reversed(self.guards):
            left = of("add", of("mul", i, guard.scale), guard.ahead)
            loop = f"(if {of(guard.op, left, of('mul', end, guard.scale))} (then {loop}))"
        return (
            f'(module (func (export "f") (param $p {type}) (param $n {type}) (result {type} {type} {type}) '
            f"(local $i {type}) (local $end {type}) (local $s {type}) (local $t {type}) "
            f"(local.set $i {start}) (local.set $end {limit}) {loop} (local.get $s) (local.get $t) (local.get $i)))"
        )


def meeting(random: random.Random) -> Meeting:
    bits = random.choice((32, 32, 64))
    masks = (-1, (1 << bits - 1) - 1, 0xFFFF, 0xFF, 0x3FFFFFFE, 7)
    step = random.choice((1, 1, 1, 2, 2, 4, -1, -2, 3))
    return Meeting(
        bits=bits,
        step=step,
        offset=random.choice((step, step, 0, 1, -1)),
        masks=(random.choice(masks), random.choice(masks)),
        ahead=random.choice((0, 0, 1, 2, -1)),
        scale=random.choice((None, None, 1, 2, 4)),
        guards=[
            Guard(random.choice(OPS), random.choice((0, 0, 1, step, 2 * step, -1)), random.choice((1, 1, 1, 1, 4)))
            for _ in range(random.randrange(4))
        ],
        odd=random.random() < 0.3,
    )


def arguments(random: random.Random, made: Meeting) -> list[tuple[int, int]]:
    """Some that end the loop soon."""
    half = 1 << made.bits - 1
    near = (-300, -33, -2, -1, 0, 1, 2, 3, 8, 17, 40, 255, 256, half - 20, half - 1, half + 3, 2 * half - 25)
    found = [(random.choice(near), random.choice(near)) for _ in range(60)]
    found += [(p, made.view(p + random.randrange(40), "s")) for p in near]
    random.shuffle(found)
    return [each for each in found if made.rounds(*each) <= MOST_ROUNDS][:12]


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_meeting(seed: int) -> None:
    chosen = random.Random(seed)
    made = meeting(chosen)
    given = arguments(chosen, made)
    binary = wasmtime.wat2wasm(made.wat())
    reference = OnWasmtime(binary)
    expected = [reference.attempt("f", *(made.view(each, "s") for each in args)) for args in given]
    for options in OPTIONS:
        ours = OnWasm2py(binary, options)
        assert [ours.attempt("f", *args) for args in given] == expected, (options, made)
