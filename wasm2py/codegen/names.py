"""From any string in a module to an identifier that means nothing else.

Names in a module may hold any characters, be thousands of characters long, or be Python code. Only ASCII letters,
digits and underscores of them survive; whatever is reserved or taken gets a number.
"""

from __future__ import annotations

import builtins
import keyword
import re

MAX_LENGTH = 60

#: what generated modules and the code generator call things themselves
_RESERVED = re.compile(
    r"""abi|TYPES|FUNCTIONS|Module|m|self|fabs|copysign|sqrt|unreachable|br(_\d+)?|state(_\d+)?|x(_\d+)?
    |WasmException|new_exception|not_null_exception|(exn|error)(_\d+)?
    |always|(goto|label)(_\d+)?
    |[uif](8|16|32|64)(_\w+)?           # views, numeric helpers and float constants
    |word(_\w+)?                        # helpers for PyPy
    |(memory|table|elem|data|type|tag)\d+|(at_)?calls\d+_\d+
    |tail(_call|_mark)?
    |(v128|[if]\d+x\d+)_\w+           # helpers for vectors
    |(ref|array|i31|extern)_\w+        # helpers for references
    |_\d+|__.*__""",
    re.VERBOSE,
)
_FORBIDDEN = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))


def identifier(text: str, fallback: str) -> str:
    """``text`` cut and mangled into an identifier, or ``fallback`` if nothing is left."""
    mangled = re.sub(r"[^A-Za-z0-9_]+", "_", text[: 4 * MAX_LENGTH])[:MAX_LENGTH]
    if not mangled.strip("_"):
        return fallback
    if mangled[0].isdigit():
        mangled = "_" + mangled
    if mangled in _FORBIDDEN or _RESERVED.fullmatch(mangled):
        mangled += "_"
        if mangled.startswith("__") and mangled.endswith("__"):
            mangled = mangled.strip("_") + "_"
    return mangled


class Namer:
    """Gives out identifiers, each only once."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self._next: dict[str, int] = {}

    def new(self, text: str, fallback: str) -> str:
        base = identifier(text, fallback)
        # A reserved pattern such as u32_…: no number after it would help.
        if _RESERVED.fullmatch(base) or _RESERVED.fullmatch(f"{base}_1"):
            base = f"n_{base}"
        candidate = base
        number = self._next.get(base, 0)
        while candidate in self.taken or _RESERVED.fullmatch(candidate):
            number += 1
            candidate = f"{base}_{number}"
        self._next[base] = number
        self.taken.add(candidate)
        return candidate
