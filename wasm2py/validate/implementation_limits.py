"""How much of everything a module may have (spec appendix "Implementation Limitations").

The format allows 2^32-1 of almost anything, and a few bytes can ask for it. Each limit bounds something whose cost
is not paid for in bytes of the module. The numbers are those that all browsers agreed on (WebAssembly JavaScript
Interface, "Implementation-defined Limits"), so a module that runs in a browser stays below all of them; the last one
is our own.
"""

from __future__ import annotations

from typing import Final

from wasm2py.errors import ValidationError

MAX_TYPES: Final = 1_000_000
MAX_FUNCTIONS: Final = 1_000_000
MAX_IMPORTS: Final = 1_000_000
MAX_EXPORTS: Final = 1_000_000
MAX_GLOBALS: Final = 1_000_000
MAX_TAGS: Final = 1_000_000
MAX_TABLES: Final = 100_000
MAX_MEMORIES: Final = 100
MAX_DATA_SEGMENTS: Final = 100_000
MAX_ELEMENT_SEGMENTS: Final = 10_000_000
MAX_ELEMENTS: Final = 10_000_000  # of one segment
MAX_PARAMETERS: Final = 1_000
MAX_RESULTS: Final = 1_000
MAX_LOCALS: Final = 50_000  # of one function, parameters included
MAX_FIELDS: Final = 10_000
MAX_SUBTYPING_DEPTH: Final = 63
MAX_ARRAY_OPERANDS: Final = 10_000  # of array.new_fixed
MAX_LABELS: Final = 65_520  # of br_table, without the default one; also catch clauses of try_table
MAX_OPERANDS: Final = 1_000_000  # on the stack of one function: two bytes can call what gives MAX_RESULTS of them


def at_most(limit: int, count: int, what: str) -> None:
    """Refuse more than ``limit``."""
    if count > limit:
        raise ValidationError(f"too many {what}: {count}, the limit of wasm2py is {limit}")
