"""Dynamic linking: libraries that share memory, table and symbols (tool conventions, DynamicLinking.md).

The entry is ``Linker.load_library``. Imported only when that is used.
"""

from .libraries import Libraries, LibraryFinder

__all__ = ["Libraries", "LibraryFinder"]
