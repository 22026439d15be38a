"""``__cxa_find_matching_catch_N``: which of N - 2 types catches the exception on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from ..boundary import RawFunction
from ..intrinsics import Intrinsic
from ..types import FuncType
from .adapting import compiled

if TYPE_CHECKING:
    from .host import Emscripten

_TEMPLATE = """def make(match):
    def find_matching_catch({names}):
        return match(({arguments}))
    return find_matching_catch
"""


class MatchingCatch(Intrinsic):
    """May be given for an import that takes any number of pointers and gives one."""

    def __init__(self, host: Emscripten) -> None:
        super().__init__(host.exceptions.match, _takes_and_gives_pointers)
        self._host = host

    def raw_for(self, type: FuncType) -> Optional[RawFunction]:
        """A raw function of this type; None if it is no such type."""
        if not _takes_and_gives_pointers(type):
            return None
        names = [f"a{place}" for place in range(len(type.params))]
        source = _TEMPLATE.format(names=", ".join(names), arguments="".join([f"{name}, " for name in names]))
        return compiled(source, type, self._host.exceptions.match)


def _takes_and_gives_pointers(type: FuncType) -> bool:
    return type.results in (("i32",), ("i64",)) and set(type.params) <= set(type.results)
