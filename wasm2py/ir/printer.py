"""A readable text form of the IR, for people and golden files."""

from __future__ import annotations

from wasm2py.ir.graph import Block, Function, Terminator, Value


def format_function(function: Function) -> str:
    """The function as text: one line a value, blocks in order."""
    params = ", ".join(f"v{p.id}: {p.type}" for p in function.params)
    results = " ".join(str(t) for t in function.type.results)
    lines = [f"func {function.index} {function.name!r} ({params}) -> ({results})"]
    for block in function.blocks:
        lines.extend(_format_block(block))
    return "\n".join(lines) + "\n"


def _format_block(block: Block) -> list[str]:
    preds = " ".join(f"b{p.id}" for p in block.preds)
    lines = [f"b{block.id}:" + (f"  ; from {preds}" if preds else "")]
    lines += [f"  {_format_phi(phi, block)}" for phi in block.phis]
    lines += [f"  {format_value(value)}" for value in block.body]
    lines.append(f"  {_format_terminator(block.terminator)}")
    return lines


def _format_phi(phi: Value, block: Block) -> str:
    sources = ", ".join(f"b{pred.id}: v{arg.id}" for pred, arg in zip(block.preds, phi.args))
    return f"v{phi.id}: {phi.type} = phi {sources}"


def format_value(value: Value) -> str:
    """``v3: i32 = i32.add v1 v2``"""
    parts = [value.op.name]
    if value.immediate is not None:
        parts.append(_format_immediate(value.immediate))
    parts += [f"v{arg.id}" for arg in value.args]
    text = " ".join(parts)
    return text if value.type is None else f"v{value.id}: {value.type} = {text}"


def _format_immediate(immediate: object) -> str:
    if isinstance(immediate, tuple) and hasattr(immediate, "_fields"):
        return " ".join(f"{k}={v}" for k, v in zip(immediate._fields, immediate) if v)
    if isinstance(immediate, tuple):
        return " ".join(map(str, immediate))
    return str(immediate)


def _format_terminator(terminator: Terminator) -> str:
    parts = [type(terminator).__name__.lower()]
    parts += [f"v{arg.id}" for arg in terminator.args]
    parts += [f"b{target.id}" for target in terminator.targets]
    return " ".join(parts)
