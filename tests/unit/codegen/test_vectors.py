"""Vectors in generated code: what is written out, and memory at its end."""

from __future__ import annotations

import pytest
import wasmtime

import wasm2py
from tests.support.wat import load
from wasm2py.options import Options
from wasm2py_runtime import MemoryOutOfBounds

OPTIONS = [Options(), Options(optimize=0), Options(target="pypy")]
END = 65536

STORES = """(module
  (memory (export "memory") 1)
  (func (export "v128.store") (param i32) (v128.store (local.get 0) (v128.const i64x2 -1 -1)))
  (func (export "v128.store64_lane") (param i32) (v128.store64_lane 1 (local.get 0) (v128.const i64x2 -1 -1)))
  (func (export "v128.store16_lane") (param i32) (v128.store16_lane 1 (local.get 0) (v128.const i64x2 -1 -1)))
  (func (export "v128.load") (param i32) (result i64) (i64x2.extract_lane 0 (v128.load (local.get 0))))
  (func (export "v128.load32x2_s") (param i32) (result i64) (i64x2.extract_lane 0 (v128.load32x2_s (local.get 0))))
  (func (export "v128.load8_splat") (param i32) (result i64) (i64x2.extract_lane 0 (v128.load8_splat (local.get 0))))
)"""
WIDTHS = {
    "v128.store": 16,
    "v128.store64_lane": 8,
    "v128.store16_lane": 2,
    "v128.load": 16,
    "v128.load32x2_s": 8,
    "v128.load8_splat": 1,
}


@pytest.mark.parametrize("options", OPTIONS, ids=["O2", "O0", "pypy"])
@pytest.mark.parametrize("name", WIDTHS)
def test_the_end_of_memory(name: str, options: Options) -> None:
    """The last place is fine; one byte further is a trap, and nothing is written."""
    exports = load(STORES, options).Module().exports
    for address in (END - WIDTHS[name] + 1, END, 2**32 - 1):
        with pytest.raises(MemoryOutOfBounds):
            exports[name](address)
        assert exports.memory.read(END - 16, 16) == bytes(16)
    exports[name](END - WIDTHS[name])
    written = WIDTHS[name] if "store" in name else 0
    assert exports.memory.read(END - 16, 16) == bytes(16 - written) + b"\xff" * written


def text(body: str) -> str:
    module = f'(module (memory 1) (func (export "f") (param v128 v128 i32) (result i32) {body}))'
    return wasm2py.compile(bytes(wasmtime.wat2wasm(module)))


@pytest.mark.parametrize("test", ["i8x16.bitmask", "i16x8.extract_lane_u 3", "i32x4.all_true", "v128.any_true"])
def test_small_results_need_no_mask(test: str) -> None:
    """Nor where two paths meet: what is computed of them stays in 32 bits."""
    made = text(
        f"(if (local.get 2) (then (local.set 2 ({test} (local.get 0)))) (else (local.set 2 (i32.const 7))))"
        "(i32.add (local.get 2) (i32.mul (local.get 2) (local.get 2)))"
    )
    assert str(2**32 - 1) not in made and str(2**32) not in made


def test_what_is_short_is_written_out() -> None:
    """No function of the runtime for what is one expression."""
    made = text("(i32x4.extract_lane 1 (v128.xor (local.get 0) (i32x4.shl (local.get 1) (i32.const 3))))")
    assert "wasm2py_runtime.simd" not in made
    assert "wasm2py_runtime.simd" in text("(i8x16.bitmask (i8x16.avgr_u (local.get 0) (local.get 1)))")
