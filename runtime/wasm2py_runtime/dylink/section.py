"""What the custom section ``dylink.0`` of a library says."""

from __future__ import annotations

from ..abi import Module
from ..errors import LinkError

#: of a symbol in the section: it may stay undefined; it has a place for each thread
WEAK, THREAD_LOCAL = 0x1, 0x100


class Section:
    """The section as generated modules carry it (``Module.DYLINK``). Sizes are in bytes, or elements of the table."""

    def __init__(self, made: type[Module]) -> None:
        """LinkError for a module without the section."""
        if made.DYLINK is None:
            raise LinkError(made.__module__, ["it is no library: it has no custom section dylink.0"])
        info = made.DYLINK
        self.memory_size: int = info.get("memory_size", 0)
        self.memory_alignment: int = 1 << info.get("memory_alignment", 0)
        self.table_size: int = info.get("table_size", 0)
        self.table_alignment: int = 1 << info.get("table_alignment", 0)
        self.needed: tuple[str, ...] = info.get("needed", ())
        self._exports: dict[str, int] = dict(info.get("exports", ()))
        self._imports = {(module, name): flags for module, name, flags in info.get("imports", ())}

    def is_weak(self, module: str, name: str) -> bool:
        """Whether an import may stay undefined: then its address is 0."""
        return bool(self._imports.get((module, name), 0) & WEAK)

    def is_thread_local(self, name: str) -> bool:
        """Whether an exported symbol is an offset into the memory of a thread."""
        return bool(self._exports.get(name, 0) & THREAD_LOCAL)
