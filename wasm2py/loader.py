"""A module object from generated code, as ``import`` would make it."""

from __future__ import annotations

from importlib.machinery import ModuleSpec, SourceFileLoader
from types import ModuleType

from wasm2py.cache import Entry
from wasm2py.collector import held_off


class GeneratedLoader(SourceFileLoader):
    """The loader of a translated module: what ``inspect``, ``pdb`` and ``linecache`` ask for its source.

    (A SourceFileLoader, because the abstract classes in ``importlib.abc`` take several milliseconds to import.)
    """

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, entry.filename)
        self._entry = entry

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code, which is compiled already."""
        with held_off():
            module.__dict__.update(self._entry.program.holders(self._entry.filename))
            for code in self._entry.program.codes:
                exec(code, module.__dict__)

    def get_source(self, fullname: str) -> str:
        """The generated text, also where no file holds it."""
        return self._entry.text


def make_module(name: str, entry: Entry) -> ModuleType:
    """A new module called ``name`` that has run ``entry``; it is not put into ``sys.modules``."""
    loader = GeneratedLoader(name, entry)
    module = ModuleType(name)
    module.__spec__ = ModuleSpec(name, loader, origin=entry.filename)
    module.__loader__ = loader
    module.__file__ = entry.filename
    module.__package__ = ""
    loader.exec_module(module)
    return module
