"""A module object from generated code, as ``import`` would make it."""

from __future__ import annotations

import linecache
import os
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType

from wasm2py.cache import Entry


class GeneratedLoader(Loader):
    """The loader of a translated module (PEP 302); holds what ``inspect`` and ``pdb`` ask a loader for."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """None: the default kind of module."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        run(self._entry.codes, module)

    def get_filename(self, fullname: str) -> str:
        """The file name that tracebacks show."""
        return self._entry.filename

    def get_source(self, fullname: str) -> str:
        """The generated text."""
        return self._entry.text


def make_module(name: str, entry: Entry) -> ModuleType:
    """A new module called ``name`` that has run ``entry``; it is not put into ``sys.modules``."""
    loader = GeneratedLoader(entry)
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, loader, origin=entry.filename)
    module.__loader__ = loader
    module.__file__ = entry.filename
    module.__package__ = ""
    if not os.path.exists(entry.filename):
        _show_in_tracebacks(entry)
    loader.exec_module(module)
    return module


def run(codes: Sequence[CodeType], module: ModuleType) -> None:
    """Run code objects one after the other in the namespace of ``module``."""
    for code in codes:
        exec(code, module.__dict__)


def _show_in_tracebacks(entry: Entry) -> None:
    """Give ``linecache`` the lines of a text that is in no file (size and lines; None: never check the disk)."""
    lines = entry.text.splitlines(keepends=True)
    linecache.cache[entry.filename] = (len(entry.text), None, lines, entry.filename)
