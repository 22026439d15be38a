"""``wasm2py inspect``: what is in a module, as a person reads it or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wasm2py import api
from wasm2py.commands.common import Commands, add_input, read_input
from wasm2py.text import printable, quoted, size_text

if TYPE_CHECKING:  # the compiler's stages are imported by the commands that need them
    from wasm2py.inspection import External, Inspection


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("inspect", help="show what is in a module")
    add_input(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(action=execute)


def execute(args: argparse.Namespace) -> int:
    """Carry out the command."""
    file = read_input(args)
    inspection = api.inspect(file.data, name=file.name)
    if args.json:
        print(json.dumps(inspection.to_dict(), indent=2))  # ASCII only, so no control characters
    else:
        for line in _lines(inspection):
            print(line)
    return 0


def _lines(inspection: Inspection) -> Iterator[str]:
    yield f"{printable(inspection.name)}: {size_text(inspection.size)}, sha256 {inspection.sha256}"
    yield "  valid" if inspection.invalid is None else f"  INVALID: {printable(inspection.invalid)}"
    yield f"  features: {', '.join(inspection.features)}"
    if inspection.unusual_features:
        yield f"    off unless switched on: {', '.join(inspection.unusual_features)}"
    yield from _totals(inspection)
    yield from _producer_lines(inspection)
    yield from _section("imports", [f"{quoted(i.module)} {_external(i)}" for i in inspection.imports])
    yield from _section("exports", [_external(export) for export in inspection.exports])
    yield from _section("memories", list(inspection.memories))
    yield from _section("tables", list(inspection.tables))
    yield from _section("globals", list(inspection.globals))
    sections = [f"{quoted(name)} {size_text(size)}" for name, size in inspection.custom_sections]
    yield from _section("custom sections", sections)
    yield from _section("warnings", [printable(warning) for warning in inspection.warnings])


def _totals(inspection: Inspection) -> Iterator[str]:
    counts = inspection.counts
    yield (
        f"  {counts.functions:,} functions of {counts.instructions:,} instructions, {size_text(counts.code_bytes)}; "
        f"{counts.types:,} types" + (f", {counts.tags:,} tags" if counts.tags else "")
    )
    yield (
        f"  {counts.data_segments:,} data segments of {size_text(counts.data_bytes)}, "
        f"{counts.element_segments:,} element segments"
    )
    if inspection.start is not None:
        yield f"  starts with function {inspection.start}"


def _producer_lines(inspection: Inspection) -> Iterator[str]:
    for field, values in inspection.producers.items():
        yield f"  {printable(field, 40)}: {printable(', '.join(values))}"


def _external(external: External) -> str:
    return f"{quoted(external.name)} {external.kind} {external.type}"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"  {title} ({len(lines)}):"
        yield from (f"    {line}" for line in lines)
