"""Random modules, as WAT text, with the calls to make on them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.differential.choices import Choices
from tests.differential.constants import argument
from tests.differential.scope import NUMBERS, Scope, Signature
from tests.differential.statements import Statements

#: How many functions a call of the host may enter, itself included; the ones after that return zeros.
FUEL = 40
#: How many productions that branch out a module may have.
BUDGET = 160

HELPERS = f"""
    (func $canonical_f32 (param f32) (result f32)
        (select (f32.const nan) (local.get 0) (f32.ne (local.get 0) (local.get 0))))
    (func $canonical_f64 (param f64) (result f64)
        (select (f64.const nan) (local.get 0) (f64.ne (local.get 0) (local.get 0))))
    (func $same_f32 (param f32) (result f32) (local.get 0))
    (func $same_f64 (param f64) (result f64) (local.get 0))
    (func (export "exact_f32") (result i32) (i32.reinterpret_f32 (global.get $exact_f32)))
    (func (export "exact_f64") (result i64) (i64.reinterpret_f64 (global.get $exact_f64)))
    (func (export "null") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0))))
    (func (export "entries") (result i32) (table.size $t))
    (func (export "refuel") (global.set $fuel (i32.const {FUEL})))
"""

ENTRY = """
        (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))
        (if (i32.lt_s (global.get $fuel) (i32.const 0)) (then (return {})))"""


@dataclass(frozen=True)
class Program:
    """A module and calls of its exports, to be made in order on one instance."""

    wat: str
    calls: tuple[tuple[str, tuple[int | float, ...]], ...]


def program(data: bytes) -> Program:
    """The program that a string of bytes stands for."""
    choices = Choices(data)
    signatures = [_signature(choices) for _ in range(1 + choices.below(4))]
    writer = Statements(choices, signatures, BUDGET)
    functions = [_function(writer, index) for index in range(len(signatures))]
    return Program(_module(choices, functions), _calls(choices, signatures))


def _signature(choices: Choices) -> Signature:
    params = tuple(choices.pick(NUMBERS) for _ in range(choices.below(4)))
    # One result is what expressions can call, so most have one.
    results = tuple(choices.pick(NUMBERS) for _ in range((1, 1, 1, 0, 2, 3)[choices.below(6)]))
    return Signature(params, results)


def _function(writer: Statements, index: int) -> str:
    signature = writer.signatures[index]
    scope = Scope(f"$f{index}", signature)
    scope.locals = {f"$p{i}": kind for i, kind in enumerate(signature.params)}
    scope.locals |= {f"$v_{kind}{i}": kind for kind in NUMBERS for i in range(2)}
    writer.budget += 10  # the last functions get something too
    inner = writer.statements(scope, 4, 5)
    values = writer.operands(scope, signature.results, 3)
    params = " ".join(f"(param $p{i} {kind})" for i, kind in enumerate(signature.params))
    results = " ".join(f"(result {kind})" for kind in signature.results)
    own = [(name, kind) for name, kind in scope.locals.items() if not name.startswith("$p")]
    own += [("$exact_f32", "f32"), ("$exact_f64", "f64")]
    declared = " ".join(f"(local {name} {kind})" for name, kind in own)
    entry = ENTRY.format(" ".join(f"({kind}.const 0)" for kind in signature.results))
    return f'(func $f{index} (export "f{index}") {params} {results} {declared} {entry}\n{inner}\n{values})'


def _module(choices: Choices, functions: list[str]) -> str:
    names = " ".join(f"$f{index}" for index in range(len(functions)))
    data = "".join(f"\\{choices.bits(8):02x}" for _ in range(24))
    globals_ = "\n".join(f'(global $g_{kind} (export "g_{kind}") (mut {kind}) ({kind}.const 1))' for kind in NUMBERS)
    return f"""(module
    (memory (export "memory") 1 3)
    (table $t 10 14 funcref)
    (elem (table $t) (i32.const 0) func {names})
    (elem $functions func {names} {names})
    (data (i32.const 0) "{data}")
    (data (i32.const 65524) "edge of page")
    (data $passive "passive!")
    (global $fuel (mut i32) (i32.const {FUEL}))
    {globals_}
    (global $exact_f32 (mut f32) (f32.const 0)) (global $exact_f64 (mut f64) (f64.const 0))
    {HELPERS}
    {"".join(functions)})"""


def _calls(choices: Choices, signatures: list[Signature]) -> tuple[tuple[str, tuple[int | float, ...]], ...]:
    """Two calls of each function, the last first, as it was written with most to call."""
    calls: list[tuple[str, tuple[int | float, ...]]] = []
    for index in [*reversed(range(len(signatures)))] * 2:
        calls.append(("refuel", ()))
        calls.append((f"f{index}", tuple(argument(choices, kind) for kind in signatures[index].params)))
    return tuple(calls)
