"""Replacing values: everything that uses one gets the value that stands in for it."""

from __future__ import annotations

from wasm2py.ir import Function, Value
from wasm2py.ir.graph import resolve, resolve_all


def replace(value: Value, other: Value) -> None:
    """Let ``other`` stand in for the value; ``forward_operands`` then tells its users."""
    value.forward = other
    if other.local is None:
        other.local = value.local


def forward_operands(function: Function) -> None:
    for block in function.blocks:
        resolve_all(block.phis)
        resolve_all(block.body)
        resolve(block.terminator.args)
