"""Which reads of globals and of memory go away, and above all which must stay."""

from __future__ import annotations

from collections import Counter

import pytest
import wasmtime

from tests.support.wat import functions
from wasm2py.ir import Function, verify
from wasm2py.passes.forward_globals import forward_globals
from wasm2py.passes.forward_memory import forward_memory

HEAD = "(memory 1) (global $g (mut i32) (i32.const 0)) (global $h (mut i32) (i32.const 0)) (func $other)"


def forwarded(body: str, signature: str = "(param $p i32) (param $q i32) (param $v i32)", head: str = HEAD) -> Function:
    function = functions(wasmtime.wat2wasm(f"(module {head} (func {signature} {body}))"))[-1]
    forward_globals(function)
    forward_memory(function)
    verify(function)
    return function


def instructions(function: Function) -> Counter[str]:
    return Counter(value.op.name for block in function.blocks for value in block.body)


STORE = "(i32.store offset=8 (local.get $p) (local.get $v))"
LOAD = "(drop (i32.load offset=8 (local.get $p)))"


@pytest.mark.parametrize(
    ("between", "left"),
    [
        ("", 0),
        ("(i32.store offset=12 (local.get $p) (i32.const 1))", 0),
        ("(i32.store offset=4 (local.get $p) (i32.const 1))", 0),
        ("(i64.store8 offset=7 (local.get $p) (i64.const 1))", 0),
        ("(i32.store (i32.sub (local.get $p) (i32.const 4)) (i32.const 1))", 0),
        ("(drop (memory.grow (i32.const 1)))", 0),
        ("(global.set $g (i32.const 1))", 0),
        ("(i64.store8 offset=8 (local.get $p) (i64.const 1))", 1),
        ("(i64.store8 offset=11 (local.get $p) (i64.const 1))", 1),
        ("(i64.store offset=1 (local.get $p) (i64.const 1))", 1),
        ("(i32.store16 (i32.add (local.get $p) (i32.const 7)) (i32.const 1))", 1),
        ("(f32.store offset=8 (local.get $p) (f32.const 1))", 1),
        ("(i32.store (local.get $q) (i32.const 1))", 1),
        ("(i32.store (i32.const 64) (i32.const 1))", 1),
        ("(call $other)", 1),
        ("(memory.fill (local.get $q) (i32.const 0) (i32.const 1))", 1),
        ("(memory.copy (local.get $q) (i32.const 0) (i32.const 1))", 1),
        ("(if (local.get $q) (then (call $other)))", 1),
        (f"(loop $l {LOAD} (call $other) (br_if $l (local.get $q)))", 2),
        (f"(loop $l {LOAD} {STORE} (br_if $l (local.get $q)))", 0),
    ],
)  # fmt: skip
def test_load_after_store(between: str, left: int) -> None:
    assert instructions(forwarded(f"{STORE} {between} {LOAD}"))["i32.load"] == left


def test_a_loop_counter_in_memory_becomes_a_phi() -> None:
    step = "(i32.store offset=8 (local.get $p) (i32.add (i32.load offset=8 (local.get $p)) (i32.const 1)))"
    function = forwarded(f"{STORE} (loop $l {step} (br_if $l (local.get $q)))")
    assert instructions(function)["i32.load"] == 0
    assert [len(block.phis) for block in function.blocks] == [0, 1, 0]


def test_ways_that_bring_different_values_meet_in_a_phi() -> None:
    other = "(i32.store offset=8 (local.get $p) (i32.const 3))"
    result = "(i32.load offset=8 (local.get $p))"
    signature = "(param $p i32) (param $q i32) (param $v i32) (result i32)"
    function = forwarded(f"(if (local.get $q) (then {STORE}) (else {other})) {result}", signature)
    assert instructions(function)["i32.load"] == 0
    assert len(function.blocks[-1].phis) == 1


def test_a_way_that_does_not_know_keeps_the_load() -> None:
    assert instructions(forwarded(f"(if (local.get $q) (then {STORE})) {LOAD}"))["i32.load"] == 1


def test_no_slots_in_a_memory_of_several_threads() -> None:
    head = HEAD.replace("(memory 1)", "(memory 1 1 shared)")
    assert instructions(forwarded(f"{STORE} {LOAD}", head=head))["i32.load"] == 1


def test_a_load_that_may_trap_beyond_the_end_of_addresses_stays() -> None:
    """With p = -4 the store succeeds at 4 and the load, of the same bytes modulo 2^32, does not."""
    store = "(i32.store (i32.add (local.get $p) (i32.const 8)) (local.get $v))"
    assert instructions(forwarded(f"{store} {LOAD}"))["i32.load"] == 1
    assert instructions(forwarded(f"{STORE} (drop (i32.load (i32.add (local.get $p) (i32.const 8))))"))["i32.load"] == 0
    reached = "(i32.store16 offset=10 (local.get $p) (i32.const 0))"
    assert instructions(forwarded(f"{reached} {store} {LOAD}"))["i32.load"] == 0


@pytest.mark.parametrize(
    ("store", "load", "instead"),
    [
        ("i32.store8", "i32.load8_u", "i32.and"),
        ("i32.store8", "i32.load8_s", "i32.extend8_s"),
        ("i32.store16", "i32.load16_s", "i32.extend16_s"),
        ("i64.store32", "i64.load32_u", "i64.and"),
        ("i64.store32", "i64.load32_s", "i64.extend32_s"),
    ],
)
def test_narrow_loads_take_the_low_bits(store: str, load: str, instead: str) -> None:
    value = f"({load[:3]}.const -2)"
    found = instructions(forwarded(f"({store} (local.get $p) {value}) (drop ({load} (local.get $p)))"))
    assert not found[load]
    assert found[instead] == 1


def test_a_store_of_what_a_slot_holds_already_goes() -> None:
    back = "(i32.store offset=8 (local.get $p) (i32.load offset=8 (local.get $p)))"
    assert instructions(forwarded(f"{LOAD} {back}"))["i32.store"] == 0


@pytest.mark.parametrize(
    ("between", "left"),
    [("", 0), ("(global.set $h (i32.const 5))", 0), ("(call $other)", 1), (STORE, 0),
     ("(if (local.get $q) (then (call $other)))", 1), ("(if (local.get $q) (then (global.set $g (local.get $v))))", 0)],
)  # fmt: skip
def test_get_after_set(between: str, left: int) -> None:
    body = f"(global.set $g (local.get $p)) {between} (drop (global.get $g)) (drop (global.get $g))"
    assert instructions(forwarded(body))["global.get"] == left
