"""Functions that call each other and themselves with bounded numbers, against wasmtime.

What is known of a parameter follows from all calls of its function: constants, masked and clamped numbers, bytes, what
the caller was given and more or less, behind comparisons or not. Some functions can be called otherwise besides.
"""

from __future__ import annotations

import os
import random

import pytest
import wasmtime

from tests.differential.engines import OnWasm2py, OnWasmtime
from wasm2py.options import Options

PROGRAMS = int(os.environ.get("WASM2PY_CALL_PROGRAMS", "60"))
#: calls after which every function returns at once
FUEL = 80
OPTIONS = [
    Options(assert_ranges=True, disabled_passes=("inline-calls",)),
    Options(assert_ranges=True),
    Options(disabled_passes=("inline-calls",)),
    Options(),
    Options(target="pypy"),
]
CONSTANTS = (0, 1, 2, 3, -1, -4, 8, 100, 255, 65536, 2**31 - 1, -(2**31))
COMPARISONS = ("lt_s", "lt_u", "le_s", "gt_s", "ge_s", "ge_u", "ne", "eq")
EDGES = (0, 1, -1, 5, 77, 300, 70000, 2**31 - 1, -(2**31), -(2**31) + 1)


class Calls:
    """The text of a module, made as it is asked for."""

    def __init__(self, random: random.Random) -> None:
        self.random = random
        self.params = [[random.choice(("i32", "i32", "i64")) for _ in range(random.randint(1, 3))] for _ in range(5)]

    def wat(self) -> str:
        definitions = [self.function(f"$f{index}", params) for index, params in enumerate(self.params)]
        run = self.function('$run (export "run")', ["i32", "i32"])
        fuel = f"(global $fuel (mut i32) (i32.const {FUEL}))"
        reset = f'(func (export "reset") (global.set $fuel (i32.const {FUEL})))'
        data = '(memory 1) (data (i32.const 0) "\\ff\\00\\80\\07\\64")'
        parts = [
            data,
            fuel,
            run,
            reset,
            *definitions,
            self.random.choice(("", '(export "other" (func $f1))', self.in_table())),
        ]
        return f"(module {' '.join(parts)})"

    def in_table(self) -> str:
        """A function that calls one through a table."""
        params = " ".join(f"(param {type})" for type in self.params[2])
        given = " ".join(f"(local.get {index})" for index in range(len(self.params[2])))
        indirect = f"(call_indirect {params} (result i32) {given} (i32.const 0))"
        return f'(table funcref (elem $f2)) (func (export "other") {params} (result i32) {indirect})'

    def function(self, name: str, params: list[str]) -> str:
        declared = " ".join(f"(param {type})" for type in params)
        statements = " ".join(self.statement(params) for _ in range(self.random.randint(1, 4)))
        stop = "(if (i32.eqz (global.get $fuel)) (then (return (i32.const 7))))"
        count = "(global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))"
        last = "(local.get $r)" if self.random.random() < 0.9 else self.call(params, "return_call")
        return f"(func {name} {declared} (result i32) (local $r i32) (local $i i32) {stop} {count} {statements} {last})"

    def statement(self, params: list[str]) -> str:
        value = self.call(params) if self.random.random() < 0.6 else self.use(params)
        made = f"(local.set $r (i32.add (i32.mul (local.get $r) (i32.const 31)) {value}))"
        kind = self.random.random()
        if kind < 0.5:
            return f"(if {self.test(params)} (then {made}))"
        if kind < 0.65:
            step = "(local.tee $i (i32.add (local.get $i) (i32.const 1)))"
            limit = f"(i32.const {self.random.randint(1, 4)})"
            return f"(local.set $i (i32.const 0)) (loop $l {made} (br_if $l (i32.lt_u {step} {limit})))"
        return made

    def test(self, params: list[str]) -> str:
        type = self.random.choice(params or ["i32"])
        left, right = self.plain(type, params), self.value(type, params)
        return f"({type}.{self.random.choice(COMPARISONS)} {left} {right})"

    def call(self, params: list[str], op: str = "call") -> str:
        callee = self.random.randrange(len(self.params))
        return f"({op} $f{callee} {' '.join(self.value(type, params) for type in self.params[callee])})"

    def use(self, params: list[str]) -> str:
        """What masks and tests depend on the range of a parameter: sums, addresses, signed numbers."""
        value = self.value("i32", params)
        choice = self.random.randrange(4)
        if choice == 0:
            return f"(i32.load8_s offset={self.random.choice((0, 3))} {value})"
        if choice == 1:
            return f"(i32.shr_s (i32.mul {value} {self.plain('i32', params)}) (i32.const 3))"
        if choice == 2:
            return f"(i32.wrap_i64 (i64.div_s {self.value('i64', params)} (i64.const 3)))"
        return f"(i32.lt_s (i32.add {value} (i32.const 5)) {value})"

    def value(self, type: str, params: list[str]) -> str:
        plain, constant = self.plain(type, params), self.constant(type)
        choice = self.random.randrange(7)
        if choice == 0:
            return constant
        if choice == 1:
            return f"({type}.and {plain} {constant})"
        if choice == 2:
            return (
                f"({type}.{self.random.choice(('add', 'sub'))} {plain} ({type}.const {self.random.choice((1, 2, 8))}))"
            )
        if choice == 3:
            return f"(select {plain} {constant} ({type}.{self.random.choice(COMPARISONS)} {plain} {constant}))"
        if choice == 4:
            return f"({type}.load8_u (i32.and {self.plain('i32', params)} (i32.const 7)))"
        return plain

    def plain(self, type: str, params: list[str]) -> str:
        """A parameter or the counter of a loop, if there is one of the type."""
        found = [f"(local.get {index})" for index, param in enumerate(params) if param == type]
        found += ["(local.get $i)"] if type == "i32" and params else []
        return self.random.choice(found) if found else self.constant(type)

    def constant(self, type: str) -> str:
        return f"({type}.const {self.random.choice(CONSTANTS)})"


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_calls(seed: int) -> None:
    chosen = random.Random(seed)
    made = Calls(chosen)
    text = made.wat()
    binary = wasmtime.wat2wasm(text)
    reference = OnWasmtime(binary)
    counts = {"run": 2, "other": len(made.params[1 if "(table" not in text else 2])}
    given = [(name, [chosen.choice(EDGES) for _ in range(counts[name])]) for name in ("run", "other") * 10]
    given = [each for each in given if each[0] in reference.names]
    expected = [outcome(reference, *each) for each in given]
    for options in OPTIONS:
        ours = OnWasm2py(binary, options)
        assert [outcome(ours, *each) for each in given] == expected, (options, text)


def outcome(instance: OnWasmtime | OnWasm2py, name: str, args: list[int]) -> tuple[object, ...]:
    """What a call gives; then all functions may be called again."""
    result = instance.attempt(name, *args)
    instance.call("reset")
    return result
