"""Functions that libraries import before they are there: libraries may need each other, and weak symbols come later."""

from __future__ import annotations

from functools import cache
from typing import Any, Callable

from ..boundary import RawFunction
from ..types import FuncType

_TEMPLATE = """def make(find):
    function = None
    def late({names}):
        nonlocal function
        if function is None:
            function = find()
        return function({names})
    return late
"""


def late_function(name: str, type: FuncType, find: Callable[[], RawFunction]) -> RawFunction:
    """A raw function that becomes, when first called, what ``find()`` gives then."""
    raw: RawFunction = _maker(len(type.params))(find)
    raw.__name__ = name
    raw.wasm_type = type
    return raw


@cache
def _maker(count: int) -> Callable[..., Any]:
    names = ", ".join([f"a{place}" for place in range(count)])
    namespace: dict[str, Any] = {"__name__": __name__}
    exec(compile(_TEMPLATE.format(names=names), "<wasm2py late import>", "exec"), namespace)
    make: Callable[..., Any] = namespace["make"]
    return make
