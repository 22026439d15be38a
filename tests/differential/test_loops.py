"""Random counting loops, near the ends of the integers and of memory, against wasmtime.

What is known of counters and pointers decides where the generated code normalises them: the loops here count up and
down in all step sizes to limits that they meet, step over or never reach, read and write through what they count, and
clamp, test and copy it before and after. Fuel ends them all.
"""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
import wasmtime

from tests.differential.engines import OnWasm2py, OnWasmtime
from wasm2py.options import Options

PROGRAMS = int(os.environ.get("WASM2PY_LOOP_PROGRAMS", "40"))
OPTIONS = [Options(assert_ranges=True), Options(), Options(optimize=1)]
INTS = 5
LONGS = 3
FUEL = 300
EDGES = (0, 1, 2, 3, 7, 8, 64, 255, 65528, 65536, 131064, 0x7FFFFFF0, 0x7FFFFFFF, -0x80000000, -8, -4, -2, -1)
STEPS = (1, 1, 1, 2, 3, 4, 8, -1, -1, -2, -4, -8, 0x10000000, 0x7FFFFFFF, -0x40000000, 12345)


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.labels = 0
        self.budget = self.random.choice((6, 12, 25))

    def module(self) -> str:
        locals_ = " ".join(
            [f"(local $a{k} i32)" for k in range(1, INTS)] + [f"(local $b{k} i64)" for k in range(LONGS)]
        )
        body = " ".join(self.statement(0) for _ in range(self.random.randint(2, 5)))
        fold = "(i64.const 0)"
        for k in range(INTS):
            fold = f"(i64.xor (i64.rotl {fold} (i64.const 7)) (i64.extend_i32_u (local.get $a{k})))"
        for k in range(LONGS):
            fold = f"(i64.add (i64.rotl {fold} (i64.const 11)) (local.get $b{k}))"
        return (
            '(module (memory (export "memory") 2) (global $fuel (mut i32) (i32.const 0)) '
            f'(func (export "f") (param $a0 i32) (result i64) {locals_} '
            f"(global.set $fuel (i32.const {FUEL})) {body} {fold}))"
        )

    # -- operands ------------------------------------------------------------------------------------------------

    def pick(self, type: str) -> str:
        return f"$a{self.random.randrange(INTS)}" if type == "i32" else f"$b{self.random.randrange(LONGS)}"

    def type(self) -> str:
        return self.random.choice(("i32", "i32", "i32", "i64"))

    def value(self, type: str, depth: int = 0) -> str:
        choice = self.random.randrange(9 if depth < 3 else 2)
        if choice == 0:
            return f"({type}.const {self.random.choice(EDGES)})"
        if choice <= 2:
            return f"(local.get {self.pick(type)})"
        if choice == 3:
            return f"({type}.add {self.value(type, depth + 1)} ({type}.const {self.random.choice(EDGES)}))"
        if choice == 4:
            mask = self.random.choice((1, 3, 7, -8, 255, 0xFFFC, 0x7FFFFFFF))
            return f"({type}.and {self.value(type, depth + 1)} ({type}.const {mask}))"
        if choice == 5:
            op = self.random.choice(("add", "sub", "mul", "xor", "or", "shl", "shr_u", "shr_s", "rotl"))
            return f"({type}.{op} {self.value(type, depth + 1)} {self.value(type, depth + 1)})"
        if choice == 6:  # a clamp
            one, other = self.value(type, depth + 2), self.value(type, depth + 2)
            return f"(select {one} {other} {self.test(type, one, other)})"
        if choice == 7:
            return self.converted(type, depth)
        address = f"(i32.and {self.value('i32', depth + 1)} (i32.const 0xffff))"
        return f"({type}.load{self.random.choice(('8_s', '8_u', '16_s', '16_u', ''))} {address})"

    def converted(self, type: str, depth: int) -> str:
        if type == "i32":
            return f"(i32.wrap_i64 {self.value('i64', depth + 1)})"
        return f"(i64.extend_i32_{self.random.choice('su')} {self.value('i32', depth + 1)})"

    def test(self, type: str, left: str, right: str) -> str:
        op = self.random.choice(("lt_s", "lt_u", "le_s", "le_u", "gt_s", "gt_u", "ge_s", "ge_u", "eq", "ne"))
        return f"({type}.{op} {left} {right})"

    # -- statements ----------------------------------------------------------------------------------------------

    def statement(self, depth: int) -> str:
        self.budget -= 1
        kinds = ["set", "access", "access", "step"]
        if self.budget > 0 and depth < 4:
            kinds += ["loop", "loop", "loop", "if"]
        return str(getattr(self, "make_" + self.random.choice(kinds))(depth))

    def statements(self, depth: int) -> str:
        return " ".join(self.statement(depth) for _ in range(self.random.randint(0, 3)))

    def make_set(self, depth: int) -> str:
        type = self.type()
        return f"(local.set {self.pick(type)} {self.value(type)})"

    def make_step(self, depth: int) -> str:
        type = self.type()
        name = self.pick(type)
        return f"(local.set {name} ({type}.add (local.get {name}) ({type}.const {self.random.choice(STEPS)})))"

    def make_access(self, depth: int) -> str:
        """Mostly within memory, but not always."""
        address = f"(local.get {self.pick('i32')})"
        if self.random.random() < 0.4:
            address = f"(i32.add {address} (i32.const {self.random.choice((-8, -4, -1, 1, 4, 1024, 65536))}))"
        if self.random.random() < 0.3:
            address = f"(i32.shl {address} (i32.const {self.random.choice((1, 2, 3))}))"
        offset = self.random.choice((0, 0, 4, 8, 1024))
        if self.random.random() < 0.5:
            address = f"(i32.and {address} (i32.const {self.random.choice((0xFFF8, 0x1FFFF, 0x7FFF))}))"
        if self.random.random() < 0.5:
            return f"(i32.store{self.random.choice(('', '8', '16'))} offset={offset} {address} {self.value('i32')})"
        type = self.type()
        return f"(local.set {self.pick(type)} ({type}.load offset={offset} {address}))"

    def make_if(self, depth: int) -> str:
        type = self.type()
        condition = self.test(type, f"(local.get {self.pick(type)})", self.value(type, 2))
        return f"(if {condition} (then {self.statements(depth + 1)}) (else {self.statements(depth + 1)}))"

    def make_loop(self, depth: int) -> str:
        type = self.type()
        name = self.pick(type)
        counter = f"(local.get {name})"
        start = f"(local.set {name} {self.value(type, 1)})" if self.random.random() < 0.8 else ""
        limit = self.value(type, 2) if self.random.random() < 0.6 else f"({type}.const {self.random.choice(EDGES)})"
        step = f"(local.set {name} ({type}.add {counter} ({type}.const {self.random.choice(STEPS)})))"
        burn = "(global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))"
        spent = "(i32.lt_s (global.get $fuel) (i32.const 0))"
        test = self.test(type, counter, limit) if self.random.random() < 0.8 else f"({type}.ne {counter} {limit})"
        if type == "i32" and self.random.random() < 0.2:
            test = counter
        self.labels += 1
        out, again = f"$out{self.labels}", f"$again{self.labels}"
        body, rest = self.statements(depth + 1), self.statements(depth + 1)
        first, last = (step, "") if self.random.random() < 0.3 else ("", step)
        if self.random.random() < 0.5:
            inside = f"(br_if {out} (i32.eqz {test})) {first} {body} {rest} {last} (br {again})"
        else:
            inside = f"{first} {body} {last} {rest} (br_if {again} {test})"
        loop = f"{start} (block {out} (loop {again} {burn} (br_if {out} {spent}) {inside}))"
        if self.random.random() < 0.4:
            return f"{start} (if {self.test(type, counter, limit)} (then {loop.removeprefix(start)}))"
        return loop


def trace(instance: Any, arguments: list[int]) -> list[Any]:
    results = [instance.attempt("f", argument) for argument in arguments]
    return [*results, instance.memory()]


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_loops(seed: int) -> None:
    binary = wasmtime.wat2wasm(Generator(seed).module())
    arguments = [0, 1, 9, -5, 131060, 0x7FFFFFFE]
    expected = trace(OnWasmtime(binary), arguments)
    for options in OPTIONS:
        assert trace(OnWasm2py(binary, options), arguments) == expected, options
