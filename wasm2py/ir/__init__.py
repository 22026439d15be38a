"""The intermediate representation: a control-flow graph of basic blocks over values in SSA form.

``build`` makes it from a validated function body, ``format_function`` prints it, ``verify`` checks its invariants.
"""

from wasm2py.ir.builder import build
from wasm2py.ir.graph import (
    Block,
    Branch,
    Function,
    Invoke,
    Jump,
    Return,
    Switch,
    Terminator,
    Throw,
    Unreachable,
    Value,
)
from wasm2py.ir.printer import format_function
from wasm2py.ir.verifier import verify

__all__ = [
    "Block",
    "Branch",
    "Function",
    "Invoke",
    "Jump",
    "Return",
    "Switch",
    "Terminator",
    "Throw",
    "Unreachable",
    "Value",
    "build",
    "format_function",
    "verify",
]
