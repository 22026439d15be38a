"""What generated modules import. Its names and meanings make up the ABI, whose version is ``__wasm2py__`` in them."""

from __future__ import annotations

from typing import Any, ClassVar, Optional

from .exports import Exports
from .imports import Export, Import
from .linkage import Linkage
from .parts import functions
from .rec_groups import define_types
from .room import Pace
from .types import FuncType, GlobalType, MemoryType, RefType, TableType, TagType

__all__ = [
    "ABI_VERSION",
    "Export",
    "FuncType",
    "GlobalType",
    "Import",
    "Linkage",
    "MemoryType",
    "Module",
    "RefType",
    "TableType",
    "TagType",
    "class_of",
    "define_types",
    "functions",
]

ABI_VERSION = 1


class Module:
    """The base of the class ``Module`` in every generated module. An object of it is an instance (spec §4.2).

    ``IMPORTS`` and ``EXPORTS`` describe the module; ``exports`` holds what this instance exports. Exported memories,
    tables and globals are attributes of the instance too, where their name is an identifier that is not taken.
    """

    IMPORTS: ClassVar[tuple[Import, ...]] = ()
    EXPORTS: ClassVar[tuple[Export, ...]] = ()
    #: what the custom section dylink.0 of a dynamic library says
    DYLINK: ClassVar[Optional[dict[str, Any]]] = None
    #: how long calls of exported functions last, by the index of the function (see room.py)
    PACES: ClassVar[dict[int, Pace]]
    exports: Exports

    def __init_subclass__(cls) -> None:
        cls.PACES = {}

    def __repr__(self) -> str:
        names = [export.name for export in self.EXPORTS]
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        return f"<{type(self).__module__}.{type(self).__qualname__} exporting {shown or 'nothing'}>"


def class_of(module: Any) -> type[Module]:
    """The class of a generated module, which may be given itself. TypeError for anything else."""
    found = getattr(module, "Module", module)
    if isinstance(found, type) and issubclass(found, Module):
        return found
    raise TypeError(f"not a module made by wasm2py: {module!r}")
