"""Vectors (spec §2.4.3): a v128 is an unsigned int of 128 bits, the first lane lowest.

Lanes of integers are mostly worked on all at once, within the one int ("SIMD within a register"). For that the top
bit of each lane is dealt with apart, so that no carry leaves its lane.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import Callable

#: the widths of integer lanes, in bits
WIDTHS = (8, 16, 32, 64)
ALL = (1 << 128) - 1

Unary = Callable[[int], int]
Binary = Callable[[int, int], int]
Ternary = Callable[[int, int, int], int]


def repeated(lane: int, width: int) -> int:
    """The vector whose lanes of ``width`` bits all hold ``lane``."""
    return sum(lane << at for at in range(0, 128, width))


#: the lowest bit, the top bit, and all but the top bit of each lane, by width
ONES = {width: repeated(1, width) for width in WIDTHS}
TOPS = {width: repeated(1 << width - 1, width) for width in WIDTHS}
LOWS = {width: ALL ^ TOPS[width] for width in WIDTHS}

_FORMATS = {8: "<16b", 16: "<8h", 32: "<4i", 64: "<2q"}
#: lanes as signed and unsigned integers, by width
SIGNED = {width: Struct(format) for width, format in _FORMATS.items()}
UNSIGNED = {width: Struct(format.upper()) for width, format in _FORMATS.items()}


def lanes(vector: int, layout: Struct) -> tuple[int, ...]:
    """The lanes in order."""
    return layout.unpack(vector.to_bytes(16, "little"))


def vector(values: Iterable[int], layout: Struct) -> int:
    """The vector of these lanes, which must fit."""
    return int.from_bytes(layout.pack(*values), "little")


def filled(tops: int, width: int) -> int:
    """All ones in the lanes whose top bit is set; the other bits of ``tops`` are not."""
    return (tops << 1) - (tops >> width - 1)
