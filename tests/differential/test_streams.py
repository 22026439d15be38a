"""Loops that read arrays, which they may iterate over, against wasmtime: results, traps and what is in memory then.

Each reads one to four arrays in steps that are constant, or a parameter, and may write to the same memory before, after
or between. Many begin near the end of memory, so that they trap on their way.
"""

from __future__ import annotations

import os
import random

import pytest
import wasmtime

import wasm2py
from tests.differential.engines import OnWasm2py, OnWasmtime
from wasm2py.options import Options

PROGRAMS = int(os.environ.get("WASM2PY_LOOP_PROGRAMS", "40"))
OPTIONS = [Options(), Options(assert_ranges=True), Options(disabled_passes=("guard-stores",)), Options(target="pypy")]
LOADS = [
    "i32.load8_u", "i32.load8_s", "i32.load16_u", "i32.load16_s", "i32.load", "i64.load8_s", "i64.load16_u",
    "i64.load32_s", "i64.load32_u", "i64.load", "f64.load", "f32.load",
]  # fmt: skip
AS_I64 = {"i32": "(i64.extend_i32_s {})", "i64": "{}", "f64": "(i64.reinterpret_f64 {})"}
AS_I64["f32"] = "(i64.extend_i32_s (i32.reinterpret_f32 {}))"


def address(chosen: random.Random) -> str:
    return chosen.choice(
        [
            "(local.get $p)",
            "(local.get $p)",
            "(local.get $q)",
            "(i32.add (local.get $q) (i32.const 12))",
            "(i32.add (local.get $p) (i32.shl (local.get $i) (i32.const 3)))",
            "(i32.add (i32.mul (local.get $i) (i32.const 5)) (local.get $q))",
            "(i32.sub (local.get $p) (local.get $s))",
            "(i32.add (local.get $d) (i32.and (local.get $s) (i32.const 63)))",
            "(local.get $d)",
        ]
    )


def read(chosen: random.Random) -> str:
    load = chosen.choice(LOADS)
    offset = chosen.choice(("", "", " offset=4", " offset=1000"))
    found = AS_I64[load[:3]].format(f"({load}{offset} {address(chosen)})")
    if chosen.random() < 0.15:
        found = f"(if (result i64) (i32.and (local.get $i) (i32.const 1)) (then {found}) (else (i64.const 5)))"
    return f"(local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31)) {found}))"


def write(chosen: random.Random) -> str:
    where = chosen.choice((address(chosen), "(local.get $p)", "(i32.add (local.get $p) (i32.const 3))"))
    store = f"(i64.store16 {where} (local.get $sum))"
    if chosen.random() < 0.3:
        store = f"(if (i32.and (i32.wrap_i64 (local.get $sum)) (i32.const 4)) (then {store}))"
    return store


def module(chosen: random.Random) -> str:
    body = [read(chosen) for _ in range(chosen.choice((1, 1, 2, 3, 4)))]
    for _ in range(chosen.choice((0, 0, 0, 1, 1, 2))):
        body.insert(chosen.randrange(len(body) + 1), write(chosen))
    if chosen.random() < 0.1:
        body.insert(chosen.randrange(len(body) + 1), "(drop (i32.div_u (i32.const 1) (local.get $s)))")
    p_step = chosen.choice(("(i32.const 1)", "(i32.const 8)", "(i32.const 3)", "(local.get $s)"))
    q_step = chosen.choice(("(i32.const 4)", "(i32.const 2)", "(local.get $s)", "(i32.const 70000)"))
    d_step = chosen.choice(("(i32.const -1)", "(i32.const -8)"))
    counted = "(local.set $i (i32.add (local.get $i) (i32.const 1)))"
    if chosen.random() < 0.3:
        counted = "(local.set $i (i32.add (local.get $i) (i32.const 2)))"
    steps = [
        f"(local.set ${name} (i32.add (local.get ${name}) {by}))"
        for name, by in (("p", p_step), ("q", q_step), ("d", d_step))
    ] + [counted]
    chosen.shuffle(steps)
    round = " ".join(body + steps)
    test = chosen.choice(("lt_u", "lt_s", "le_u", "ne"))
    form = chosen.random()
    if form < 0.25:
        test = "lt_u" if test == "ne" else test
        ends = f"(br_if $out (i32.eqz (i32.{test} (local.get $i) (local.get $n))))"
        loop = f"(block $out (loop $on {ends} {round} (br $on)))"
    elif form < 0.5 and p_step.startswith("(i32.const"):
        times = f"(i32.mul (i32.and (local.get $n) (i32.const 127)) {p_step})"
        loop = (
            f"(local.set $end (i32.add (i32.add (local.get $p) {p_step}) {times}))"
            f"(loop $on {round} (br_if $on (i32.ne (local.get $p) (local.get $end))))"
        )
    else:
        if test == "ne" and "const 2" in counted:
            test = "lt_u"
        guard = "(local.set $n (i32.add (local.get $n) (i32.const 1)))" if test == "ne" else ""
        loop = f"{guard} (loop $on {round} (br_if $on (i32.{test} (local.get $i) (local.get $n))))"
    masks = f"(local.set $n (i32.and (local.get $n) (i32.const {chosen.choice((127, 255, 30))})))"
    if chosen.random() < 0.7:
        masks += f"(local.set $s (i32.and (local.get $s) (i32.const {chosen.choice((15, 1023, 7))})))"
    if chosen.random() < 0.5:
        masks += "(local.set $s (i32.or (local.get $s) (i32.const 1)))"
    results = " ".join(chosen.choice((f"(local.get ${name})", "(i32.const 0)", "(i32.const 0)")) for name in "ipqd")
    return (
        '(module (memory (export "memory") 1) '
        '(func (export "f") (param $n i32) (param $p i32) (param $q i32) (param $d i32) (param $s i32) '
        "(result i64 i32 i32 i32 i32) (local $i i32) (local $sum i64) (local $end i32) "
        f"{masks} {loop} (local.get $sum) {results}))"
    )


def arguments(chosen: random.Random) -> list[tuple[int, ...]]:
    near = (0, 8, 100, 5000, 65536 - 100, 65536 - 40, 65536 - 8, 65535, 65536, 70000, -8, -1)
    return [
        (
            chosen.choice((0, 1, 2, 3, 20, 30, 100, 255)),
            *(chosen.choice(near) if chosen.random() < 0.4 else chosen.randrange(30000) for _ in range(3)),
            chosen.choice((0, 1, 2, 7, 8, 16, 100, -1, -8)),
        )
        for _ in range(16)
    ]


@pytest.mark.parametrize("seed", range(PROGRAMS))
def test_streams(seed: int) -> None:
    chosen = random.Random(seed)
    binary = wasmtime.wat2wasm(module(chosen))
    given, data = arguments(chosen), chosen.randbytes(65536)
    reference = OnWasmtime(binary)
    expected = []
    for args in given:
        reference.fill(data)
        expected.append((reference.attempt("f", *args), reference.memory()))
    for options in OPTIONS:
        ours = OnWasm2py(binary, options)
        for args, (result, memory) in zip(given, expected):
            ours.fill(data)
            assert ours.attempt("f", *args) == result, (options, args)
            assert ours.memory() == memory, (options, args)


def test_streams_are_found() -> None:
    texts = [wasm2py.compile(wasmtime.wat2wasm(module(random.Random(seed)))) for seed in range(120)]
    assert sum("in zip(" in text for text in texts) > 10
    assert sum(":end" in text for text in texts) > 0
