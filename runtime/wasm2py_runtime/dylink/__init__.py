"""Dynamic linking: libraries that share memory, table and symbols (tool conventions, DynamicLinking.md).

The entry is ``Linker.load_library``. Imported only when that is used.
"""

from __future__ import annotations

from .libraries import Libraries
from .loaded import Library

__all__ = ["Libraries", "Library"]
