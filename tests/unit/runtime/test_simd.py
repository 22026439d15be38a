"""Operations on lanes that are worked on together, against the same lane by lane."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wasm2py_runtime import simd
from wasm2py_runtime.simd.shapes import ALL, LOWS, TOPS

SHAPES = {"i8x16": 8, "i16x8": 16, "i32x4": 32, "i64x2": 64}
Lanes = list[int]

vectors = st.integers(0, ALL)


def split(vector: int, width: int) -> Lanes:
    return [vector >> at & (1 << width) - 1 for at in range(0, 128, width)]


def joined(lanes: Lanes, width: int) -> int:
    return sum((lane & (1 << width) - 1) << at * width for at, lane in enumerate(lanes))


def signed(lane: int, width: int) -> int:
    return lane - (1 << width) if lane >> width - 1 else lane


def saturated(low: int, high: int) -> Callable[[int], int]:
    return lambda value: max(low, min(high, value))


BINARY: dict[str, Callable[[int, int, int], int]] = {
    "add": lambda a, b, width: a + b,
    "sub": lambda a, b, width: a - b,
    "min_s": lambda a, b, width: min(signed(a, width), signed(b, width)),
    "min_u": lambda a, b, width: min(a, b),
    "max_s": lambda a, b, width: max(signed(a, width), signed(b, width)),
    "max_u": lambda a, b, width: max(a, b),
    "avgr_u": lambda a, b, width: (a + b + 1) // 2,
    "mul": lambda a, b, width: a * b,
    "add_sat_u": lambda a, b, width: min(a + b, (1 << width) - 1),
    "sub_sat_u": lambda a, b, width: max(a - b, 0),
    "add_sat_s": lambda a, b, width: saturated(-1 << width - 1, (1 << width - 1) - 1)(
        signed(a, width) + signed(b, width)
    ),
    "sub_sat_s": lambda a, b, width: saturated(-1 << width - 1, (1 << width - 1) - 1)(
        signed(a, width) - signed(b, width)
    ),
    "eq": lambda a, b, width: -(a == b),
    "ne": lambda a, b, width: -(a != b),
    "lt_s": lambda a, b, width: -(signed(a, width) < signed(b, width)),
    "lt_u": lambda a, b, width: -(a < b),
    "gt_s": lambda a, b, width: -(signed(a, width) > signed(b, width)),
    "gt_u": lambda a, b, width: -(a > b),
    "le_s": lambda a, b, width: -(signed(a, width) <= signed(b, width)),
    "le_u": lambda a, b, width: -(a <= b),
    "ge_s": lambda a, b, width: -(signed(a, width) >= signed(b, width)),
    "ge_u": lambda a, b, width: -(a >= b),
}
UNARY: dict[str, Callable[[int, int], int]] = {
    "neg": lambda a, width: -a,
    "abs": lambda a, width: abs(signed(a, width)),
    "popcnt": lambda a, width: bin(a).count("1"),
}
SHIFTS: dict[str, Callable[[int, int, int], int]] = {
    "shl": lambda a, by, width: a << by % width,
    "shr_u": lambda a, by, width: a >> by % width,
    "shr_s": lambda a, by, width: signed(a, width) >> by % width,
}


def cases(operations: dict[str, Callable[..., int]]) -> list[tuple[str, str]]:
    """What there is of the operations in each shape."""
    return [(shape, name) for shape in SHAPES for name in operations if hasattr(simd, f"{shape}_{name}")]


def test_there_are_cases() -> None:
    """Most are functions; what is written out in generated code is none."""
    assert len(cases(BINARY)) > 60
    assert len(cases(SHIFTS)) == 12
    assert len(cases(UNARY)) > 6


@pytest.mark.parametrize("shape, name", cases(BINARY))
def test_binary(shape: str, name: str) -> None:
    width = SHAPES[shape]

    @given(vectors, vectors)
    @example(ALL, ALL)
    @example(0, ALL)
    @example(TOPS[width], TOPS[width])
    @example(LOWS[width], TOPS[width])
    def check(a: int, b: int) -> None:
        lanes = [BINARY[name](x, y, width) for x, y in zip(split(a, width), split(b, width))]
        assert getattr(simd, f"{shape}_{name}")(a, b) == joined(lanes, width)

    check()


@pytest.mark.parametrize("shape, name", cases(UNARY))
def test_unary(shape: str, name: str) -> None:
    width = SHAPES[shape]

    @given(vectors)
    @example(0)
    @example(ALL)
    @example(TOPS[width])
    def check(a: int) -> None:
        lanes = [UNARY[name](x, width) for x in split(a, width)]
        assert getattr(simd, f"{shape}_{name}")(a) == joined(lanes, width)

    check()


@pytest.mark.parametrize("shape, name", cases(SHIFTS))
def test_shift(shape: str, name: str) -> None:
    width = SHAPES[shape]

    @given(vectors, st.integers(0, 2**32 - 1))
    @example(ALL, 0)
    @example(TOPS[width], width - 1)
    def check(a: int, by: int) -> None:
        lanes = [SHIFTS[name](x, by, width) for x in split(a, width)]
        assert getattr(simd, f"{shape}_{name}")(a, by) == joined(lanes, width)

    check()
