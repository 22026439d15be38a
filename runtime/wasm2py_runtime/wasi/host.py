"""One guest: its descriptors, its memory, its limits; and how a module is linked with it and run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional

from ..imports import MISSING
from ..linker import Linker
from ..memory import Memory
from .announcing import announced
from .config import WasiConfig
from .descriptors import Descriptor, DescriptorTable
from .flags import ClockId, Rights
from .functions import FUNCTIONS
from .guest import Guest
from .outcomes import ProcExit
from .quota import Quota
from .records import PREVIEW_0, PREVIEW_1, Layout
from .sockets import open_listener
from .streams import open_input, open_output

#: The previews by the module that guests import from, and what they do not have in common.
PREVIEWS: Mapping[str, tuple[Layout, frozenset[str]]] = {
    "wasi_snapshot_preview1": (PREVIEW_1, frozenset()),
    "wasi_unstable": (PREVIEW_0, frozenset({"sock_accept"})),
}


class Caller:
    """What a function of WASI is given beside its arguments."""

    __slots__ = ("descriptors", "layout", "wasi")

    def __init__(self, wasi: Wasi, layout: Layout) -> None:
        self.wasi, self.layout = wasi, layout
        self.descriptors: DescriptorTable = wasi.descriptors

    @property
    def guest(self) -> Guest:
        """The memory of the guest. RuntimeError if it is not known."""
        return self.wasi.known_guest or self.wasi.guest


class Wasi:
    """The host of one guest, which may have several threads.

        wasi = Wasi(WasiConfig(["prog"], directories={"/": "data"}))
        code = wasi.run(prog_mod)

    OSError if a file or directory of the configuration cannot be opened, TypeError for streams that are none. Use it as
    a context manager, or call ``close``, unless ``run`` does: it holds directories and files open.
    """

    def __init__(self, config: Optional[WasiConfig] = None) -> None:
        self.config = config = (config or WasiConfig()).begun()
        self._memory: Optional[Memory] = None
        self._imported: Optional[Memory] = None
        #: ``guest``, once it has been asked for.
        self.known_guest: Optional[Guest] = None
        self._instance: Any = None
        self._closed = False
        self.quota = Quota(config.max_written_bytes, config.at_write_limit)
        self.descriptors = DescriptorTable(config.max_open_files)
        try:
            self._open_descriptors(config)
        except BaseException:
            self.close()
            raise

    def _open_descriptors(self, config: WasiConfig) -> None:
        """Streams first, then directories, then sockets: C libraries look for directories from 3 on until one fails."""
        streams = (
            open_input(config.stdin),
            open_output(config.stdout, "stdout"),
            open_output(config.stderr, "stderr"),
        )
        for stream in streams:
            self.descriptors.add(Descriptor(stream, stream.rights))
        for device, (path, tree) in enumerate(config.directories.items(), 1):
            root = tree.root(self.now, device)
            inheriting = Rights.DIRECTORY | Rights.FILE
            self.descriptors.add(Descriptor(root, root.rights, inheriting, preopen=path))
        for listening in config.listen:
            socket = open_listener(listening)
            self.descriptors.add(Descriptor(socket, socket.rights, Rights.CONNECTION))

    def now(self) -> int:
        """The time of the guest's clock, in nanoseconds since 1970."""
        return self.config.clock(ClockId.REALTIME)

    @property
    def memory(self) -> Optional[Memory]:
        """The memory of the guest: what pointers point into. ``instantiate`` sets it."""
        if self._memory is None and self._instance is not None:
            exports = self._instance.exports
            has_one = "memory" in exports
            found = exports["memory"] if has_one else None
            self._memory = found if isinstance(found, Memory) else self._imported
        return self._memory

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._memory, self.known_guest = memory, None

    @property
    def guest(self) -> Guest:
        """Checked access to that memory. RuntimeError if there is none."""
        if self.known_guest is None:
            memory = self.memory
            if memory is None:
                raise RuntimeError("WASI: the guest's memory is not known: set wasi.memory, or use wasi.instantiate")
            self.known_guest = Guest(memory)
        return self.known_guest

    # Linking --------------------------------------------------------------------------------------------------------

    def imports(self, module: str = "wasi_snapshot_preview1") -> dict[str, Callable[..., Any]]:
        """The functions to import from ``wasi_snapshot_preview1`` or ``wasi_unstable``, by name.

        They take and return signed integers, as any host function. KeyError for another module.
        """
        layout, absent = PREVIEWS[module]
        caller = Caller(self, layout)
        return {name: function.bound(caller) for name, function in FUNCTIONS.items() if name not in absent}

    def define(self, linker: Linker) -> None:
        """Define the functions of both previews in a linker."""
        for module, (layout, absent) in PREVIEWS.items():
            linker.define_all(module, _maker(Caller(self, layout), absent))

    def instantiate(self, module: Any, linker: Optional[Linker] = None) -> Any:
        """A new instance of a module, linked with this host and what else the linker defines.

        Its exported memory, or else the one it imports, becomes the memory of the guest. If it is a reactor, its
        ``_initialize`` is called. Raises what ``Linker.instantiate`` and the guest raise; RuntimeError after ``close``.
        """
        if self._closed:
            raise RuntimeError("WASI: this host has been closed, as it is after a run: make a new Wasi for each run")
        linker = linker if linker is not None else Linker()
        self.define(linker)
        instance = linker.instantiate(announced(module, self.attach))
        if "_initialize" in instance.exports and "_start" not in instance.exports:
            instance.exports["_initialize"]()
        return instance

    def attach(self, instance: Any, imports: Mapping[str, Any]) -> None:
        """The guest is going to be this instance: its memory is one that it imports or one that it will export.

        (A start function may call the host before ``instantiate`` has got the instance.)
        """
        self._imported = next((value for value in imports.values() if isinstance(value, Memory)), None)
        self._memory, self.known_guest, self._instance = None, None, instance

    def run(self, module: Any, linker: Optional[Linker] = None) -> int:
        """Run a command to its end, in a new instance: its exit code. Then everything it had open is closed.

        Traps and the exceptions of host functions pass. TypeError if the module exports no function ``_start``.
        """
        try:
            instance = self.instantiate(module, linker)
            if "_start" not in instance.exports:
                raise TypeError(f"{module!r} is no WASI command: it exports no function _start")
            instance.exports["_start"]()
        except ProcExit as end:
            return end.code
        finally:
            self.close()
        return 0

    # The end --------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close all descriptors. Functions that are still called find none."""
        self._closed = True
        self.descriptors.close_all()

    def __enter__(self) -> Wasi:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _maker(caller: Caller, absent: frozenset[str]) -> Callable[[str], Any]:
    """What a linker asks for a function by its name."""

    def make(name: str) -> Any:
        function = FUNCTIONS.get(name)
        return MISSING if function is None or name in absent else function.bound(caller)

    return make
