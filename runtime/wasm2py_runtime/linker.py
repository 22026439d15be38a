"""Wiring modules together by name, as the text format's ``register`` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Callable, Optional, Union

from .abi import Module, class_of
from .errors import LinkError
from .imports import MISSING, Import, resolve
from .limits import Limits, MemoryPolicy, applied
from .link_order import link_order
from .memory import Memory
from .types import FuncType, MemoryType
from .unknown import unknown_function

if TYPE_CHECKING:
    from .dylink import Libraries, Library


class Linker:
    """Knows objects by module and name, and gives each module what it imports.

    ``instantiate`` takes a generated Python module or its class ``Module``; a later definition of the same names
    replaces an earlier one.

    ``auto_memory``: a memory that a module imports and nobody defines is made, and defined for the modules after it.
    ``memory_pages``: the most pages of 64 KiB that a memory may have which a module defines, or ``auto_memory`` makes.
    ``reserve_maximum``: such memories are sure of all the address space that they may need, or are not made at all.
    """

    def __init__(
        self, *, auto_memory: bool = False, memory_pages: Optional[int] = None, reserve_maximum: bool = False
    ) -> None:
        self._definitions: dict[tuple[str, str], Any] = {}
        self._makers: dict[str, Callable[[str], Any]] = {}
        self._aliases: dict[str, str] = {}
        #: patterns of module and name, whether what is missing there may be; the last that matches counts
        self._rules: list[tuple[str, str, bool]] = []
        self._auto_memory = auto_memory
        self._policy = MemoryPolicy(memory_pages, reserve_maximum)
        self._libraries: Optional[Libraries] = None

    # Definitions ------------------------------------------------------------------------------------------------------

    def define(self, module: str, name: str, value: Any) -> None:
        """Let ``value`` (a callable, Memory, Table, Global or Tag) be what is imported as ``module`` ``name``."""
        self._definitions[module, name] = value

    def define_new(self, module: str, name: str, value: Any) -> None:
        """Like ``define``, unless the name is defined by itself already."""
        self._definitions.setdefault((module, name), value)

    def define_all(self, module: str, make: Callable[[str], Any]) -> None:
        """Let ``make(name)`` be what is imported from ``module`` under any name that is not defined by itself."""
        self._makers[module] = make

    def define_module(self, module: str, provider: Union[Module, Mapping[str, Any]]) -> None:
        """Define every export of an instance, or every entry of a mapping, under the name ``module``."""
        source: Any = provider.exports if isinstance(provider, Module) else provider
        for name in source:
            self.define(module, name, source[name])

    def alias(self, module: str, name: str, as_module: str, as_name: Optional[str] = None) -> None:
        """Let what is defined as ``module`` ``name`` be known under another name too. LookupError if nothing is."""
        value = self.lookup(module, name)
        if value is MISSING:
            raise LookupError(f"nothing is defined as {module}.{name}")
        self.define(as_module, name if as_name is None else as_name, value)

    def alias_module(self, module: str, as_module: str) -> None:
        """Let all that is, or will be, defined under ``module`` be found under ``as_module`` too."""
        self._aliases[as_module] = module

    # What is missing --------------------------------------------------------------------------------------------------

    def allow_missing(self, module: str = "*", name: str = "*") -> None:
        """Functions that nobody defines may be imported: when one is called, it raises UnknownImport, a Trap.

        ``module`` and ``name`` are patterns with ``*`` and ``?``; of several calls the last that matches counts.
        """
        self._rules.append((module, name, True))

    def deny_missing(self, module: str = "*", name: str = "*") -> None:
        """The opposite of ``allow_missing``, and the rule where nothing is said."""
        self._rules.append((module, name, False))

    def missing(self, module: Any) -> list[Import]:
        """The imports of a module for which nothing is defined. ``str()`` of each gives its name and type."""
        return [wanted for wanted in class_of(module).IMPORTS if self._is_missing(wanted)]

    def problems(self, module: Any) -> list[str]:
        """All that keeps a module from being linked: a line for each import that is missing or does not fit."""
        made = class_of(module)
        wanted = [entry for entry in made.IMPORTS if self._is_missing(entry) or self._find(entry) is not MISSING]
        return resolve(wanted, [self._find(entry) for entry in wanted])[1]

    # Instances --------------------------------------------------------------------------------------------------------

    def instantiate(
        self, module: Any, name: Optional[str] = None, *, memories: Optional[Mapping[int, Limits]] = None
    ) -> Any:
        """A new instance of a module, linked with what is defined; with a ``name``, its exports become definitions.

        ``memories`` replaces limits of memories that the module defines: ``{0: (minimum, maximum)}``, by memory index,
        in pages. A maximum can only be lowered.

        LinkError names everything that is missing or of a wrong type (LimitError: a memory that is too large),
        MemoryError tells that the machine has no room, Trap of a start function or segment. Nothing is defined then.
        """
        made = class_of(module)
        instance = self.make(made, {wanted.keyword: self.provide(wanted) for wanted in made.IMPORTS}, memories)
        if name is not None:
            self.define_module(name, instance)
        return instance

    def make(
        self, made: type[Module], given: Mapping[str, Any], memories: Optional[Mapping[int, Limits]] = None
    ) -> Any:
        """An instance with these imports, by keyword, and the limits of this Linker. Errors as of ``instantiate``."""
        values = [given[wanted.keyword] for wanted in made.IMPORTS]
        if any(value is MISSING for value in values):
            raise LinkError(made.__module__, resolve(made.IMPORTS, values)[1])
        with applied(MemoryPolicy(self._policy.pages, self._policy.reserve_maximum, memories)):
            return made(**given)

    def load_library(
        self,
        module: Any,
        name: Optional[str] = None,
        *,
        find: Optional[Callable[[str], Any]] = None,
        lazy: bool = False,
        stack_size: int = 65536,
    ) -> Any:
        """An instance of a dynamic library (of wasm-ld, or a main or side module of Emscripten), once for each name.

        Libraries share memory, table and stack: those that a core defines under ``env``, or new ones, of which the
        stack has ``stack_size`` bytes. Symbols are all that is defined under ``env``; what a library exports is defined
        there, where nothing else is. ``libraries`` tells where each of them is.

        ``find(name)`` gives the modules of libraries that this one needs. With ``lazy``, symbols may be undefined: a
        function until it is called, an address (0 until then) until a library defines it.

        LinkError names all that is missing before anything is instantiated; MemoryError if there is no room for data or
        functions. Traps and exceptions of constructors pass; then nothing is loaded, but the room is used.
        """
        before = dict(self._definitions)
        made = class_of(module)
        try:
            return self._loader(stack_size).load(made, made.__module__ if name is None else name, find, lazy).instance
        except BaseException:
            self._definitions = before
            self._libraries = self._libraries or None
            raise

    def _loader(self, stack_size: int) -> Libraries:
        if self._libraries is None:
            from .dylink import Libraries

            self._libraries = Libraries(self, stack_size)
        return self._libraries

    @property
    def libraries(self) -> Mapping[str, Library]:
        """What ``load_library`` has loaded, by name, with the places in memory and table."""
        return {} if self._libraries is None else self._libraries

    def instantiate_all(self, modules: Mapping[str, Any]) -> dict[str, Any]:
        """Instances of several modules by name, each after those from which it imports, whatever their order here.

        LinkError names what is missing before anything is instantiated, and modules that import each other in a circle.
        If one cannot be instantiated, nothing is defined.
        """
        classes = {name: class_of(module) for name, module in modules.items()}
        order = link_order(classes, self._is_missing)
        before = dict(self._definitions)
        try:
            made = {name: self.instantiate(classes[name], name) for name in order}
        except BaseException:
            self._definitions = before
            raise
        return {name: made[name] for name in modules}

    def shared_memories(self, module: Any, kind: type[Memory] = Memory) -> dict[tuple[str, str], Memory]:
        """The shared memories that a module imports, by module and name.

        Those that nobody has defined are made, of the class ``kind``, and defined. LimitError if one must not be so
        large, MemoryError if there is no room.
        """
        made = {}
        for wanted in class_of(module).IMPORTS:
            if isinstance(wanted.type, MemoryType) and wanted.type.shared:
                found = self._find(wanted)
                memory = self._make_memory(wanted, wanted.type, kind) if found is MISSING else found
                made[wanted.module, wanted.name] = memory
        return made

    def _make_memory(self, wanted: Import, type: MemoryType, kind: type[Memory] = Memory) -> Memory:
        memory = self._policy.make(f"{wanted.module}.{wanted.name}", 0, type, kind)
        self.define(wanted.module, wanted.name, memory)
        return memory

    # Looking up -------------------------------------------------------------------------------------------------------

    def lookup(self, module: str, name: str) -> Any:
        """What is defined under a name; ``MISSING`` (of ``wasm2py_runtime.imports``) if nothing is."""
        found = self._definitions.get((module, name), MISSING)
        if found is MISSING and module in self._makers:
            found = self._makers[module](name)
        if found is MISSING and module in self._aliases:
            target = self._aliases[module]
            return self._definitions.get((target, name), MISSING)
        return found

    def _find(self, wanted: Import) -> Any:
        return self.lookup(wanted.module, wanted.name)

    def _is_missing(self, wanted: Import) -> bool:
        if self._find(wanted) is not MISSING or (self._auto_memory and isinstance(wanted.type, MemoryType)):
            return False
        return not self._may_be_missing(wanted)

    def _may_be_missing(self, wanted: Import) -> bool:
        rules = [allowed for module, name, allowed in self._rules if _is_like(wanted, module, name)]
        return isinstance(wanted.type, FuncType) and bool(rules) and rules[-1]

    def provide(self, wanted: Import) -> Any:
        """What is linked for an import: what is defined, or what may stand in for it."""
        found = self._find(wanted)
        if found is MISSING and self._auto_memory and isinstance(wanted.type, MemoryType):
            found = self._make_memory(wanted, wanted.type)
        elif found is MISSING and self._may_be_missing(wanted):
            found = unknown_function(wanted)
        return found


def _is_like(wanted: Import, module: str, name: str) -> bool:
    from fnmatch import fnmatchcase  # imports much, and few need it

    return fnmatchcase(wanted.module, module) and fnmatchcase(wanted.name, name)
