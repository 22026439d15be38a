"""The instruction table, part 1: opcodes of one byte (spec §5.4.1-5.4.8), the legacy exception handling included."""

from __future__ import annotations

from typing import Final

from wasm2py.binary.rows import family, load, row, store
from wasm2py.instruction import Opcode

# fmt: off
CONTROL: Final[list[Opcode]] = [
    row(0x00, "unreachable", control=True, traps=True),
    row(0x01, "nop", "->"),
    row(0x02, "block", None, "blocktype", control=True),
    row(0x03, "loop", None, "blocktype", control=True),
    row(0x04, "if", None, "blocktype", control=True),
    row(0x05, "else", control=True),
    row(0x08, "throw", None, "tagidx", feature="exceptions", control=True),
    row(0x0A, "throw_ref", feature="exceptions", control=True, traps=True),
    row(0x0B, "end", control=True, constant=True),
    row(0x0C, "br", None, "labelidx", control=True),
    row(0x0D, "br_if", None, "labelidx", control=True),
    row(0x0E, "br_table", None, "labels", control=True),
    row(0x0F, "return", control=True),
    row(0x10, "call", None, "funcidx", calls=True),
    row(0x11, "call_indirect", None, "typeidx tableidx", calls=True, reads=True, traps=True),
    row(0x12, "return_call", None, "funcidx", feature="tail-call", calls=True, control=True),
    row(0x13, "return_call_indirect", None, "typeidx tableidx", feature="tail-call",
        calls=True, control=True, reads=True, traps=True),
    row(0x14, "call_ref", None, "typeidx", feature="function-references", calls=True, traps=True),
    row(0x15, "return_call_ref", None, "typeidx", feature="function-references",
        calls=True, control=True, traps=True),
    row(0x1F, "try_table", None, "blocktype catches", feature="exceptions", control=True),
    row(0x06, "try", None, "blocktype", feature="legacy-exceptions", control=True),
    row(0x07, "catch", None, "tagidx", feature="legacy-exceptions", control=True),
    row(0x09, "rethrow", None, "labelidx", feature="legacy-exceptions", control=True),
    row(0x18, "delegate", None, "labelidx", feature="legacy-exceptions", control=True),
    row(0x19, "catch_all", feature="legacy-exceptions", control=True),
]

# Locals count as state here, so that `Opcode.pure` is true to its word; SSA construction takes them away anyway.
VARIABLES: Final[list[Opcode]] = [
    row(0x1A, "drop"),
    row(0x1B, "select"),
    row(0x1C, "select_t", None, "valtypes", feature="reference-types"),
    row(0x20, "local.get", None, "localidx", reads=True),
    row(0x21, "local.set", None, "localidx", writes=True),
    row(0x22, "local.tee", None, "localidx", writes=True),
    row(0x23, "global.get", None, "globalidx", reads=True, constant=True),
    row(0x24, "global.set", None, "globalidx", writes=True),
    row(0x25, "table.get", None, "tableidx", feature="reference-types", reads=True, traps=True),
    row(0x26, "table.set", None, "tableidx", feature="reference-types", writes=True, traps=True),
]

MEMORY: Final[list[Opcode]] = [
    load(0x28, "i32.load", 4),
    load(0x29, "i64.load", 8),
    load(0x2A, "f32.load", 4),
    load(0x2B, "f64.load", 8),
    load(0x2C, "i32.load8_s", 1),
    load(0x2D, "i32.load8_u", 1),
    load(0x2E, "i32.load16_s", 2),
    load(0x2F, "i32.load16_u", 2),
    load(0x30, "i64.load8_s", 1),
    load(0x31, "i64.load8_u", 1),
    load(0x32, "i64.load16_s", 2),
    load(0x33, "i64.load16_u", 2),
    load(0x34, "i64.load32_s", 4),
    load(0x35, "i64.load32_u", 4),
    store(0x36, "i32.store", 4),
    store(0x37, "i64.store", 8),
    store(0x38, "f32.store", 4),
    store(0x39, "f64.store", 8),
    store(0x3A, "i32.store8", 1),
    store(0x3B, "i32.store16", 2),
    store(0x3C, "i64.store8", 1),
    store(0x3D, "i64.store16", 2),
    store(0x3E, "i64.store32", 4),
    row(0x3F, "memory.size", None, "memidx", reads=True),
    row(0x40, "memory.grow", None, "memidx", reads=True, writes=True),
]

NUMERIC: Final[list[Opcode]] = [
    row(0x41, "i32.const", "-> i32", "i32", constant=True),
    row(0x42, "i64.const", "-> i64", "i64", constant=True),
    row(0x43, "f32.const", "-> f32", "f32", constant=True),
    row(0x44, "f64.const", "-> f64", "f64", constant=True),
    row(0x45, "i32.eqz", "i32 -> i32"),
    *family(0x46, "i32.", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", "i32 i32 -> i32"),
    row(0x50, "i64.eqz", "i64 -> i32"),
    *family(0x51, "i64.", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", "i64 i64 -> i32"),
    *family(0x5B, "f32.", "eq ne lt gt le ge", "f32 f32 -> i32"),
    *family(0x61, "f64.", "eq ne lt gt le ge", "f64 f64 -> i32"),
    *family(0x67, "i32.", "clz ctz popcnt", "i32 -> i32"),
    *family(0x6A, "i32.", "add sub mul", "i32 i32 -> i32", constant=True),
    *family(0x6D, "i32.", "div_s div_u rem_s rem_u", "i32 i32 -> i32", traps=True),
    *family(0x71, "i32.", "and or xor shl shr_s shr_u rotl rotr", "i32 i32 -> i32"),
    *family(0x79, "i64.", "clz ctz popcnt", "i64 -> i64"),
    *family(0x7C, "i64.", "add sub mul", "i64 i64 -> i64", constant=True),
    *family(0x7F, "i64.", "div_s div_u rem_s rem_u", "i64 i64 -> i64", traps=True),
    *family(0x83, "i64.", "and or xor shl shr_s shr_u rotl rotr", "i64 i64 -> i64"),
    *family(0x8B, "f32.", "abs neg ceil floor trunc nearest sqrt", "f32 -> f32"),
    *family(0x92, "f32.", "add sub mul div min max copysign", "f32 f32 -> f32"),
    *family(0x99, "f64.", "abs neg ceil floor trunc nearest sqrt", "f64 -> f64"),
    *family(0xA0, "f64.", "add sub mul div min max copysign", "f64 f64 -> f64"),
    row(0xA7, "i32.wrap_i64", "i64 -> i32"),
    *family(0xA8, "i32.", "trunc_f32_s trunc_f32_u", "f32 -> i32", traps=True),
    *family(0xAA, "i32.", "trunc_f64_s trunc_f64_u", "f64 -> i32", traps=True),
    *family(0xAC, "i64.", "extend_i32_s extend_i32_u", "i32 -> i64"),
    *family(0xAE, "i64.", "trunc_f32_s trunc_f32_u", "f32 -> i64", traps=True),
    *family(0xB0, "i64.", "trunc_f64_s trunc_f64_u", "f64 -> i64", traps=True),
    *family(0xB2, "f32.", "convert_i32_s convert_i32_u", "i32 -> f32"),
    *family(0xB4, "f32.", "convert_i64_s convert_i64_u", "i64 -> f32"),
    row(0xB6, "f32.demote_f64", "f64 -> f32"),
    *family(0xB7, "f64.", "convert_i32_s convert_i32_u", "i32 -> f64"),
    *family(0xB9, "f64.", "convert_i64_s convert_i64_u", "i64 -> f64"),
    row(0xBB, "f64.promote_f32", "f32 -> f64"),
    row(0xBC, "i32.reinterpret_f32", "f32 -> i32"),
    row(0xBD, "i64.reinterpret_f64", "f64 -> i64"),
    row(0xBE, "f32.reinterpret_i32", "i32 -> f32"),
    row(0xBF, "f64.reinterpret_i64", "i64 -> f64"),
    *family(0xC0, "i32.", "extend8_s extend16_s", "i32 -> i32", feature="sign-extension"),
    *family(0xC2, "i64.", "extend8_s extend16_s extend32_s", "i64 -> i64", feature="sign-extension"),
]

REFERENCE: Final[list[Opcode]] = [
    row(0xD0, "ref.null", None, "heaptype", feature="reference-types", constant=True),
    row(0xD1, "ref.is_null", feature="reference-types"),
    row(0xD2, "ref.func", None, "funcidx", feature="reference-types", constant=True),
    row(0xD3, "ref.eq", "eqref eqref -> i32", feature="gc"),
    row(0xD4, "ref.as_non_null", feature="function-references", traps=True),
    row(0xD5, "br_on_null", None, "labelidx", feature="function-references", control=True),
    row(0xD6, "br_on_non_null", None, "labelidx", feature="function-references", control=True),
]
# fmt: on

CORE: Final[list[Opcode]] = CONTROL + VARIABLES + MEMORY + NUMERIC + REFERENCE
