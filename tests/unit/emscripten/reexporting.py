"""Modules that export what they import, so that tests can call the environment as guests do."""

from __future__ import annotations

from typing import Any

from tests.support import wat
from wasm2py_runtime.emscripten import Emscripten

_LETTERS = {"i": "i32", "j": "i64", "p": "i32", "f": "f32", "d": "f64"}
_MODULE = """(module {imports} (memory (export "memory") 2 4) (func (export "malloc") (param i32) (result i32)
  (i32.const 4096)))"""


class Guest:
    """An instance that exports these imports of ``env``: names and signatures in Emscripten's letters."""

    def __init__(self, host: Emscripten, /, **signatures: str) -> None:
        self.host = host
        self.instance: Any = host.instantiate(reexporting(**signatures))
        self.memory = self.instance.memory
        self._free = 1024

    def __getattr__(self, name: str) -> Any:
        return self.instance.exports[name]

    def text(self, text: str) -> int:
        """The address of a new C string."""
        address = self._free
        self._free += self.memory.write_string(address, text)
        return address


def reexporting(module: str = "env", /, **signatures: str) -> Any:
    imports = [_import(module, name, letters) for name, letters in signatures.items()]
    return wat.load(_MODULE.format(imports="\n".join(imports)))


def _import(module: str, name: str, letters: str) -> str:
    params = " ".join(_LETTERS[letter] for letter in letters[1:])
    result = "" if letters[0] == "v" else f"(result {_LETTERS[letters[0]]})"
    return f'(func (export "{name}") (import "{module}" "{name}") (param {params}) {result})'
