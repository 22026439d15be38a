"""Simplified code computes what the code before did: random expressions, evaluated before and after."""

from __future__ import annotations

import random

import pytest
import wasmtime

from tests.support.engine import load as load_binary
from tests.support.wat import functions
from wasm2py.binary.opcodes import BY_NAME
from wasm2py.ir import Branch, Function, Return, Value, verify
from wasm2py.options import Options
from wasm2py.passes.dead_values import remove_dead_values
from wasm2py.passes.fold import fold
from wasm2py.passes.simplify import simplify

BINARY = ["add", "sub", "mul", "and", "or", "xor", "shl", "shr_u", "shr_s", "rotl", "rotr"]
COMPARISONS = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"]
DIVISIONS = ["div_u", "rem_u", "div_s", "rem_s"]
NUMBERS = [0, 1, 2, 3, 7, 8, 16, 24, 31, 32, 33, 48, 56, 63, 64, 255, 256, 65535, 1 << 31, (1 << 31) - 1]
NUMBERS += [(1 << 32) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, (1 << 64) - (1 << 31), (1 << 64) - 8]


EMPTY = wasmtime.wat2wasm("(module (func (param i32 i64 i32 i64) (result i32 i64) unreachable))")


class Expressions:
    """Random values of one block, each from the ones before, many of them constants."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        (self.function,) = functions(EMPTY)
        (self.block,) = self.function.blocks
        self.values: dict[str, list[Value]] = {
            type: [p for p in self.function.params if p.type == type] for type in ("i32", "i64")
        }

    def build(self) -> Function:
        for _ in range(14):
            self.step()
        results = [self.values[type][-1] for type in ("i32", "i64")]
        self.block.terminator = Return(results)
        return self.function

    def emit(self, name: str, *args: Value) -> None:
        op = BY_NAME[name]
        type = str(args[0].type) if op.results is None else str(op.results[0])
        value = self.function.value(op, type, list(args))
        self.block.body.append(value)
        self.values[type].append(value)

    def constant(self, type: str) -> Value:
        number = self.random.choice(NUMBERS) & (0xFFFFFFFF if type == "i32" else -1 & (1 << 64) - 1)
        value = self.function.value(BY_NAME[f"{type}.const"], type, [], number)
        self.block.body.append(value)
        return value

    def operand(self, type: str) -> Value:
        kind = self.random.random()
        if kind < 0.35:
            return self.constant(type)
        return self.random.choice(self.values[type][-2:] if kind < 0.85 else self.values[type])

    def step(self) -> None:
        type = self.random.choice(("i32", "i64"))
        choice = self.random.randrange(12)
        if choice < 5:
            self.emit(f"{type}.{self.random.choice(BINARY)}", self.operand(type), self.operand(type))
        elif choice < 7:
            self.emit(f"{type}.{self.random.choice(COMPARISONS)}", self.operand(type), self.operand(type))
        elif choice == 7:
            self.emit(f"{type}.eqz", self.operand(type))
        elif choice == 8:
            self.emit(self.random.choice(("i64.extend_i32_u", "i64.extend_i32_s")), self.operand("i32"))
        elif choice == 9:
            self.emit("i32.wrap_i64", self.operand("i64"))
        elif choice == 10:
            self.emit("select", self.operand(type), self.operand(type), self.operand("i32"))
        else:
            self.rare(type)

    def rare(self, type: str) -> None:
        if self.random.random() < 0.5:
            self.emit(f"{type}.{self.random.choice(('extend8_s', 'extend16_s'))}", self.operand(type))
        else:
            self.emit(f"{type}.{self.random.choice(DIVISIONS)}", self.operand(type), self.constant(type))


def evaluate(function: Function, arguments: list[int]) -> list[int] | None:
    """The results; None if something traps."""
    known = {param.id: argument for param, argument in zip(function.params, arguments)}
    (block,) = function.blocks
    for value in block.body:
        operands = [known[arg.id] for arg in value.args]
        number: int | None
        if value.is_const:
            number = value.immediate
        elif value.op.name == "select":
            number = operands[0] if operands[2] else operands[1]
        else:
            number = fold(value.op, operands)
        if number is None:
            return None
        known[value.id] = number
    return [known[arg.id] for arg in block.terminator.args]


@pytest.mark.parametrize("start", range(0, 3000, 250))
def test_random_expressions(start: int) -> None:
    for seed in range(start, start + 250):
        function = Expressions(seed).build()
        verify(function)
        generator = random.Random(seed)
        arguments = [[generator.choice(NUMBERS) & mask for mask in (0xFFFFFFFF, (1 << 64) - 1) * 2] for _ in range(12)]
        before = [evaluate(function, each) for each in arguments]
        simplify(function)
        verify(function)
        remove_dead_values(function)
        verify(function)
        assert [evaluate(function, each) for each in arguments] == before, seed


def simplified(text: str) -> list[str]:
    """The instructions that are left of the one function of a module, constants aside."""
    (function,) = functions(wasmtime.wat2wasm(text))
    simplify(function)
    remove_dead_values(function)
    verify(function)
    return [value.op.name for block in function.blocks for value in block.body if not value.is_const]


def body(text: str, params: str = "i32 i32", result: str = "i32") -> list[str]:
    return simplified(f"(module (memory 1) (func (param {params}) (result {result}) {text}))")


X, Y = "(local.get 0)", "(local.get 1)"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"(i32.add (i32.add {X} (i32.const 3)) (i32.const 5))", ["i32.add"]),
        (f"(i32.add (i32.add {X} (i32.const 3)) (i32.const -3))", []),
        (f"(i32.add {X} (i32.sub (i32.const 0) {Y}))", ["i32.sub"]),
        (f"(i32.mul {X} (i32.const 8))", ["i32.shl"]),
        (f"(i32.rem_u {X} (i32.const 8))", ["i32.and"]),
        (f"(i32.rem_s {X} (i32.const 8))", ["i32.rem_s"]),
        (f"(i32.div_s (i32.shr_u {X} (i32.const 1)) (i32.const 8))", ["i32.shr_u"]),
        (f"(i32.div_u {X} (i32.const 0))", ["i32.div_u"]),
        (f"(i32.shr_s (i32.shl {X} (i32.const 24)) (i32.const 24))", ["i32.extend8_s"]),
        (f"(i32.and (i32.load8_u {X}) (i32.const 255))", ["i32.load8_u"]),
        (f"(i32.extend8_s (i32.load8_u {X}))", ["i32.load8_s"]),
        (f"(i32.and (i32.lt_s {X} {Y}) (i32.const 1))", ["i32.lt_s"]),
        (f"(i32.eqz (i32.lt_s {X} {Y}))", ["i32.ge_s"]),
        (f"(i32.eqz (i32.eqz {X}))", ["i32.ne"]),
        (f"(i32.eqz (i32.sub {X} {Y}))", ["i32.eq"]),
        (f"(i32.eqz (f64.lt (f64.load {X}) (f64.load {Y})))", ["f64.load", "f64.load", "f64.lt", "i32.eqz"]),
        (f"(i32.eq (i32.add {X} (i32.const 3)) (i32.const 5))", ["i32.eq"]),
        (f"(select (i32.const 0) (i32.const 1) {X})", ["i32.eqz"]),
        (f"(select {X} {X} {Y})", []),
        (f"(i64.lt_s (i64.extend_i32_u {X}) (i64.extend_i32_u {Y}))", ["i32.lt_u"]),
        (f"(i64.lt_s (i64.extend_i32_s {X}) (i64.const -5))", ["i32.lt_s"]),
        (f"(i32.wrap_i64 (i64.extend_i32_s {X}))", []),
        (f"(i32.reinterpret_f32 (f32.load {X}))", ["i32.load"]),
        (f"(i32.store8 {X} (i32.and {Y} (i32.const 255))) (i32.const 0)", ["i32.store8"]),
        ("(i32.add (i32.const 3) (i32.mul (i32.const 4) (i32.const 5)))", []),
    ],
)
def test_rules(text: str, left: list[str]) -> None:
    assert body(text) == left


def test_an_operand_with_other_uses_is_not_computed_twice() -> None:
    text = f"(local.set 1 (i32.add {X} (i32.const 3))) (i32.store {Y} (i32.add {Y} (i32.const 5))) {Y}"
    assert body(text) == ["i32.add", "i32.add", "i32.store"]


def test_a_load_with_other_uses_keeps_its_sign() -> None:
    text = f"(local.set 1 (i32.and (i32.load8_u {X}) (i32.const 255))) (i32.add (i32.extend8_s {Y}) {Y})"
    assert body(text) == ["i32.load8_u", "i32.extend8_s", "i32.add"]


def test_a_branch_decides_by_what_is_tested() -> None:
    text = """(module (func (export "f") (param i32) (result i32)
      (if (result i32) (i32.eqz (i32.eqz (local.get 0))) (then (i32.const 1)) (else (i32.const 2)))))"""
    (function,) = functions(wasmtime.wat2wasm(text))
    simplify(function)
    (branch,) = (b.terminator for b in function.blocks if isinstance(b.terminator, Branch))
    assert branch.args == function.params
    run = load_binary(wasmtime.wat2wasm(text), Options()).Module().exports.f
    assert [run(0), run(5)] == [2, 1]


def test_negations_of_nan_keep_its_bits() -> None:
    text = f"(i64.reinterpret_f64 (f64.neg (f64.neg (f64.reinterpret_i64 {X}))))"
    assert body(text, "i64", "i64") == []
