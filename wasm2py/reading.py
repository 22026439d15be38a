"""Reading modules: from bytes, from a ``.wasm`` file, or from a ``.wat`` file through wasmtime."""

from __future__ import annotations

import os
from typing import Union

from wasm2py.errors import Wasm2pyError
from wasm2py_runtime.types import Record

#: A module as users give it: its bytes, or the path of a file.
ModuleSource = Union[bytes, bytearray, memoryview, str, "os.PathLike[str]"]


class MissingExtra(Wasm2pyError, ImportError):
    """The input needs a package that comes with an extra of wasm2py which is not installed."""


class TextFormatError(Wasm2pyError):
    """A ``.wat`` file is wrong; the message is wasmtime's."""


class WasmFile(Record):
    """The bytes of a module in the binary format, and the name of the file they came from."""

    __slots__ = __match_args__ = ("name", "data")
    name: str
    data: bytes

    def __init__(self, name: str, data: bytes) -> None:
        self._set(name=name, data=data)

    @property
    def stem(self) -> str:
        """The name without its last extension."""
        return os.path.splitext(os.path.basename(self.name))[0]


def read_module(source: ModuleSource, name: str | None = None) -> WasmFile:
    """The module in ``source``; ``name`` replaces the file's name ("module.wasm" for bytes).

    Only the last part of a path becomes the name, so that output does not depend on where the input was.
    Raises OSError, and MissingExtra or TextFormatError for a ``.wat`` file.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return WasmFile(name or "module.wasm", bytes(source))
    path = os.fspath(source)
    with open(path, "rb") as file:
        data = file.read()
    base = os.path.basename(path)
    if base.endswith(".wat"):
        data = _from_text(base, data)
    return WasmFile(name or base, data)


def _from_text(name: str, data: bytes) -> bytes:
    try:
        import wasmtime
    except ImportError:
        hint = "is in the text format, which needs wasmtime: pip install 'wasm2py[wat]'"
        raise MissingExtra(f"{name} {hint}") from None
    try:
        return bytes(wasmtime.wat2wasm(data))
    except (wasmtime.WasmtimeError, UnicodeDecodeError) as error:
        raise TextFormatError(f"not a module in the text format: {error}") from None
