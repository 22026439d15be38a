"""Importing this module fills the registry: each module named here registers the instructions of its area."""

from wasm2py.codegen import (
    aggregates,
    atomics,
    comparison,
    division,
    exceptions,
    floating,
    integer,
    memory,
    references,
    state,
    vector,
)

__all__ = [
    "aggregates",
    "atomics",
    "comparison",
    "division",
    "exceptions",
    "floating",
    "integer",
    "memory",
    "references",
    "state",
    "vector",
]
