"""Lane indices of vector instructions (spec §3.4.11); their operands are in the instruction table."""

from __future__ import annotations

from typing import Final

from wasm2py.binary.opcodes import OPCODES
from wasm2py.errors import ValidationError
from wasm2py.instruction import Opcode
from wasm2py.validate.memory import check_lane
from wasm2py.validate.operands import Operands
from wasm2py.validate.registry import IMMEDIATE_CHECKS

#: The number of lanes of each instruction with a lane index, from the shape in its name: "i8x16.replace_lane" has 16.
_LANES: Final = {
    opcode: int(opcode.name.partition(".")[0].partition("x")[2])
    for opcode in OPCODES.values()
    if opcode.immediates == ("laneidx",)
}


def lane_index(v: Operands, opcode: Opcode, lane: int) -> None:
    check_lane(lane, _LANES[opcode])


def shuffle_lanes(v: Operands, opcode: Opcode, lanes: tuple[int, ...]) -> None:
    """``i8x16.shuffle`` chooses from the lanes of both operands."""
    if max(lanes) >= 32:
        raise ValidationError(f"invalid lane index {max(lanes)}: there are 32 lanes")


IMMEDIATE_CHECKS["laneidx",] = lane_index
IMMEDIATE_CHECKS["lanes16",] = shuffle_lanes
