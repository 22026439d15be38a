"""Importing this module fills the registry: each module named here registers the instructions of its area."""

from wasm2py.codegen import comparison, floating, integer, memory, state

AREAS = (comparison, floating, integer, memory, state)
