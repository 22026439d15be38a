"""The custom sections that we read: which function parses which, and what becomes of malformed ones.

Custom sections may be ignored (spec §5.5.3), so what is wrong with one never refuses the module: it is left
unparsed, and ``Module.warnings`` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from wasm2py.binary.metadata import branch_hints, dylink, producers, target_features
from wasm2py.binary.names import name_section
from wasm2py.binary.reader import Reader
from wasm2py.errors import DecodeError
from wasm2py.module import CustomSection

PARSERS: Final[dict[str, Callable[[Reader], Any]]] = {
    "name": name_section,
    "producers": producers,
    "target_features": target_features,
    "dylink.0": dylink,
    "metadata.code.branch_hint": branch_hints,
}


def parse_customs(customs: Iterable[CustomSection]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The parsed sections by name, and warnings. Of several sections of one name the first counts."""
    parsed: dict[str, Any] = {}
    warnings: list[str] = []
    for section in customs:
        if section.name not in PARSERS:
            continue
        if section.name in parsed:
            warnings.append(f"custom section {section.name!r} again at byte {section.offset:#x}: ignored")
            continue
        try:
            parsed[section.name] = _parse(section)
        except DecodeError as error:
            warnings.append(f"custom section {section.name!r}: {error}")
    return parsed, tuple(warnings)


def _parse(section: CustomSection) -> Any:
    reader = Reader(section.data, section.offset)
    value = PARSERS[section.name](reader)
    if not reader.at_end():
        raise reader.error("junk after the last entry", reader.pos)
    return value
