"""What the custom section ``dylink.0`` of a module says."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

_BINDING, _WEAK = 3, 1
_THREAD_LOCAL = 0x100


class Section(NamedTuple):
    """Sizes in bytes and elements, alignments as exponents of two; ``flags`` are those of symbols in object files."""

    memory_size: int = 0
    memory_alignment: int = 0
    table_size: int = 0
    table_alignment: int = 0
    #: Names of the libraries that have to be loaded before.
    needed: tuple[str, ...] = ()
    #: (name, flags)
    exports: tuple[tuple[str, int], ...] = ()
    #: (module, name, flags)
    imports: tuple[tuple[str, str, int], ...] = ()
    runtime_path: tuple[str, ...] = ()

    def weak(self) -> frozenset[str]:
        """The symbols that the module can do without. (wasm-ld gives ``env`` as the module of them all.)"""
        return frozenset([name for _, name, flags in self.imports if flags & _BINDING == _WEAK])

    def thread_local(self) -> frozenset[str]:
        """Exported symbols that are offsets into the memory of a thread."""
        return frozenset([name for name, flags in self.exports if flags & _THREAD_LOCAL])


def section_of(made: Any) -> Optional[Section]:
    """The section of the class of a generated module; None if it has none."""
    described = getattr(made, "DYLINK", None)
    return None if described is None else Section(**described)
