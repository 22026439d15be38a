"""The instruction table, part 2: garbage collection (prefix 0xFB) and the mixed bag behind 0xFC (spec §5.4)."""

from __future__ import annotations

from typing import Final

from wasm2py.binary.rows import family, prefixed, row
from wasm2py.instruction import Opcode

# fmt: off
# An allocation counts as a write: each one gives a reference of its own, so two must not be merged into one.
_GC: Final[list[Opcode]] = [
    row(0x00, "struct.new", None, "typeidx", feature="gc", writes=True, constant=True),
    row(0x01, "struct.new_default", None, "typeidx", feature="gc", writes=True, constant=True),
    row(0x02, "struct.get", None, "typeidx fieldidx", feature="gc", reads=True, traps=True),
    row(0x03, "struct.get_s", None, "typeidx fieldidx", feature="gc", reads=True, traps=True),
    row(0x04, "struct.get_u", None, "typeidx fieldidx", feature="gc", reads=True, traps=True),
    row(0x05, "struct.set", None, "typeidx fieldidx", feature="gc", writes=True, traps=True),
    row(0x06, "array.new", None, "typeidx", feature="gc", writes=True, constant=True),
    row(0x07, "array.new_default", None, "typeidx", feature="gc", writes=True, constant=True),
    row(0x08, "array.new_fixed", None, "typeidx u32", feature="gc", writes=True, constant=True),
    row(0x09, "array.new_data", None, "typeidx dataidx", feature="gc", reads=True, writes=True, traps=True),
    row(0x0A, "array.new_elem", None, "typeidx elemidx", feature="gc", reads=True, writes=True, traps=True),
    row(0x0B, "array.get", None, "typeidx", feature="gc", reads=True, traps=True),
    row(0x0C, "array.get_s", None, "typeidx", feature="gc", reads=True, traps=True),
    row(0x0D, "array.get_u", None, "typeidx", feature="gc", reads=True, traps=True),
    row(0x0E, "array.set", None, "typeidx", feature="gc", writes=True, traps=True),
    row(0x0F, "array.len", "arrayref -> i32", feature="gc", traps=True),
    row(0x10, "array.fill", None, "typeidx", feature="gc", writes=True, traps=True),
    row(0x11, "array.copy", None, "typeidx typeidx", feature="gc", reads=True, writes=True, traps=True),
    row(0x12, "array.init_data", None, "typeidx dataidx", feature="gc", reads=True, writes=True, traps=True),
    row(0x13, "array.init_elem", None, "typeidx elemidx", feature="gc", reads=True, writes=True, traps=True),
    row(0x14, "ref.test", None, "heaptype", feature="gc"),
    row(0x15, "ref.test_null", None, "heaptype", feature="gc"),
    row(0x16, "ref.cast", None, "heaptype", feature="gc", traps=True),
    row(0x17, "ref.cast_null", None, "heaptype", feature="gc", traps=True),
    row(0x18, "br_on_cast", None, "labelidx reftype reftype", feature="gc", control=True),
    row(0x19, "br_on_cast_fail", None, "labelidx reftype reftype", feature="gc", control=True),
    row(0x1A, "any.convert_extern", feature="gc", constant=True),
    row(0x1B, "extern.convert_any", feature="gc", constant=True),
    row(0x1C, "ref.i31", "i32 -> (ref_i31)", feature="gc", constant=True),
    row(0x1D, "i31.get_s", "i31ref -> i32", feature="gc", traps=True),
    row(0x1E, "i31.get_u", "i31ref -> i32", feature="gc", traps=True),
]

_SATURATING: Final[list[Opcode]] = [
    *family(0x00, "i32.", "trunc_sat_f32_s trunc_sat_f32_u", "f32 -> i32", feature="saturating-float-to-int"),
    *family(0x02, "i32.", "trunc_sat_f64_s trunc_sat_f64_u", "f64 -> i32", feature="saturating-float-to-int"),
    *family(0x04, "i64.", "trunc_sat_f32_s trunc_sat_f32_u", "f32 -> i64", feature="saturating-float-to-int"),
    *family(0x06, "i64.", "trunc_sat_f64_s trunc_sat_f64_u", "f64 -> i64", feature="saturating-float-to-int"),
]

_BULK: Final[list[Opcode]] = [
    row(0x08, "memory.init", None, "dataidx memidx", feature="bulk-memory", reads=True, writes=True, traps=True),
    row(0x09, "data.drop", "->", "dataidx", feature="bulk-memory", writes=True),
    row(0x0A, "memory.copy", None, "memidx memidx", feature="bulk-memory", reads=True, writes=True, traps=True),
    row(0x0B, "memory.fill", None, "memidx", feature="bulk-memory", writes=True, traps=True),
    row(0x0C, "table.init", None, "elemidx tableidx", feature="bulk-memory", reads=True, writes=True, traps=True),
    row(0x0D, "elem.drop", "->", "elemidx", feature="bulk-memory", writes=True),
    row(0x0E, "table.copy", None, "tableidx tableidx", feature="bulk-memory", reads=True, writes=True, traps=True),
    row(0x0F, "table.grow", None, "tableidx", feature="reference-types", reads=True, writes=True),
    row(0x10, "table.size", None, "tableidx", feature="reference-types", reads=True),
    row(0x11, "table.fill", None, "tableidx", feature="reference-types", writes=True, traps=True),
]

_WIDE: Final[list[Opcode]] = [
    *family(0x13, "i64.", "add128 sub128", "i64 i64 i64 i64 -> i64 i64", feature="wide-arithmetic"),
    *family(0x15, "i64.", "mul_wide_s mul_wide_u", "i64 i64 -> i64 i64", feature="wide-arithmetic"),
]
# fmt: on

GC: Final[list[Opcode]] = prefixed(0xFB, _GC)
MISC: Final[list[Opcode]] = prefixed(0xFC, _SATURATING + _BULK + _WIDE)
