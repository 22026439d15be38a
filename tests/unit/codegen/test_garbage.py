"""What translating a function leaves behind needs no garbage collector: while it goes on, there is none."""

from __future__ import annotations

import gc

from wasmtime import wat2wasm

from wasm2py.binary import decode
from wasm2py.codegen.module import Context, translate_functions
from wasm2py.options import Options

LOOPS = """
(module (memory 1) (global $sp (mut i32) (i32.const 1024))
  (func $f (param i32 i32) (result i32) (local i32 i64)
    (global.set $sp (local.tee 2 (i32.sub (global.get $sp) (i32.const 16))))
    (loop $outer
      (loop $inner
        (i32.store offset=4 (local.get 2) (i32.load (local.get 0)))
        (local.set 3 (i64.add (local.get 3) (i64.load (local.get 0))))
        (br_if $outer (i32.load offset=4 (local.get 2)))
        (local.set 0 (i32.add (local.get 0) (i32.const 4)))
        (br_if $inner (i32.lt_u (local.get 0) (local.get 1))))
      (block $a
        (block $b
          (block $c (br_table $a $b $c $outer (call $f (local.get 0) (local.get 1))))
          (return (i32.const 7)))
        (br_if $outer (i64.eqz (local.get 3)))))
    (i32.load offset=4 (local.get 2))))
"""  # fmt: skip


def test_nothing_is_left_in_circles() -> None:
    context = Context(decode(bytes(wat2wasm(LOOPS))), Options())
    translate_functions(context, range(1))  # what is made once for a module
    gc.collect()
    gc.disable()
    try:
        translate_functions(context, range(1))
        assert gc.collect() == 0
    finally:
        gc.enable()
