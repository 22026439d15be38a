"""The instruction table, part 3: vector instructions, prefix 0xFD (spec §5.4.9), and relaxed SIMD."""

from __future__ import annotations

from typing import Final

from wasm2py.binary.rows import family, load, prefixed, row, store
from wasm2py.instruction import Opcode

_SIMD = "simd"
_RELAXED = "relaxed-simd"
_UNARY = "v128 -> v128"
_BINARY = "v128 v128 -> v128"
_TERNARY = "v128 v128 v128 -> v128"
_TEST = "v128 -> i32"
_SHIFT = "v128 i32 -> v128"

# fmt: off
_MEMORY: Final[list[Opcode]] = [
    load(0x00, "v128.load", 16, feature=_SIMD),
    load(0x01, "v128.load8x8_s", 8, feature=_SIMD),
    load(0x02, "v128.load8x8_u", 8, feature=_SIMD),
    load(0x03, "v128.load16x4_s", 8, feature=_SIMD),
    load(0x04, "v128.load16x4_u", 8, feature=_SIMD),
    load(0x05, "v128.load32x2_s", 8, feature=_SIMD),
    load(0x06, "v128.load32x2_u", 8, feature=_SIMD),
    load(0x07, "v128.load8_splat", 1, feature=_SIMD),
    load(0x08, "v128.load16_splat", 2, feature=_SIMD),
    load(0x09, "v128.load32_splat", 4, feature=_SIMD),
    load(0x0A, "v128.load64_splat", 8, feature=_SIMD),
    store(0x0B, "v128.store", 16, feature=_SIMD),
    load(0x54, "v128.load8_lane", 1, lane=True, feature=_SIMD),
    load(0x55, "v128.load16_lane", 2, lane=True, feature=_SIMD),
    load(0x56, "v128.load32_lane", 4, lane=True, feature=_SIMD),
    load(0x57, "v128.load64_lane", 8, lane=True, feature=_SIMD),
    store(0x58, "v128.store8_lane", 1, lane=True, feature=_SIMD),
    store(0x59, "v128.store16_lane", 2, lane=True, feature=_SIMD),
    store(0x5A, "v128.store32_lane", 4, lane=True, feature=_SIMD),
    store(0x5B, "v128.store64_lane", 8, lane=True, feature=_SIMD),
    load(0x5C, "v128.load32_zero", 4, feature=_SIMD),
    load(0x5D, "v128.load64_zero", 8, feature=_SIMD),
]

_LANES: Final[list[Opcode]] = [
    row(0x0C, "v128.const", "-> v128", "v128", feature=_SIMD, constant=True),
    row(0x0D, "i8x16.shuffle", _BINARY, "lanes16", feature=_SIMD),
    row(0x0E, "i8x16.swizzle", _BINARY, feature=_SIMD),
    row(0x0F, "i8x16.splat", "i32 -> v128", feature=_SIMD),
    row(0x10, "i16x8.splat", "i32 -> v128", feature=_SIMD),
    row(0x11, "i32x4.splat", "i32 -> v128", feature=_SIMD),
    row(0x12, "i64x2.splat", "i64 -> v128", feature=_SIMD),
    row(0x13, "f32x4.splat", "f32 -> v128", feature=_SIMD),
    row(0x14, "f64x2.splat", "f64 -> v128", feature=_SIMD),
    row(0x15, "i8x16.extract_lane_s", "v128 -> i32", "laneidx", feature=_SIMD),
    row(0x16, "i8x16.extract_lane_u", "v128 -> i32", "laneidx", feature=_SIMD),
    row(0x17, "i8x16.replace_lane", "v128 i32 -> v128", "laneidx", feature=_SIMD),
    row(0x18, "i16x8.extract_lane_s", "v128 -> i32", "laneidx", feature=_SIMD),
    row(0x19, "i16x8.extract_lane_u", "v128 -> i32", "laneidx", feature=_SIMD),
    row(0x1A, "i16x8.replace_lane", "v128 i32 -> v128", "laneidx", feature=_SIMD),
    row(0x1B, "i32x4.extract_lane", "v128 -> i32", "laneidx", feature=_SIMD),
    row(0x1C, "i32x4.replace_lane", "v128 i32 -> v128", "laneidx", feature=_SIMD),
    row(0x1D, "i64x2.extract_lane", "v128 -> i64", "laneidx", feature=_SIMD),
    row(0x1E, "i64x2.replace_lane", "v128 i64 -> v128", "laneidx", feature=_SIMD),
    row(0x1F, "f32x4.extract_lane", "v128 -> f32", "laneidx", feature=_SIMD),
    row(0x20, "f32x4.replace_lane", "v128 f32 -> v128", "laneidx", feature=_SIMD),
    row(0x21, "f64x2.extract_lane", "v128 -> f64", "laneidx", feature=_SIMD),
    row(0x22, "f64x2.replace_lane", "v128 f64 -> v128", "laneidx", feature=_SIMD),
]

_COMPARE: Final[list[Opcode]] = [
    *family(0x23, "i8x16.", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", _BINARY, feature=_SIMD),
    *family(0x2D, "i16x8.", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", _BINARY, feature=_SIMD),
    *family(0x37, "i32x4.", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u", _BINARY, feature=_SIMD),
    *family(0x41, "f32x4.", "eq ne lt gt le ge", _BINARY, feature=_SIMD),
    *family(0x47, "f64x2.", "eq ne lt gt le ge", _BINARY, feature=_SIMD),
    *family(0xD6, "i64x2.", "eq ne lt_s gt_s le_s ge_s", _BINARY, feature=_SIMD),
]

_BITS: Final[list[Opcode]] = [
    row(0x4D, "v128.not", _UNARY, feature=_SIMD),
    *family(0x4E, "v128.", "and andnot or xor", _BINARY, feature=_SIMD),
    row(0x52, "v128.bitselect", _TERNARY, feature=_SIMD),
    row(0x53, "v128.any_true", _TEST, feature=_SIMD),
]

# The codes are laid out in one block of 32 a shape, with holes that floats fill.
_INTEGER: Final[list[Opcode]] = [
    *family(0x60, "i8x16.", "abs neg popcnt", _UNARY, feature=_SIMD),
    *family(0x63, "i8x16.", "all_true bitmask", _TEST, feature=_SIMD),
    *family(0x65, "i8x16.", "narrow_i16x8_s narrow_i16x8_u", _BINARY, feature=_SIMD),
    *family(0x6B, "i8x16.", "shl shr_s shr_u", _SHIFT, feature=_SIMD),
    *family(0x6E, "i8x16.", "add add_sat_s add_sat_u sub sub_sat_s sub_sat_u", _BINARY, feature=_SIMD),
    *family(0x76, "i8x16.", "min_s min_u max_s max_u - avgr_u", _BINARY, feature=_SIMD),
    *family(0x7C, "i16x8.", "extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u", _UNARY, feature=_SIMD),
    *family(0x7E, "i32x4.", "extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u", _UNARY, feature=_SIMD),
    *family(0x80, "i16x8.", "abs neg", _UNARY, feature=_SIMD),
    row(0x82, "i16x8.q15mulr_sat_s", _BINARY, feature=_SIMD),
    *family(0x83, "i16x8.", "all_true bitmask", _TEST, feature=_SIMD),
    *family(0x85, "i16x8.", "narrow_i32x4_s narrow_i32x4_u", _BINARY, feature=_SIMD),
    *family(0x87, "i16x8.", "extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u",
            _UNARY, feature=_SIMD),
    *family(0x8B, "i16x8.", "shl shr_s shr_u", _SHIFT, feature=_SIMD),
    *family(0x8E, "i16x8.", "add add_sat_s add_sat_u sub sub_sat_s sub_sat_u", _BINARY, feature=_SIMD),
    *family(0x95, "i16x8.", "mul min_s min_u max_s max_u - avgr_u", _BINARY, feature=_SIMD),
    *family(0x9C, "i16x8.", "extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u",
            _BINARY, feature=_SIMD),
    *family(0xA0, "i32x4.", "abs neg", _UNARY, feature=_SIMD),
    *family(0xA3, "i32x4.", "all_true bitmask", _TEST, feature=_SIMD),
    *family(0xA7, "i32x4.", "extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u",
            _UNARY, feature=_SIMD),
    *family(0xAB, "i32x4.", "shl shr_s shr_u", _SHIFT, feature=_SIMD),
    *family(0xAE, "i32x4.", "add - - sub - - - mul min_s min_u max_s max_u dot_i16x8_s", _BINARY, feature=_SIMD),
    *family(0xBC, "i32x4.", "extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u",
            _BINARY, feature=_SIMD),
    *family(0xC0, "i64x2.", "abs neg", _UNARY, feature=_SIMD),
    *family(0xC3, "i64x2.", "all_true bitmask", _TEST, feature=_SIMD),
    *family(0xC7, "i64x2.", "extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u",
            _UNARY, feature=_SIMD),
    *family(0xCB, "i64x2.", "shl shr_s shr_u", _SHIFT, feature=_SIMD),
    *family(0xCE, "i64x2.", "add - - sub - - - mul", _BINARY, feature=_SIMD),
    *family(0xDC, "i64x2.", "extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u",
            _BINARY, feature=_SIMD),
]

_FLOAT: Final[list[Opcode]] = [
    *family(0x67, "f32x4.", "ceil floor trunc nearest", _UNARY, feature=_SIMD),
    *family(0x74, "f64x2.", "ceil floor", _UNARY, feature=_SIMD),
    row(0x7A, "f64x2.trunc", _UNARY, feature=_SIMD),
    row(0x94, "f64x2.nearest", _UNARY, feature=_SIMD),
    *family(0xE0, "f32x4.", "abs neg - sqrt", _UNARY, feature=_SIMD),
    *family(0xE4, "f32x4.", "add sub mul div min max pmin pmax", _BINARY, feature=_SIMD),
    *family(0xEC, "f64x2.", "abs neg - sqrt", _UNARY, feature=_SIMD),
    *family(0xF0, "f64x2.", "add sub mul div min max pmin pmax", _BINARY, feature=_SIMD),
    row(0x5E, "f32x4.demote_f64x2_zero", _UNARY, feature=_SIMD),
    row(0x5F, "f64x2.promote_low_f32x4", _UNARY, feature=_SIMD),
    *family(0xF8, "i32x4.", "trunc_sat_f32x4_s trunc_sat_f32x4_u", _UNARY, feature=_SIMD),
    *family(0xFA, "f32x4.", "convert_i32x4_s convert_i32x4_u", _UNARY, feature=_SIMD),
    *family(0xFC, "i32x4.", "trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero", _UNARY, feature=_SIMD),
    *family(0xFE, "f64x2.", "convert_low_i32x4_s convert_low_i32x4_u", _UNARY, feature=_SIMD),
]

_RELAXED_SIMD: Final[list[Opcode]] = [
    row(0x100, "i8x16.relaxed_swizzle", _BINARY, feature=_RELAXED),
    *family(0x101, "i32x4.", "relaxed_trunc_f32x4_s relaxed_trunc_f32x4_u", _UNARY, feature=_RELAXED),
    *family(0x103, "i32x4.", "relaxed_trunc_f64x2_s_zero relaxed_trunc_f64x2_u_zero", _UNARY, feature=_RELAXED),
    *family(0x105, "f32x4.", "relaxed_madd relaxed_nmadd", _TERNARY, feature=_RELAXED),
    *family(0x107, "f64x2.", "relaxed_madd relaxed_nmadd", _TERNARY, feature=_RELAXED),
    row(0x109, "i8x16.relaxed_laneselect", _TERNARY, feature=_RELAXED),
    row(0x10A, "i16x8.relaxed_laneselect", _TERNARY, feature=_RELAXED),
    row(0x10B, "i32x4.relaxed_laneselect", _TERNARY, feature=_RELAXED),
    row(0x10C, "i64x2.relaxed_laneselect", _TERNARY, feature=_RELAXED),
    *family(0x10D, "f32x4.", "relaxed_min relaxed_max", _BINARY, feature=_RELAXED),
    *family(0x10F, "f64x2.", "relaxed_min relaxed_max", _BINARY, feature=_RELAXED),
    row(0x111, "i16x8.relaxed_q15mulr_s", _BINARY, feature=_RELAXED),
    row(0x112, "i16x8.relaxed_dot_i8x16_i7x16_s", _BINARY, feature=_RELAXED),
    row(0x113, "i32x4.relaxed_dot_i8x16_i7x16_add_s", _TERNARY, feature=_RELAXED),
]
# fmt: on

SIMD: Final[list[Opcode]] = prefixed(0xFD, _MEMORY + _LANES + _COMPARE + _BITS + _INTEGER + _FLOAT + _RELAXED_SIMD)
