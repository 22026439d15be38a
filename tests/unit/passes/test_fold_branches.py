"""Branches whose way is known, and blocks that can then not be reached."""

from __future__ import annotations

import wasmtime

from tests.support.wat import functions, load
from wasm2py.ir import Function, Switch, verify
from wasm2py.options import Options
from wasm2py.passes.fold_branches import fold_branches
from wasm2py.passes.merge_blocks import merge_blocks


def folded(text: str) -> Function:
    (function,) = functions(wasmtime.wat2wasm(text))
    merge_blocks(function)
    fold_branches(function)
    verify(function)
    merge_blocks(function)
    verify(function)
    return function


def test_a_constant_condition_leaves_one_way() -> None:
    function = folded("""(module (func (param i32) (result i32) (local $x i32)
      (if (i32.const 1) (then (local.set $x (i32.const 5))) (else (loop (br_if 0 (local.get 0)))))
      (local.get $x)))""")
    assert len(function.blocks) == 1
    assert function.blocks[0].terminator.args[0].immediate == 5


def test_a_constant_beyond_the_table_takes_the_default() -> None:
    function = folded("""(module (func (result i32)
      (block (block (block (br_table 0 1 2 (i32.const 9))) (return (i32.const 1))) (return (i32.const 2)))
      (i32.const 3)))""")
    assert len(function.blocks) == 1
    assert function.blocks[0].terminator.args[0].immediate == 3


def test_a_table_of_one_place_is_a_jump() -> None:
    function = folded("(module (func (param i32) (block (br_table 0 0 0 (local.get 0)))))")
    assert len(function.blocks) == 1


FLAG = """(module (func (export "f") (param i32 i32) (result i32) (local $flag i32)
  (block $join
    (br_if $join (i32.eq (local.get 0) (i32.const 1)))
    (local.set $flag (i32.const {flag}))
    (br_if $join (i32.eq (local.get 0) (i32.const 2)))
    (local.set $flag (local.get 1)))
  (block (block (block (br_table 0 1 2 ({test} (local.get $flag) (i32.const 7)))) (return (i32.const 10)))
    (return (i32.const 20)))
  (i32.const 30)))"""


def test_known_values_go_past_the_block_that_decides() -> None:
    for test in ("i32.eq", "i32.gt_u"):
        for flag in (0, 7, 8):
            text = FLAG.format(flag=flag, test=test)
            function = folded(text)
            (switch,) = (block for block in function.blocks if isinstance(block.terminator, Switch))
            assert not switch.phis
            plain = load(text, Options(optimize=0)).Module().exports.f
            run = load(text).Module().exports.f
            for arguments in ((1, 5), (2, 5), (3, 0), (3, 7), (3, 9)):
                assert run(*arguments) == plain(*arguments)


def test_the_header_of_a_loop_keeps_its_one_way_in() -> None:
    function = folded("""(module (func (param i32) (result i32) (local $state i32)
      (loop $l
        (if (local.get $state) (then (return (local.get 0))))
        (local.set 0 (i32.add (local.get 0) (i32.const 1)))
        (local.set $state (local.get 0))
        (br $l))))""")
    assert any(block.phis for block in function.blocks)


def test_a_test_is_threaded_though_a_block_before_it_went_away() -> None:
    function = folded("""(module (func (param i32) (result i32) (local $flag i32)
      (block $join
        (if (i32.const 0) (then (local.set $flag (i32.const 1)) (br $join)))
        (br_if $join (local.get 0))
        (local.set $flag (i32.eq (local.get 0) (i32.const 7))))
      (if (result i32) (local.get $flag) (then (i32.const 3)) (else (i32.const 4)))))""")
    assert not any(
        phi.type == "i32" and block.terminator.args == [phi] for block in function.blocks[:-1] for phi in block.phis
    )
