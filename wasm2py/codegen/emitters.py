"""Importing this module fills the registry: each module named here registers the instructions of its area."""

from wasm2py.codegen import comparison, floating, integer, memory, state

__all__ = ["comparison", "floating", "integer", "memory", "state"]
