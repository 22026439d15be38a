"""Custom sections of the tool conventions: producers, target_features, dylink.0, and branch hints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wasm2py.binary.reader import Reader


@dataclass(frozen=True)
class Producers:
    """What made the module: by field (language, processed-by, sdk) pairs of name and version."""

    fields: Mapping[str, tuple[tuple[str, str], ...]]


def producers(reader: Reader) -> Producers:
    return Producers({reader.name(): reader.vec(_versioned) for _ in range(reader.length())})


def _versioned(reader: Reader) -> tuple[str, str]:
    return reader.name(), reader.name()


@dataclass(frozen=True)
class TargetFeatures:
    """Features in LLVM's names. ``used`` ones the module was built with, ``disallowed`` ones it must not meet."""

    used: tuple[str, ...]
    disallowed: tuple[str, ...]


def target_features(reader: Reader) -> TargetFeatures:
    features = reader.vec(_feature)
    used = tuple(name for prefix, name in features if prefix != "-")
    return TargetFeatures(used, tuple(name for prefix, name in features if prefix == "-"))


def _feature(reader: Reader) -> tuple[str, str]:
    """A feature and its policy: "+" used, "-" disallowed, and "=" (no longer written) required."""
    prefix = chr(reader.byte())
    if prefix not in "+-=":
        raise reader.error("malformed feature policy", reader.pos - 1)
    return prefix, reader.name()


@dataclass(frozen=True)
class Dylink:
    """What a dynamic linker must know of a shared library (tool conventions, DynamicLinking.md)."""

    memory_size: int = 0
    #: exponents of powers of two
    memory_alignment: int = 0
    table_size: int = 0
    table_alignment: int = 0
    needed: tuple[str, ...] = ()
    #: (name, flags)
    exports: tuple[tuple[str, int], ...] = ()
    #: (module, name, flags)
    imports: tuple[tuple[str, str, int], ...] = ()
    runtime_path: tuple[str, ...] = ()


_MEM_INFO: Final = ("memory_size", "memory_alignment", "table_size", "table_alignment")


def dylink(reader: Reader) -> Dylink:
    """All subsections; those with an id that we do not know are passed over."""
    found: dict[str, object] = {}
    while not reader.at_end():
        number = reader.byte()
        size = reader.length()
        end = reader.pos + size
        if number == 1:
            found.update((name, reader.u32()) for name in _MEM_INFO)
        elif number == 2:
            found["needed"] = reader.vec(Reader.name)
        elif number == 3:
            found["exports"] = reader.vec(lambda r: (r.name(), r.u32()))
        elif number == 4:
            found["imports"] = reader.vec(lambda r: (r.name(), r.name(), r.u32()))
        elif number == 5:
            found["runtime_path"] = reader.vec(Reader.name)
        else:
            reader.bytes(size)
        if reader.pos != end:
            raise reader.error("subsection size mismatch", end)
    return Dylink(**found)  # type: ignore[arg-type]


@dataclass(frozen=True)
class BranchHints:
    """Which way ``if`` and ``br_if`` are likely to go (branch hinting proposal).

    By function index: offset of the instruction in the code entry (from ``Function.offset``) -> likely taken.
    """

    functions: Mapping[int, Mapping[int, bool]]


def branch_hints(reader: Reader) -> BranchHints:
    return BranchHints({reader.u32(): dict(reader.vec(_hint)) for _ in range(reader.length())})


def _hint(reader: Reader) -> tuple[int, bool]:
    offset = reader.u32()
    if reader.u32() != 1:
        raise reader.error("branch hint of a size that is not 1", reader.pos - 1)
    value = reader.byte()
    if value > 1:
        raise reader.error("malformed branch hint", reader.pos - 1)
    return offset, value == 1
