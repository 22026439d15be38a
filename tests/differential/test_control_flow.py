"""Random nests of blocks, loops, ifs and branches to anywhere, with locals changed everywhere, against wasmtime.

Each back edge costs fuel, so every program ends. The locals at the end are folded into the result.
"""

from __future__ import annotations

import os
import random

import pytest
import wasmtime

from tests.support.engine import load
from wasm2py.options import Options

PROGRAMS = int(os.environ.get("WASM2PY_CONTROL_FLOW_PROGRAMS", "40"))
LOCALS = 4
OPTIONS = [
    Options(),
    Options(optimize=0),
    Options(disabled_passes=("nested-control",)),
    Options(disabled_passes=("jumps",)),
    Options(disabled_passes=("jumps", "nested-control")),
]


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.budget = self.random.choice((15, 40, 120))
        #: the open labels, innermost last: True for loops
        self.labels: list[bool] = []

    def module(self) -> str:
        locals_ = "(local i32) " * LOCALS
        fold = (
            "(i32.xor " * LOCALS
            + "(local.get 0)"
            + "".join(f" (i32.rotl (local.get {k + 1}) (i32.const {5 * k + 3})))" for k in range(LOCALS))
        )
        body = self.statements(0)
        return (
            '(module (memory 1) (global $fuel (mut i32) (i32.const 0)) (func (export "f") (param i32) (result i32) '
            f"{locals_} (global.set $fuel (i32.const 60)) {body} {fold}))"
        )

    def statements(self, depth: int) -> str:
        return " ".join(self.statement(depth) for _ in range(self.random.randint(1, 4)))

    def statement(self, depth: int) -> str:
        self.budget -= 1
        kinds = ["set", "set", "tee", "br_if", "br_if", "store"]
        if self.budget > 0 and depth < 12:
            kinds += ["block", "block", "loop", "loop", "if", "if_else"]
        if self.random.random() < 0.15:
            kinds += ["br", "br_table", "return"]
        return str(getattr(self, "make_" + self.random.choice(kinds))(depth))

    def local(self) -> int:
        return self.random.randrange(LOCALS + 1)

    def value(self) -> str:
        choice = self.random.randrange(6)
        if choice == 0:
            return f"(i32.const {self.random.choice((0, 1, 2, 7, -1, 1000))})"
        if choice == 1:
            op = self.random.choice(("add", "sub", "mul", "xor", "and", "shr_u"))
            return f"(i32.{op} (local.get {self.local()}) (local.get {self.local()}))"
        if choice == 2:
            return f"(i32.load8_u (i32.and (local.get {self.local()}) (i32.const 255)))"
        return f"(i32.add (local.get {self.local()}) (i32.const {self.random.randint(-3, 3)}))"

    def condition(self) -> str:
        op = self.random.choice(("lt_s", "lt_u", "eq", "ne", "ge_s"))
        return f"(i32.{op} (i32.and {self.value()} (i32.const 7)) (i32.const {self.random.randrange(8)}))"

    def make_set(self, depth: int) -> str:
        return f"(local.set {self.local()} {self.value()})"

    def make_tee(self, depth: int) -> str:
        return f"(local.set {self.local()} (i32.add (local.tee {self.local()} {self.value()}) {self.value()}))"

    def make_store(self, depth: int) -> str:
        return f"(i32.store8 (i32.and {self.value()} (i32.const 255)) {self.value()})"

    def nested(self, loop: bool, depth: int) -> str:
        self.labels.append(loop)
        body = self.statements(depth + 1)
        self.labels.pop()
        return body

    def make_block(self, depth: int) -> str:
        return f"(block {self.nested(False, depth)})"

    def make_loop(self, depth: int) -> str:
        burn = "(global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))"
        out = "(if (i32.lt_s (global.get $fuel) (i32.const 0)) (then (return (i32.const -77))))"
        return f"(loop {burn} {out} {self.nested(True, depth)})"

    def make_if(self, depth: int) -> str:
        return f"(if {self.condition()} (then {self.nested(False, depth)}))"

    def make_if_else(self, depth: int) -> str:
        condition, then = self.condition(), self.nested(False, depth)
        return f"(if {condition} (then {then}) (else {self.nested(False, depth)}))"

    def label(self) -> int:
        return self.random.randrange(len(self.labels))

    def make_br_if(self, depth: int) -> str:
        return f"(br_if {self.label()} {self.condition()})" if self.labels else self.make_set(depth)

    def make_br(self, depth: int) -> str:
        return f"(br {self.label()})" if self.labels else self.make_set(depth)

    def make_br_table(self, depth: int) -> str:
        if not self.labels:
            return self.make_set(depth)
        labels = " ".join(str(self.label()) for _ in range(self.random.randint(1, 9)))
        return f"(br_table {labels} (i32.and {self.value()} (i32.const 7)))"

    def make_return(self, depth: int) -> str:
        return f"(return {self.value()})"


def expected(binary: bytes, arguments: list[int]) -> list[int]:
    results = []
    for argument in arguments:
        store = wasmtime.Store()
        instance = wasmtime.Instance(store, wasmtime.Module(store.engine, binary), [])
        results.append(instance.exports(store)["f"](store, argument))
    return results


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_control_flow(seed: int) -> None:
    binary = wasmtime.wat2wasm(Generator(seed).module())
    arguments = [0, 1, 5, -3, 123456789]
    results = expected(binary, arguments)
    for options in OPTIONS:
        module = load(binary, options)
        assert [module.Module().exports.f(argument) for argument in arguments] == results, options
