"""Rounding by arithmetic against the processor's own, bit by bit; cells that threads do not share."""

from __future__ import annotations

import math
import random
import struct
import threading
from array import array

import pytest

from wasm2py_runtime import float_bits
from wasm2py_runtime.float_bits import ThreadCell, round_by_arithmetic


def bits(x: float) -> str:
    return struct.pack(">d", x).hex()


def double(pattern: int) -> float:
    return float(struct.unpack(">d", struct.pack(">Q", pattern))[0])


def numbers(seed: int) -> list[float]:
    """Any doubles; those near f32, ties and their neighbours among them; f32 themselves; NaNs with any payload."""
    choose = random.Random(seed)
    found = [double(choose.getrandbits(64)) for _ in range(500)]
    for _ in range(2000):
        exponent = choose.randrange(1023 - 155, 1023 + 130)
        low = choose.choice((0, 1, (1 << 28) - 1, 1 << 28, (1 << 28) + 1, (1 << 29) - 1, choose.getrandbits(29)))
        fraction = choose.getrandbits(23) << 29 | low
        found.append(double(choose.getrandbits(1) << 63 | exponent << 52 | fraction))
    found += [double(choose.getrandbits(1) << 63 | 0x7FF << 52 | choose.getrandbits(52)) for _ in range(200)]
    return found


EDGES = [0.0, math.inf, math.nan, 5e-324, 1e-45, 7e-46, 7.006492321624085e-46, 1.1754943508222875e-38]
EDGES += [1.1754942807573643e-38, 3.4028234663852886e38, 3.4028235677973362e38, 3.4028235677973366e38, 1e300]


@pytest.mark.parametrize("seed", range(10))
def test_rounding_by_arithmetic_is_rounding(seed: int) -> None:
    cell = array("f", [0.0])
    for x in [*EDGES, *[-edge for edge in EDGES], *numbers(seed)]:
        cell[0] = x
        assert bits(round_by_arithmetic(x)) == bits(cell[0]), x.hex()
        assert bits(float_bits.f32_round(x)) == bits(cell[0]), x.hex()
        float_bits.f32_cell[0] = x
        assert bits(float_bits.f32_cell[0]) == bits(cell[0]), x.hex()


def test_each_thread_has_its_own_cell() -> None:
    cell = ThreadCell()
    cell[0] = 0.1
    seen: list[float] = []

    def other() -> None:
        seen.append(cell[0])
        cell[0] = 2.5
        seen.append(cell[0])

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [0.0, 2.5]
    assert cell[0] == 0.10000000149011612
