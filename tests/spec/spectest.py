"""The host module ``spectest`` that the scripts import from, made of the runtime's Python objects."""

from __future__ import annotations

from typing import Any

from wasm2py_runtime import Global, Memory, Table

#: The f32 nearest to 666.6, as ``f32.const 666.6`` gives it.
F32_666_6 = 666.5999755859375


def _print(*values: object) -> None:
    """Takes anything and gives nothing, which is all that the scripts ask of the print functions."""


def spectest() -> dict[str, Any]:
    """Fresh exports; the scripts of one file share them."""
    prints = ("print", "print_i32", "print_i64", "print_f32", "print_f64", "print_i32_f32", "print_f64_f64")
    return {
        **dict.fromkeys(prints, _print),
        "global_i32": Global("i32", 666),
        "global_i64": Global("i64", 666),
        "global_f32": Global("f32", F32_666_6),
        "global_f64": Global("f64", 666.6),
        "table": Table("funcref", 10, 20),
        "table64": Table("funcref", 10, 20, index_type="i64"),
        "memory": Memory(1, 2),
        "shared_memory": Memory(1, 2, shared=True),
    }
