"""tree-sitter: a core and grammars that were published for the web, in one memory, one table, one set of symbols.

The core (npm: web-tree-sitter) is a main module of dynamic linking, a grammar (npm: tree-sitter-python, …) is a side
module: it has tables of its own and uses the core's ``malloc``.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import wasm2py
from wasm2py_runtime import Linker
from wasm2py_runtime.emscripten import Emscripten

#: The core asks for text in pieces of so many UTF-16 code units.
PIECE = 5000


class TreeSitter:
    """The core, with as many languages as are loaded into it."""

    def __init__(self, core: str | Path) -> None:
        self.linker = Linker()
        self._text = b""
        self.linker.define("env", "tree_sitter_parse_callback", self._feed)
        self.linker.define("env", "tree_sitter_log_callback", lambda is_lexing, message: None)
        for name in ("tree_sitter_progress_callback", "tree_sitter_query_progress_callback"):
            self.linker.define("env", name, lambda *progress: 0)
        self.host = Emscripten()
        self.core: Any = self.host.instantiate(wasm2py.load(core), self.linker).exports
        self.memory = self.host.guest.memory
        #: where the core and its host give each other what does not fit an argument
        self._transfer: int = self.core.ts_init()

    def load(self, grammar: str | Path) -> int:
        """The language of a grammar: a pointer that ``parse`` takes. The module exports ``tree_sitter_NAME``."""
        library: Any = self.linker.load_library(wasm2py.load(grammar), str(grammar))
        for name in library.exports:
            if name.startswith("tree_sitter_") and "external_scanner" not in name:
                return library.exports[name]() & 0xFFFFFFFF
        raise ValueError(f"{grammar} is no grammar: it exports no function tree_sitter_…")

    def parse(self, language: int, text: str) -> str:
        """The syntax tree of a text, as an S-expression."""
        self._text = text.encode("utf-16-le")
        core = self.core
        core.ts_parser_new_wasm()
        parser, reader = struct.unpack("<2I", self.memory.read(self._transfer, 8))
        if not core.ts_parser_set_language(parser, language):
            raise ValueError("the core does not support the version of this grammar")
        tree = core.ts_parser_parse_wasm(parser, reader, 0, 0, 0)
        core.ts_tree_root_node_wasm(tree)  # it leaves the node where the next call looks for it
        string = core.ts_node_to_string_wasm(tree)
        found = self.memory.read_string(string & 0xFFFFFFFF)
        core.free(string)
        core.ts_tree_delete(tree)
        core.ts_parser_delete(parser)
        return found

    def _feed(self, buffer: int, index: int, row: int, column: int, length: int) -> None:
        """The core wants the text from a code unit on: it goes into a buffer, with a zero, and how much there is."""
        piece = self._text[2 * index : 2 * (index + PIECE)]
        self.memory.write(buffer, piece + b"\0\0")
        self.memory.store("u32", length, len(piece) // 2)
