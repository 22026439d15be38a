"""Code for PyPy against wasmtime: the same results, and no intermediate result beyond a 64-bit machine word.

It runs on this interpreter, with an assertion put around each operation on integers.
"""

from __future__ import annotations

import ast
import json
import os
import random
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import wasmtime

import wasm2py
from tests.differential.engines import OnWasm2py, OnWasmtime, trace
from tests.differential.generator import Program, program
from tests.differential.test_loops import Generator
from tests.kernels.interpreters import interpreter
from tests.support.shared import REPOSITORY
from wasm2py.options import Options

PROGRAMS = int(os.environ.get("WASM2PY_WORD_PROGRAMS", "25"))
OPTIONS = [Options(target="pypy", assert_ranges=True), Options(optimize=0, target="pypy")]
_SPAN = 1 << 64


def small(value: Any) -> Any:
    assert isinstance(value, float) or -(1 << 63) <= value < 1 << 63, value
    return value


class Checked(ast.NodeTransformer):
    """Puts ``small`` around arithmetic, but for two things: ``x + 2**64`` makes a word unsigned for another function,
    and ``-x`` is too large for one number only (which ``-x // 1`` is too).
    """

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.FloorDiv):
            return node
        if isinstance(node.op, ast.Add) and isinstance(node.right, ast.Constant) and node.right.value == _SPAN:
            return node
        return ast.Call(ast.Name("small", ast.Load()), [node], [])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        words = isinstance(node.func, ast.Name) and node.func.id.startswith("word")
        return ast.Call(ast.Name("small", ast.Load()), [node], []) if words else node


def load(wasm: bytes, options: Options) -> ModuleType:
    """A module that checks itself."""
    tree = Checked().visit(ast.parse(wasm2py.compile(wasm, options=options)))
    module = ModuleType("checked")
    module.__dict__["small"] = small
    exec(compile(ast.fix_missing_locations(tree), "checked", "exec"), module.__dict__)
    return module


BINARY = ("add", "sub", "mul", "and", "or", "xor", "shl", "shr_u", "shr_s", "rotl", "rotr")
COMPARISONS = ("eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u")
DIVISIONS = ("div_s", "div_u", "rem_s", "rem_u")
EDGES = {bits: [0, 1, -1, 7, 1 << bits - 2, (1 << bits - 1) - 1, -1 << bits - 1, 0x12345678] for bits in (32, 64)}


class Formulas:
    """Random expressions of two i32 and two i64, mostly such that make large numbers."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def module(self) -> str:
        functions = [
            f'(func (export "f{index}") (param i32 i32 i64 i64) (result i{bits}) {self.value(bits, 4)})'
            for index in range(6)
            for bits in [self.random.choice((32, 64))]
        ]
        return f"(module {' '.join(functions)})"

    def value(self, bits: int, depth: int) -> str:
        choice = self.random.randrange(10) if depth else self.random.randrange(2)
        if choice == 0:
            return f"(i{bits}.const {self.random.choice(EDGES[bits])})"
        if choice == 1:
            return f"(local.get {self.random.randrange(2) + (2 if bits == 64 else 0)})"
        if choice == 2:
            other = 96 - bits
            op = "i32.wrap_i64" if bits == 32 else f"i64.extend_i32_{self.random.choice('su')}"
            return f"({op} {self.value(other, depth - 1)})"
        if choice == 3:
            return f"(i{bits}.{self.random.choice(('clz', 'ctz', 'popcnt'))} {self.value(bits, depth - 1)})"
        left, right = self.value(bits, depth - 1), self.value(bits, depth - 1)
        if choice == 4:
            other = self.random.choice((32, 64))
            test = f"(i{other}.{self.random.choice(COMPARISONS)} {self.value(other, 1)} {self.value(other, 1)})"
            return f"(select {left} {right} {test})"
        if choice == 5:
            return f"(i{bits}.{self.random.choice(DIVISIONS)} {left} {right})"
        return f"(i{bits}.{self.random.choice(BINARY)} {left} {right})"


def formulas(seed: int) -> tuple[str, tuple[tuple[str, tuple[int, ...]], ...]]:
    """A module and calls of it with numbers at the edges."""
    wat = Formulas(seed).module()
    choose = random.Random(seed)
    calls = [
        (f"f{index}", tuple(choose.choice(EDGES[bits]) for bits in (32, 32, 64, 64)))
        for index in range(6)
        for _ in range(40)
    ]
    return wat, tuple(calls)


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_formulas(seed: int) -> None:
    wat, calls = formulas(seed)
    compare(wasmtime.wat2wasm(wat), Program(wat, calls))


#: i64 that cross from function to function: parameters, several results, a global
CROSSING = """
(module
  (global $g (mut i64) (i64.const -5))
  (func $two (param i64 i64) (result i64 i64 i32)
    (i64.mul (local.get 0) (local.get 1))
    (i64.sub (local.get 0) (local.get 1))
    (i32.wrap_i64 (local.get 0)))
  (func (export "f") (param i64 i64) (result i64) (local i64 i64 i32)
    (call $two (local.get 0) (local.get 1))
    (local.set 4) (local.set 3) (local.set 2)
    (global.set $g (i64.add (global.get $g) (local.get 2)))
    (i64.add
      (i64.shr_u (i64.xor (local.get 2) (global.get $g)) (i64.const 3))
      (i64.div_s (local.get 3) (i64.extend_i32_s (local.get 4))))))
"""


def test_words_cross_from_function_to_function() -> None:
    calls = tuple(("f", (a, b)) for a in EDGES[64] for b in EDGES[64])
    compare(wasmtime.wat2wasm(CROSSING), Program(CROSSING, calls))


RUNNER = """
import importlib, json, sys
from wasm2py_runtime import Trap

def outcome(function, arguments):
    try:
        return ["returned", function(*arguments)]
    except Trap as trap:
        return ["trapped", str(trap)]

print(json.dumps([
    [outcome(importlib.import_module(module).Module().exports[name], arguments) for name, arguments in calls]
    for module, calls in json.loads(sys.stdin.read())
]))
"""


def test_formulas_on_pypy(tmp_path: Path) -> None:
    """With PyPy's own instructions for words."""
    python = interpreter("pypy3")
    if python is None:
        pytest.skip("no pypy3 in WASM2PY_PYTHONS or PATH")
    todo, expected = [], []
    for seed in range(PROGRAMS):
        wat, calls = formulas(seed)
        wasm = wasmtime.wat2wasm(wat)
        (tmp_path / f"formulas{seed}.py").write_text(wasm2py.compile(wasm, options=OPTIONS[seed % 2]))
        todo.append((f"formulas{seed}", calls))
        expected.append([list(outcome[1:]) for outcome in trace(OnWasmtime(wasm), Program(wat, calls))])
    path = os.pathsep.join([str(REPOSITORY / "runtime"), str(tmp_path)])
    done = subprocess.run(
        [python, "-c", RUNNER],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        input=json.dumps(todo),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert json.loads(done.stdout) == expected


def compare(wasm: bytes, calls: Program) -> None:
    expected = trace(OnWasmtime(wasm), calls)
    for options in OPTIONS:
        assert trace(OnWasm2py(wasm, options, load), calls) == expected, options


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_loops(seed: int) -> None:
    wat = Generator(seed).module()
    calls = tuple(("f", (argument,)) for argument in (0, 1, 9, -5, 131060, 0x7FFFFFFE))
    compare(wasmtime.wat2wasm(wat), Program(wat, calls))


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_random_modules(seed: int) -> None:
    example = program(random.Random(seed).randbytes(1200))
    compare(wasmtime.wat2wasm(example.wat), example)
