"""Random programs that keep their variables in memory, as unoptimised code does, against wasmtime.

Functions take frames from a stack pointer, which may start too low or negative; they read and write the frame in all
widths, under several names for the same address, through pointers that may lead into a frame or anywhere, over
branches, loops and calls that do the same. Results, traps, the whole memory and the globals must agree.
"""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
import wasmtime

from tests.differential.engines import OnWasm2py, OnWasmtime
from wasm2py.options import Options

PROGRAMS = int(os.environ.get("WASM2PY_SLOT_PROGRAMS", "40"))
OPTIONS = [Options(assert_ranges=True), Options(), Options(optimize=1)]
FUEL = 60
STACKS = (1024, 1024, 1024, 1024, 1024, 512, 64, 16, 0, 65536, 65548, -16)
OFFSETS = (0, 0, 4, 4, 8, 8, 8, 12, 12, 16, 24, 1, 2, 6, 10)
WILD = (65500, 0xFFFFFFF0, 65536)
STEPS = (0, 4, 8, -4, -16, 12, 16)
CONSTANTS = (0, 1, -1, 255, 128, 0x8000, 0x7FFFFFFF, -0x80000000, 1016, 1020)
ACCESSES = {"i32": ("", "", "", "8_s", "8_u", "16_s", "16_u"), "i64": ("", "8_u", "16_s", "32_s", "32_u")}
STORES = {"i32": ("", "", "", "8", "16"), "i64": ("", "8", "16", "32")}


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.labels = 0
        self.callees: list[str] = []

    def module(self) -> str:
        functions = []
        for name in ("leaf", "middle", "f"):
            self.budget = self.random.choice((4, 10, 20))
            functions.append(self.function(name))
            self.callees.append(name)
        return (
            '(module (memory (export "memory") 1) (global $fuel (mut i32) (i32.const 0)) '
            f"(global $sp (mut i32) (i32.const {self.random.choice(STACKS)})) "
            f"(global $g (mut i32) (i32.const 7)) {' '.join(functions)} "
            '(func (export "start") (param i32) (result i64) '
            f"(global.set $fuel (i32.const {FUEL})) (call $f (local.get 0) (i32.const 1012))) "
            '(func (export "globals") (param i32) (result i64) (i64.or (i64.extend_i32_u (global.get $sp)) '
            "(i64.shl (i64.extend_i32_u (global.get $g)) (i64.const 32)))))"
        )

    def function(self, name: str) -> str:
        size = self.random.choice((16, 32, 32))
        body = " ".join(self.statement(0) for _ in range(self.random.randint(3, 6)))
        leave = f"(global.set $sp (i32.add (local.get $fp) (i32.const {size})))"
        writes = self.random.random() < 0.7
        fp = f"(local.set $fp (i32.sub (global.get $sp) (i32.const {size})))"
        enter = f"{fp} (global.set $sp (local.get $fp))" if writes else fp
        spill = (
            "(i32.store offset=12 (local.get $fp) (local.get $p)) (i32.store offset=8 (local.get $fp) (local.get $q))"
        )
        return (
            f"(func ${name} (param $p i32) (param $q i32) (result i64) (local $fp i32) (local $a i32) (local $b i64) "
            f"(if (i32.lt_s (global.get $fuel) (i32.const 0)) (then (return (i64.const 5)))) {enter} {spill} {body} "
            f"{leave if writes else ''} (i64.add (local.get $b) (i64.extend_i32_u (local.get $a))))"
        )

    # -- operands ------------------------------------------------------------------------------------------------

    def address(self) -> str:
        """Mostly the frame, sometimes by another name, sometimes a pointer."""
        base = self.random.choice(("$fp", "$fp", "$fp", "$fp", "$fp", "$p", "$q", "$a"))
        text = f"(local.get {base})"
        if self.random.random() < 0.1:
            text = f"(i32.const {self.random.choice((1000, 1008, 1012, 40))})"
        if self.random.random() < 0.1:
            text = f"(i32.load offset={self.random.choice((8, 12))} (local.get $fp))"
        if base == "$a" or self.random.random() < 0.05:
            text = f"(i32.and {text} (i32.const 0x3fc))"
        if self.random.random() < 0.25:
            text = f"(i32.add {text} (i32.const {self.random.choice(STEPS)}))"
        return text

    def memarg(self) -> str:
        offsets = WILD if self.random.random() < 0.004 else OFFSETS if self.random.random() < 0.4 else (8, 12)
        return f"offset={self.random.choice(offsets)}"

    def value(self, type: str, depth: int = 0) -> str:
        choice = self.random.randrange(8 if depth < 3 else 2)
        if choice == 0:
            return f"({type}.const {self.random.choice(CONSTANTS)})"
        if choice == 1:
            names = ("$a", "$p", "$q", "$fp") if type == "i32" else ("$b",)
            return f"(local.get {self.random.choice(names)})"
        if choice == 2 and type == "i32":
            return f"(global.get {self.random.choice(('$g', '$g', '$sp'))})"
        if choice == 3:
            op = self.random.choice(("add", "sub", "xor", "mul"))
            return f"({type}.{op} {self.value(type, depth + 1)} {self.value(type, depth + 1)})"
        if choice == 4:
            return self.bits(type)
        return f"({type}.load{self.random.choice(ACCESSES[type])} {self.memarg()} {self.address()})"

    def bits(self, type: str) -> str:
        """The bits of a float: none of them may get lost on the way through memory."""
        width = type[1:]
        return f"({type}.reinterpret_f{width} (f{width}.load {self.memarg()} {self.address()}))"

    # -- statements ----------------------------------------------------------------------------------------------

    def statement(self, depth: int) -> str:
        self.budget -= 1
        kinds = ["store", "store", "store", "set", "set", "move"]
        if self.budget > 0 and depth < 3:
            kinds += ["loop", "loop", "if", "if", "call", "global"]
        return str(getattr(self, "make_" + self.random.choice(kinds))(depth))

    def statements(self, depth: int) -> str:
        return " ".join(self.statement(depth) for _ in range(self.random.randint(1, 3)))

    def make_store(self, depth: int) -> str:
        type = self.random.choice(("i32", "i32", "i32", "i64"))
        width = self.random.choice(STORES[type])
        return f"({type}.store{width} {self.memarg()} {self.address()} {self.value(type)})"

    def make_move(self, depth: int) -> str:
        type = self.random.choice(("f32", "f64"))
        bits = f"i{type[1:]}"
        value = f"({type}.reinterpret_{bits} {self.value(bits, 2)})"
        return f"({type}.store {self.memarg()} {self.address()} {value})"

    def make_set(self, depth: int) -> str:
        if self.random.random() < 0.3:
            return f"(local.set $b {self.value('i64')})"
        return f"(local.set $a {self.value('i32')})"

    def make_global(self, depth: int) -> str:
        return f"(global.set $g {self.value('i32')})"

    def make_call(self, depth: int) -> str:
        if not self.callees:
            return self.make_store(depth)
        name, pointer = self.random.choice(self.callees), self.random.choice(("$fp", "$p", "$q"))
        step = self.random.choice(STEPS)
        return (
            f"(local.set $b (call ${name} (i32.add (local.get {pointer}) (i32.const {step})) {self.value('i32', 2)}))"
        )

    def make_if(self, depth: int) -> str:
        test = f"(i32.and {self.value('i32', 1)} (i32.const 1))"
        return f"(if {test} (then {self.statements(depth + 1)}) (else {self.statements(depth + 1)}))"

    def make_loop(self, depth: int) -> str:
        """It counts in the frame."""
        self.labels += 1
        out, again = f"$out{self.labels}", f"$again{self.labels}"
        burn = "(global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))"
        spent = "(i32.lt_s (global.get $fuel) (i32.const 0))"
        offset = self.random.choice((8, 12, 0))
        counter = f"(i32.load offset={offset} (local.get $fp))"
        step = f"(i32.store offset={offset} (local.get $fp) (i32.add {counter} (i32.const 1)))"
        test = f"(br_if {out} (i32.gt_s {counter} (i32.const {self.random.choice((3, 20))})))"
        start = f"(i32.store offset={offset} (local.get $fp) (i32.const 0))"
        body = self.statements(depth + 1)
        return f"{start} (block {out} (loop {again} {burn} (br_if {out} {spent}) {test} {body} {step} (br {again})))"


def trace(instance: Any, arguments: list[int]) -> list[Any]:
    results: list[Any] = []
    for argument in arguments:
        results += [instance.attempt("start", argument), instance.attempt("globals", 0)]
    return [*results, instance.memory()]


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_slots(seed: int) -> None:
    binary = wasmtime.wat2wasm(Generator(seed).module())
    arguments = [1000, 992, 1008, 400, 40, -4]
    expected = trace(OnWasmtime(binary), arguments)
    for options in OPTIONS:
        assert trace(OnWasm2py(binary, options), arguments) == expected, options
