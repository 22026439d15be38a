"""What a program calls: compile, load, check and inspect modules.

The stages of the compiler are imported when they are needed, so that loading from the cache imports none of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from wasm2py import cache as _cache
from wasm2py.collector import held_off
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.loader import make_module
from wasm2py.options import DEFAULT_OPTIONS, Options
from wasm2py.reading import ModuleSource, WasmFile, read_module
from wasm2py.text import identifier

if TYPE_CHECKING:
    from wasm2py.codegen.output import Output
    from wasm2py.inspection import Inspection
    from wasm2py.passes import Observer

#: Called now and then with the functions done and the functions there are.
Progress = Callable[[int, int], None]


def compile(
    source: ModuleSource,
    *,
    name: str | None = None,
    options: Options = DEFAULT_OPTIONS,
    progress: Progress | None = None,
    observe: Observer | None = None,
    jobs: int = 1,
) -> str:
    """Translate a module to the text of a Python module.

    ``source`` is the bytes of a module or the path of a ``.wasm`` (or ``.wat``) file; ``name`` is what the header of
    the text calls it, by default the file's name. The same arguments give the same text. ``observe`` is shown the IR
    of each function before and after each pass; ``wasm2py.passes.IRDump`` writes it down. ``jobs`` is the number of
    processes that share the work on a large module; with ``observe`` there is one.

    Raises DecodeError (no module), ValidationError (an invalid one), OSError (the file cannot be read) and WorkerError
    (one of several processes died).
    """
    return _translate(read_module(source, name), options, progress, observe, jobs).pieces().text


def compile_package(
    source: ModuleSource,
    *,
    name: str | None = None,
    options: Options = DEFAULT_OPTIONS,
    progress: Progress | None = None,
    observe: Observer | None = None,
    jobs: int = 1,
) -> dict[str, str]:
    """Translate a large module to the text of the files of a Python package: file name to text.

    To be written to a directory of any name. Importing the package is cheap: its functions stand in parts, and Python
    compiles a part when one of its functions is first called. Arguments and errors as in ``compile``.
    """
    return _translate(read_module(source, name), options, progress, observe, jobs).package()


def load(
    source: ModuleSource,
    *,
    name: str | None = None,
    options: Options = DEFAULT_OPTIONS,
    cache: bool | str | os.PathLike[str] = True,
    progress: Progress | None = None,
    observe: Observer | None = None,
    jobs: int = 1,
) -> ModuleType:
    """A module as an imported Python module, translated at the first use and taken from the cache after that.

    Each call gives a new module object called after the file; it is not entered in ``sys.modules``. ``cache`` is
    False to keep nothing, or a directory to use instead of the user's. Other arguments and errors as in ``compile``;
    what comes from the cache is not observed. The code of a function is made when it is first called.
    """
    file = read_module(source, name)
    store = None if cache is False else _cache.Cache(None if cache is True else cache)
    key = _cache.key(file.data, file.name, options)
    entry = store.load(key) if store else None
    if entry is None:
        filename = store.source_path(key) if store else f"{identifier(file.stem)}-{key}.py"
        entry = _make_entry(file, options, progress, observe, jobs, filename)
        if store:
            store.store(key, entry)
    return make_module(identifier(file.stem), entry)


def _make_entry(
    file: WasmFile, options: Options, progress: Progress | None, observe: Observer | None, jobs: int, filename: str
) -> _cache.Entry:
    """The module translated and compiled for this Python: with jumps, if it takes them."""
    from wasm2py.pycode import compile_pieces
    from wasm2py.wiring import WiringError, can_wire

    if can_wire():
        pieces = _translate(file, options.but(wired=True), progress, observe, jobs).pieces()
        with contextlib.suppress(WiringError):
            return _cache.Entry(pieces.text, filename, compile_pieces(pieces, filename))
    pieces = _translate(file, options, progress, observe, jobs).pieces()
    return _cache.Entry(pieces.text, filename, compile_pieces(pieces, filename))


def check(source: ModuleSource, *, features: frozenset[str] = DEFAULT_FEATURES) -> None:
    """Decode and validate a module; return if it is valid.

    Raises DecodeError, ValidationError and OSError.
    """
    from wasm2py.binary import decode
    from wasm2py.validate import validate

    validate(decode(read_module(source).data), features)


def inspect(source: ModuleSource, *, name: str | None = None) -> Inspection:
    """What is in a module: imports, exports, memories, features, sizes.

    The module need not be valid; ``Inspection.invalid`` says why it is not. Raises DecodeError and OSError.
    """
    from wasm2py.inspection import inspect_module

    return inspect_module(read_module(source, name))


def _translate(
    file: WasmFile, options: Options, progress: Progress | None, observe: Observer | None, jobs: int
) -> Output:
    from wasm2py.binary import decode
    from wasm2py.codegen.module import checked_context, translate_functions
    from wasm2py.codegen.output import Output, SourceInfo

    if jobs < 1:
        raise ValueError(f"the number of jobs is at least 1, not {jobs}")
    with held_off():
        module = decode(file.data)
        if jobs == 1 or observe:
            context = checked_context(module, options)
            functions = translate_functions(context, range(len(module.functions)), progress, observe)
        else:
            from wasm2py.jobs import translate_in_processes

            context, functions = translate_in_processes(file.data, module, options, jobs, progress)
        origin = SourceInfo(file.name, hashlib.sha256(file.data).hexdigest(), len(file.data))
        return Output(context, functions, origin)
