"""The environment of one guest that Emscripten compiled: its state, and how a module is linked with it and run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timezone as timezones
from datetime import tzinfo
from types import MappingProxyType
from typing import Any, Optional, TypeVar, Union

from ..boundary import RawFunction, exported, raw_of
from ..dylink.section import section_of
from ..errors import LinkError, UninitializedElement
from ..imports import MISSING, Import, resolve
from ..linker import Linker
from ..memory import Memory
from ..table import Table
from ..types import MemoryType, TableType
from ..wasi import ProcExit, Wasi, WasiConfig
from ..wasi.announcing import announced
from ..wasi.descriptors import Descriptor
from .adapting import fits
from .exceptions import Exceptions
from .guest import GuestMemory
from .names import PREVIEWS, provider
from .outcomes import Aborted
from .refusals import explained
from .starting import initialise, start

T = TypeVar("T", Memory, Table)

#: Names under which versions of Emscripten export the same function.
_SYNONYMS: Mapping[str, str] = {
    "stackSave": "emscripten_stack_get_current",
    "stackRestore": "_emscripten_stack_restore",
    "stackAlloc": "_emscripten_stack_alloc",
    "setTempRet0": "_emscripten_tempret_set",
}


class Emscripten:
    """The host of one guest: what its module imports from ``env``, and from WASI.

        host = Emscripten(WasiConfig(["prog"], directories={"/": "data"}))
        instance = host.instantiate(prog_mod)

    ``wasi`` says what the guest can see of the world: files, streams, clocks, random bytes; the functions of ``env`` go
    by it as well. It may also be a Wasi host. ``timezone`` is that of the guest's local time, UTC unless one is given.
    ``constants`` collects what the guest registers as constants by embind, by name.

    Use it as a context manager, or call ``close``, unless ``run`` does: it holds directories and files open.
    """

    def __init__(self, wasi: Union[Wasi, WasiConfig, None] = None, *, timezone: tzinfo = timezones.utc) -> None:
        self.wasi = wasi if isinstance(wasi, Wasi) else Wasi(wasi)
        self.timezone = timezone
        self.constants: dict[str, float] = {}
        self.exceptions = Exceptions(self)
        self.working_directory = "/"
        #: The directories of the configuration, with their descriptors, which follow those of the standard streams.
        self.roots = [(path, number) for number, path in enumerate(self.wasi.config.directories, 3)]
        #: Directories that are being read, by descriptor: what was open there, and the cookie of the next entry.
        self.positions: dict[int, tuple[Descriptor, int]] = {}
        #: Whether the guest has the ``struct stat`` of before June 2023.
        self.old_records = False
        #: How often ``setjmp`` was called by a module that leaves counting to the host.
        self.jumps = 0
        #: The high half of the last result of 64 bits, where those are split; else what ``setTempRet0`` was told.
        self.temp_ret0 = 0
        self._guest: Optional[GuestMemory] = None
        self._instance: Any = None
        self._imports: Mapping[str, Any] = {}
        self._table: Optional[Table] = None
        self._found: dict[str, RawFunction] = {}

    # Linking --------------------------------------------------------------------------------------------------------

    def define(self, linker: Linker) -> None:
        """Define what guests import from ``env`` and from WASI in a linker, so far as nothing else is defined there.

        An instance that the linker makes has to be attached before it is used (see ``attach``).
        """
        for module in ("env", *PREVIEWS):
            linker.define_all(module, provider(self, module))

    def provides(self, wanted: Import) -> bool:
        """Whether this host has something for an import of ``env`` or WASI, of its type."""
        if wanted.module == "env" and isinstance(wanted.type, (MemoryType, TableType)):
            return True
        if wanted.module not in ("env", *PREVIEWS):
            return False
        return not resolve([wanted], [provider(self, wanted.module)(wanted.name)])[1]

    def instantiate(self, module: Any, linker: Optional[Linker] = None) -> Any:
        """A new instance of a module, linked with this host and what else the linker defines, attached and initialised.

        A memory or table that the module imports from ``env`` is made and defined, unless the linker has one; a main
        module of dynamic linking is loaded as the first library, and others can follow it into the linker. LinkError
        says what cannot be provided, and why: embind, JavaScript in C (``EM_ASM``), minified names. Raises what
        ``Linker.instantiate`` and the guest raise.
        """
        linker = linker if linker is not None else Linker()
        self.define(linker)
        if section_of(getattr(module, "Module", module)) is not None:
            return linker.load_library(announced(module, self.attach))
        _define_imported(linker, module)
        missing = linker.missing(module)
        if missing:
            problems = resolve(missing, [MISSING] * len(missing))[1]
            raise LinkError(_name(module), [explained(*each) for each in zip(missing, problems)])
        instance = linker.instantiate(announced(module, self.attach))
        initialise(self)
        return instance

    def attach(self, instance: Any, imports: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Let an instance be the guest: its exports are what the host calls, its memory is where pointers point into.

        Memory and table are those it exports, or else those among its ``imports``, whatever they are called there.
        """
        self._instance, self._imports = instance, imports
        self._guest = self._table = None
        self._found.clear()
        self.wasi.attach(instance, imports)

    def run(self, module: Any, linker: Optional[Linker] = None) -> int:
        """Run a program to its end, in a new instance: its exit code. Then everything it had open is closed.

        It is one that exports ``_start`` or ``main``; TypeError for any other. Traps and exceptions pass.
        """
        try:
            self.instantiate(module, linker)
            return start(self, _name(module))
        except ProcExit as end:
            return end.code
        finally:
            self.close()

    def close(self) -> None:
        """Close all files. Functions that are still called find none."""
        self.wasi.close()

    def __enter__(self) -> Emscripten:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The guest, as the functions of the environment see it ------------------------------------------------------------

    @property
    def guest(self) -> GuestMemory:
        """The memory of the guest. RuntimeError if there is none yet."""
        if self._guest is None:
            memory = self._only(Memory)
            if memory is None:
                raise RuntimeError("Emscripten: the guest is not known: use host.instantiate, or host.attach(instance)")
            self.wasi.memory = memory
            self._guest = GuestMemory(memory)
        return self._guest

    @property
    def table(self) -> Table:
        """The table of the guest. Aborted if it has none."""
        if self._table is None:
            self._table = self._only(Table)
            if self._table is None:
                raise Aborted("aborted: the module neither exports its table nor imports one")
        return self._table

    @property
    def _exports(self) -> Any:
        return {} if self._instance is None else self._instance.exports

    def _only(self, kind: type[T]) -> Optional[T]:
        """The memory or the table that the guest exports or imports."""
        exports = self._exports
        found: list[Any] = [exports[each.name] for each in self._instance.EXPORTS] if exports else []
        return next((each for each in (*found, *self._imports.values()) if isinstance(each, kind)), None)

    def has(self, name: str) -> bool:
        """Whether the guest exports something of this name."""
        return name in self._exports

    def has_function(self, name: str, signature: str) -> bool:
        """Whether the guest exports a function of this name and signature."""
        raw = raw_of(self._exports[name]) if name in self._exports else None
        return raw is not None and fits(signature, raw.wasm_type)

    def export(self, name: str, signature: str) -> RawFunction:
        """The raw function that the guest exports under a name. Aborted if it exports none of that signature."""
        found = self._found.get(name)
        return found if found is not None else self._find(name, signature)

    def entry(self, name: str, signature: str) -> Any:
        """The same as an exported function, for calls from outside of the guest: there, traps become what they are."""
        return exported(self.export(name, signature))

    def _find(self, name: str, signature: str) -> RawFunction:
        known = next((each for each in (name, _SYNONYMS.get(name)) if each in self._exports), None)
        if known is None:
            raise Aborted(f"aborted: the module does not export {name}, which its environment needs to call")
        raw = raw_of(self._exports[known])
        if raw is None or not fits(signature, raw.wasm_type):
            raise Aborted(f"aborted: what the module exports as {known} is not of the type that it has to have")
        self._found[name] = raw
        return raw

    def function_at(self, index: int, signature: str) -> RawFunction:
        """The raw function in the table at an index. Trap if there is none, Aborted if it has another signature."""
        raw = self.table.get(index)
        if raw is None:
            raise UninitializedElement
        if not fits(signature, raw.wasm_type):
            raise Aborted(f"aborted: the function at index {index} of the table is {raw.wasm_type}")
        return raw

    def set_temp_ret0(self, value: int) -> None:
        """Tell the guest the other half of a result."""
        self.temp_ret0 = value
        if any(name in self._exports for name in ("setTempRet0", _SYNONYMS["setTempRet0"])):
            self.export("setTempRet0", "vi")(value)


def _define_imported(linker: Linker, module: Any) -> None:
    """Make and define the memory and the table that a module imports from ``env``, if nobody did."""
    for wanted in linker.missing(module):
        if wanted.module == "env" and isinstance(wanted.type, MemoryType):
            linker.define("env", wanted.name, Memory.of_type(wanted.type))
        elif wanted.module == "env" and isinstance(wanted.type, TableType):
            linker.define("env", wanted.name, Table.of_type(wanted.type))


def _name(module: Any) -> str:
    return str(getattr(module, "Module", module).__module__)
