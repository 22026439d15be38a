"""A module with a function for each form of each vector instruction, which applies it to vectors in memory.

A record in memory is three operands of 16 bytes. The functions go through the first records and write each result, or
what a store wrote, into 16 bytes of their own, so that one call covers many vectors.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from wasm2py.binary.opcodes_simd import SIMD
from wasm2py.instruction import Opcode

RECORDS = 1000
RECORD, RESULT = 48, 16
RESULTS_AT = 65536
#: addresses within a record that loads and stores add, so that they are not aligned
SHIFTS = (0, 1, 5, 13)

#: what the relaxed instructions do: the instruction, or formula, whose result they always give
RELAXED = {
    "i8x16.relaxed_swizzle": "i8x16.swizzle",
    **{
        f"i32x4.relaxed_trunc_{kind}": f"i32x4.trunc_sat_{kind}"
        for kind in ("f32x4_s", "f32x4_u", "f64x2_s_zero", "f64x2_u_zero")
    },
    **{f"{shape}.relaxed_laneselect": "v128.bitselect" for shape in ("i8x16", "i16x8", "i32x4", "i64x2")},
    **{f"{shape}.relaxed_{which}": f"{shape}.{which}" for shape in ("f32x4", "f64x2") for which in ("min", "max")},
    **{f"{shape}.relaxed_madd": f"{shape}.add ({shape}.mul {{0}} {{1}}) {{2}}" for shape in ("f32x4", "f64x2")},
    **{f"{shape}.relaxed_nmadd": f"{shape}.sub {{2}} ({shape}.mul {{0}} {{1}})" for shape in ("f32x4", "f64x2")},
    "i16x8.relaxed_q15mulr_s": "i16x8.q15mulr_sat_s",
    "i16x8.relaxed_dot_i8x16_i7x16_s": "call $dot {0} {1}",
    "i32x4.relaxed_dot_i8x16_i7x16_add_s": "i32x4.add (i32x4.extadd_pairwise_i16x8_s (call $dot {0} {1})) {2}",
}

#: both factors signed, sums of pairs wrap in 16 bits
DOT = """
(func $dot (param v128 v128) (result v128) (local v128 v128)
  (local.set 2 (i16x8.extmul_low_i8x16_s (local.get 0) (local.get 1)))
  (local.set 3 (i16x8.extmul_high_i8x16_s (local.get 0) (local.get 1)))
  (i16x8.add
    (i8x16.shuffle 0 1 4 5 8 9 12 13 16 17 20 21 24 25 28 29 (local.get 2) (local.get 3))
    (i8x16.shuffle 2 3 6 7 10 11 14 15 18 19 22 23 26 27 30 31 (local.get 2) (local.get 3))))"""

SHUFFLES = (
    range(16),
    range(16, 32),
    range(3, 19),
    range(15, -1, -1),
    [0] * 16,
    [31, 0] * 8,
    [lane for pair in zip(range(8), range(16, 24)) for lane in pair],
    [5, 30, 12, 12, 0, 31, 16, 15, 7, 29, 3, 3, 18, 1, 22, 9],
)

_EDGES = {
    "b": (0, 1, -1, 127, -128, 64, 15, 16),
    "h": (0, 1, -1, 32767, -32768, 255, -256, 128),
    "i": (0, 1, -1, 2**31 - 1, -(2**31), 65535, -65536, 2**24 + 1),
    "q": (0, 1, -1, 2**63 - 1, -(2**63), 2**32 - 1, -(2**32), 2**53 + 1),
}
#: zeros, ones, halves, infinities, NaNs of all kinds, the smallest and largest numbers, the bounds of integers
_SINGLES = (
    0x00000000, 0x80000000, 0x3F800000, 0xBF800000, 0x3F000000, 0xBF000000, 0x40200000, 0x7F800000, 0xFF800000,
    0x7FC00000, 0xFFC00000, 0x7FC12345, 0x7FA00000, 0xFF800001, 0x00000001, 0x80000001, 0x007FFFFF, 0x00800000,
    0x7F7FFFFF, 0xFF7FFFFF, 0x4F000000, 0xCF000000, 0x4F800000, 0x4EFFFFFF, 0x4B000001, 0x34000000,
)  # fmt: skip
_DOUBLES = (
    0x0000000000000000, 0x8000000000000000, 0x3FF0000000000000, 0xBFF0000000000000, 0x3FE0000000000000,
    0xBFE0000000000000, 0x4004000000000000, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000,
    0xFFF8000000000000, 0x7FF8000012345678, 0x7FF4000000000000, 0xFFF0000000000001, 0x0000000000000001,
    0x8000000000000001, 0x000FFFFFFFFFFFFF, 0x0010000000000000, 0x7FEFFFFFFFFFFFFF, 0xFFEFFFFFFFFFFFFF,
    0x41E0000000000000, 0xC1E0000000200000, 0x41EFFFFFFFE00000, 0x47EFFFFFE0000000, 0x47EFFFFFF0000000,
    0x36A0000000000000, 0x4330000000000001,
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """An instruction with its immediates; some of its operands may be constants."""

    name: str
    opcode: Opcode
    function: str


def forms(expected: bool, seed: int = 0) -> Iterator[Form]:
    """All of them; ``expected`` has what stands in for relaxed instructions instead of these."""
    for opcode in SIMD:
        if not opcode.constant:
            yield from _forms(opcode, expected, random.Random(f"{seed} {opcode.name}"))


def module(expected: bool) -> str:
    """The text of the module."""
    functions = "\n".join(form.function for form in forms(expected))
    return f'(module (memory (export "memory") 2)\n{DOT}\n{functions})'


def records(source: random.Random, count: int) -> bytes:
    """Operands: any bits, and lanes that are edges of one kind."""
    return b"".join(_vector(source) for _ in range(count * RECORD // 16))


def _vector(source: random.Random) -> bytes:
    kind = source.choice("rrbhiqfd")
    if kind == "r":
        return source.randbytes(16)
    if kind in _EDGES:
        lanes = [source.choice(_EDGES[kind]) for _ in range(16 // struct.calcsize(kind))]
        return struct.pack(f"<{len(lanes)}{kind}", *lanes)
    if kind == "f":
        return struct.pack("<4I", *source.choices(_SINGLES, k=4))
    return struct.pack("<2Q", *source.choices(_DOUBLES, k=2))


def _forms(opcode: Opcode, expected: bool, source: random.Random) -> Iterator[Form]:
    for immediate in _immediates(opcode):
        made = _Writer(opcode, immediate, expected)
        yield made.form(immediate)
        for operand in range(made.operands):
            yield made.form(f"{immediate} constant {operand}", {operand: _vector(source)})


def _immediates(opcode: Opcode) -> list[str]:
    lanes = [str(lane) for lane in range(16 // opcode.access.width)] if opcode.access else []
    if "lanes16" in opcode.immediates:
        return [" ".join(map(str, lanes)) for lanes in SHUFFLES]
    if opcode.access:
        last = lanes if opcode.name.endswith("_lane") else [""]
        return [f"offset={shift} {lane}".strip() for shift in SHIFTS[: 4 if last == [""] else 1] for lane in last]
    if "laneidx" in opcode.immediates:
        return [str(lane) for lane in range(int(opcode.name.split(".")[0].split("x")[1]))]
    return [""]


class _Writer:
    """Writes the functions for one instruction with its immediate."""

    def __init__(self, opcode: Opcode, immediate: str, expected: bool) -> None:
        self.opcode = opcode
        self.immediate = immediate
        self.types = [*(opcode.access.operands if opcode.access else opcode.params or ())]
        self.operands = len(self.types)
        self.formula = RELAXED.get(opcode.name) if expected else None

    def form(self, title: str, constants: dict[int, bytes] | None = None) -> Form:
        name = f"{self.opcode.name} {title}".strip()
        operands = [self._operand(index, type, (constants or {}).get(index)) for index, type in enumerate(self.types)]
        body = f"""(func (export "{name}") (param $n i32) (local $p i32) (local $q i32)
  (local.set $q (i32.const {RESULTS_AT}))
  (loop $l
    {self._step(operands)}
    (local.set $p (i32.add (local.get $p) (i32.const {RECORD})))
    (local.set $q (i32.add (local.get $q) (i32.const {RESULT})))
    (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"""
        return Form(name, self.opcode, body)

    def _step(self, operands: list[str]) -> str:
        access = self.opcode.access
        if access and access.store:
            lane = self.immediate.partition(" ")[2]
            return f"({self.opcode.name} {lane} (local.get $q) {operands[0]})"
        if access:
            loaded = f"({self.opcode.name} {self.immediate} (local.get $p) {' '.join(operands)})"
            return f"(v128.store (local.get $q) {loaded})"
        result = str((self.opcode.results or ())[0])
        return f"({result}.store (local.get $q) {self._applied(operands)})"

    def _applied(self, operands: list[str]) -> str:
        if self.formula and "{" in self.formula:
            return f"({self.formula.format(*operands)})"
        return f"({self.formula or self.opcode.name} {self.immediate} {' '.join(operands)})"

    def _operand(self, index: int, type: object, constant: bytes | None) -> str:
        if constant is None:
            return f"({type}.load offset={16 * index} (local.get $p))"
        if str(type) == "v128":
            return f"(v128.const i32x4 {' '.join(map(str, struct.unpack('<4i', constant)))})"
        return f"({_constant(str(type), constant)})"


def _constant(type: str, bits: bytes) -> str:
    """A scalar; floats by their value, NaN as the canonical one."""
    value = struct.unpack_from({"i32": "<i", "i64": "<q", "f32": "<f", "f64": "<d"}[type], bits)[0]
    if type in ("i32", "i64"):
        return f"{type}.const {value}"
    return f"{type}.const {'nan' if value != value else str(value) if abs(value) == float('inf') else value.hex()}"
