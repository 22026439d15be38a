"""THE instruction table: one row an instruction, from which decoder, validator, IR and printer derive (spec §5.4).

What the names in ``Opcode.immediates`` stand for, and the value each has once decoded:

- ``labelidx funcidx typeidx tableidx memidx globalidx localidx elemidx dataidx tagidx fieldidx u32``: int (u32);
  ``laneidx``: int (one byte)
- ``blocktype``: None (empty), a value type, or a type index
- ``memarg``: MemArg
- ``i32 i64``: int, signed; ``f32 f64``: the bits; ``v128``: the bits, lane 0 lowest
- ``lanes16``: 16 ints; ``labels``: (labels, default label); ``valtypes``: tuple; ``heaptype``; ``reftype``
- ``catches``: tuple of Catch
- ``zero``: a reserved byte that has no value (the immediate is None)

A single immediate is the value itself, several are a tuple.
"""

from __future__ import annotations

from typing import Final

from wasm2py.binary.opcodes_atomic import ATOMIC
from wasm2py.binary.opcodes_core import CORE
from wasm2py.binary.opcodes_prefixed import GC, MISC
from wasm2py.binary.opcodes_simd import SIMD
from wasm2py.instruction import Opcode

#: All rows by code (``prefix << 16 | number`` for prefixed ones).
OPCODES: Final[dict[int, Opcode]] = {opcode.code: opcode for opcode in [*CORE, *GC, *MISC, *SIMD, *ATOMIC]}

#: All rows by text name.
BY_NAME: Final[dict[str, Opcode]] = {opcode.name: opcode for opcode in OPCODES.values()}
