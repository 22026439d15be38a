"""Decisions of the generator, read from a string of bytes.

Hypothesis makes the bytes and shrinks them: smaller bytes are earlier choices, and when no bytes are left every
choice is the first one. So the first choice everywhere in the generator is the plainest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    def __init__(self, data: bytes) -> None:
        self._bytes = iter(data)

    def below(self, bound: int) -> int:
        """An integer in [0, bound)."""
        value = 0
        for _ in range(((bound - 1).bit_length() + 7) // 8):
            value = value << 8 | next(self._bytes, 0)
        return value % bound

    def bits(self, width: int) -> int:
        return self.below(1 << width)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def chance(self, numerator: int, of: int) -> bool:
        """True ``numerator`` times in ``of``; the last choices are the true ones."""
        return self.below(of) >= of - numerator
