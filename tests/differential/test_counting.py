"""Loops that can become ``for … in range``, in all the forms that a test can have, against wasmtime.

Each counts up or down, by a constant or by a parameter, with its test at the top or at the end of a round, on the
counter or on its next value. What it adds up tells every value that the counter took. The numbers of rounds are
computed here first: a loop that would not end, or not soon, is left out.
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
OPTIONS = [Options(assert_ranges=True), Options(), Options(optimize=1), Options(target="pypy")]
MOST_ROUNDS = 400
TESTS = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne
}  # fmt: skip
NEAR = (-300, -33, -20, -2, -1, 0, 1, 2, 17, 40, 255, 256)


@dataclass
class Loop:
    """``for (i = start; i op limit; i += step)``, or with the test where ``place`` says."""

    bits: int
    op: str
    place: str
    offset: int
    #: a constant, or None for the parameter
    start: int | None
    limit: int | None
    step: int | None
    #: what the parameters are clamped to, so that something is known of them
    mask: int
    body: str
    guarded: bool

    def rounds(self, start: int, limit: int, step: int) -> int:
        """How many there are; more than MOST_ROUNDS if too many."""
        start, limit, step = (
            given & self.mask if own is None else own
            for own, given in ((self.start, start), (self.limit, limit), (self.step, step))
        )
        if self.guarded and not self.passes(start, limit):
            return 0
        count = 0
        while count <= MOST_ROUNDS:
            if self.place == "top" and not self.passes(start, limit):
                return count
            count += 1
            tested = start
            start += step
            if self.place == "next":
                tested = start
            if self.place != "top" and not self.passes(tested, limit):
                return count
        return count

    def passes(self, tested: int, limit: int) -> bool:
        name, _, sign = self.op.partition("_")
        return bool(TESTS[name](self.view(tested + self.offset, sign), self.view(limit, sign)))

    def view(self, number: int, sign: str) -> int:
        half = 1 << self.bits - 1
        return (number + half) % (2 * half) - half if sign == "s" else number % (2 * half)

    def wat(self) -> str:
        type = f"i{self.bits}"

        def value(constant: int | None, name: str) -> str:
            return f"(local.get ${name})" if constant is None else f"({type}.const {constant})"

        clamps = " ".join(
            f"(local.set ${name} ({type}.and (local.get ${name}) ({type}.const {self.mask})))"
            for name in ("start", "limit", "step")
        )
        offset = f"({type}.const {self.offset})"
        plus = f"({type}.add {value(self.step, 'step')} (local.get $i))"
        tested = plus if self.place == "next" else "(local.get $i)"
        test = f"({type}.{self.op} ({type}.add {tested} {offset}) {value(self.limit, 'limit')})"
        again = "(br_if $again (local.get $go))"
        setup = f"(local.set $i {value(self.start, 'start')})"
        step = f"(local.set $i {plus})"
        sum_ = f"(local.set $s ({type}.add ({type}.mul (local.get $s) ({type}.const 31)) (local.get $i)))"
        if self.place == "top":
            loop = f"(block $out (loop $again (br_if $out (i32.eqz {test})) {sum_} {self.body} {step} (br $again)))"
        else:
            tail = step if self.place == "next" else ""
            before = "" if self.place == "next" else step
            if self.place == "next":
                own = f"({type}.{self.op} ({type}.add (local.get $i) {offset}) {value(self.limit, 'limit')})"
                loop = f"(loop $again {sum_} {self.body} {tail} (br_if $again {own}))"
            else:
                loop = f"(loop $again {sum_} {self.body} (local.set $go {test}) {before} {again})"
        if self.guarded:
            first = f"({type}.{self.op} ({type}.add (local.get $i) {offset}) {value(self.limit, 'limit')})"
            loop = f"(if {first} (then {loop}))"
        return (
            f'(module (memory (export "memory") 1) (func (export "f") (param $start {type}) (param $limit {type}) '
            f"(param $step {type}) (result {type} {type}) (local $i {type}) (local $s {type}) (local $go i32) "
            f"(local $t {type}) {clamps} {setup} {loop} (local.get $s) (local.get $i)))"
        )


def loop(random: random.Random) -> Loop:
    bits = random.choice((32, 32, 64))
    near = [*NEAR, (1 << bits - 1) - 20, (1 << bits - 1) - 1, (1 << bits) - 30, (1 << bits) - 1]
    type = f"i{bits}"
    bodies = [
        "",
        f"(if ({type}.eq (local.get $s) ({type}.const 7)) (then (i32.store8 (i32.const 0) (i32.const 1))))",
        f"(i32.store8 ({'i32.wrap_i64 ' if bits == 64 else 'i32.add (i32.const 0) '}(local.get $i)) (i32.const 1))",
        f"(local.set $t ({type}.xor (local.get $t) (local.get $s)))",
        f"(if (i32.and (i32.const 1) {'(i32.wrap_i64 ' if bits == 64 else '(i32.or (i32.const 0) '}(local.get $s))) "
        f"(then (local.set $t ({type}.add (local.get $t) ({type}.const 3)))))",
    ]

    def constant() -> int | None:
        return random.choice(near) if random.random() < 0.5 else None

    return Loop(
        bits=bits,
        op=random.choice(("lt", "le", "gt", "ge")) + random.choice(("_s", "_u")) if random.random() < 0.8 else "ne",
        place=random.choice(("top", "next", "this")),
        offset=random.choice((0, 0, 0, 1, -1, 5)),
        start=constant(),
        limit=constant(),
        step=random.choice((1, 1, 1, -1, -1, 2, 3, -4, 7)) if random.random() < 0.7 else None,
        mask=random.choice((-1, -1, 0x7FFFFFFF, 0xFFFFF, 0xFF, 0x3FFFFFFE)),
        body=random.choice(bodies),
        guarded=random.random() < 0.4,
    )


def arguments(random: random.Random, made: Loop) -> list[tuple[int, int, int]]:
    """Some that end the loop soon."""
    near = [*NEAR, (1 << made.bits - 1) - 18, (1 << made.bits - 1) + 3, (1 << made.bits) - 25]
    steps = (1, 2, 3, 19, -1, -3, 0)
    found = [(random.choice(near), random.choice(near), random.choice(steps)) for _ in range(60)]
    return [each for each in found if made.rounds(*each) <= MOST_ROUNDS][:12]


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_counting(seed: int) -> None:
    chosen = random.Random(seed)
    made = loop(chosen)
    given = arguments(chosen, made)
    binary = wasmtime.wat2wasm(made.wat())
    reference = OnWasmtime(binary)
    expected = [reference.attempt("f", *(made.view(each, "s") for each in args)) for args in given]
    expected.append((reference.memory(),))
    for options in OPTIONS:
        ours = OnWasm2py(binary, options)
        seen = [ours.attempt("f", *args) for args in given]
        assert [*seen, (ours.memory(),)] == expected, (options, made)


def test_a_step_that_is_known_to_be_zero_is_none_of_a_range() -> None:
    wat = """(module (func (export "f") (param $n i32) (param $s i32) (result i32) (local $i i32)
      (if (i32.eqz (local.get $s)) (then
        (local.set $n (i32.and (local.get $n) (i32.const 1023)))
        (local.set $i (i32.const 5))
        (loop $again
          (local.set $i (i32.add (local.get $i) (local.get $s)))
          (br_if $again (i32.gt_u (local.get $i) (local.get $n))))))
      (local.get $i)))"""
    binary = wasmtime.wat2wasm(wat)
    for options in OPTIONS:
        assert OnWasm2py(binary, options).call("f", 10, 0) == 5
