"""``wasm2py run``: run a WASI program, or call an exported function of any module, through the cache.

The exit code of a program is that of the process. A function's results are printed, one a line.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from wasm2py import api
from wasm2py.commands.common import (
    Commands,
    RunError,
    UsageError,
    add_input,
    add_jobs,
    add_options,
    options_from,
    read_input,
)
from wasm2py.commands.progress import progress_bar
from wasm2py.commands.threads import add_threads_options, given_by_threads, threads_for, with_threads
from wasm2py.commands.values import format_result, parse_argument
from wasm2py.commands.wasi import MODULES, add_wasi_options, config_from
from wasm2py.options import Options
from wasm2py.reading import WasmFile, read_module
from wasm2py.text import quoted
from wasm2py_runtime import FuncType, Import, Linker, LinkError, Trap
from wasm2py_runtime.hosts import given_by_emscripten, host_for

if TYPE_CHECKING:
    from wasm2py_runtime.wasi import WasiConfig


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "run", help="run a program, or call an exported function", usage="%(prog)s [options] APP.wasm [-- ARG …]"
    )
    add_input(parser)
    parser.add_argument(
        "--invoke",
        metavar="NAME",
        help="the exported function to call with the arguments after --, instead of running the program",
    )
    parser.add_argument(
        "--preload", metavar="NAME=LIB.wasm", action="append", default=[], help="instantiate this first, as module NAME"
    )
    parser.add_argument(
        "--allow-missing",
        action="store_true",
        help="run also if nothing provides some of the functions that it imports; to call one is a trap",
    )
    parser.add_argument("--no-cache", action="store_true", help="do not use the cache of translated modules")
    add_jobs(parser)
    add_options(parser)
    add_wasi_options(parser)
    add_threads_options(parser)
    parser.set_defaults(action=execute, arguments=[])


def execute(args: argparse.Namespace) -> int:
    """Carry out the command."""
    options = options_from(args)
    file = read_input(args)
    module = _load(file, options, args)
    if args.invoke is None:
        return _run_program(module, file, args, options)
    type = _function_type(module, args.invoke)
    values = _arguments(args.invoke, type, args.arguments)
    linker = _linker(module, args, options)
    call = partial(_call, name=args.invoke, type=type, values=values)
    if _uses_wasi(module) or given_by_emscripten(linker.missing(module)):
        return _run_reactor(module, config_from(args, file.name), linker, call, args)
    with _failures():
        threads = threads_for(module, linker, None, args)
        instance = linker.instantiate(module)
    return _print(with_threads(threads, lambda: call(instance)))


def _run_program(module: ModuleType, file: WasmFile, args: argparse.Namespace, options: Options) -> int:
    """Run a command to its end. With ``--debug`` a trap goes on, as any error."""
    if not hasattr(module, "main"):
        raise UsageError("this is no program (it exports no _start); say which function to call: --invoke NAME")
    from wasm2py_runtime.wasi import Wasi
    from wasm2py_runtime.wasi.program import run_process

    config, linker = config_from(args, file.name), _linker(module, args, options)
    with _failures(traps=False):
        wasi = Wasi(config)
        threads = threads_for(module, linker, wasi, args)
        run = threads.run if threads is not None else partial(host_for(module, linker, wasi).run, module, linker)
        return run() if args.debug else run_process(config, run)


def _run_reactor(
    module: ModuleType, config: WasiConfig, linker: Linker, call: Callable[[Any], list[str]], args: argparse.Namespace
) -> int:
    """Call a function of a module that may write, read and end as a program may."""
    from wasm2py_runtime.wasi import ProcExit, Wasi

    try:
        with Wasi(config) as wasi:
            with _failures():
                threads = threads_for(module, linker, wasi, args)
                instance = host_for(module, linker, wasi).instantiate(module, linker)
            return _print(with_threads(threads, lambda: call(instance)))
    except ProcExit as end:
        return end.code & 0xFF


def _print(lines: list[str]) -> int:
    for line in lines:
        print(line)
    return 0


def _load(file: WasmFile, options: Options, args: argparse.Namespace) -> ModuleType:
    with progress_bar(file.name) as progress:
        return api.load(
            file.data, name=file.name, options=options, cache=not args.no_cache, progress=progress, jobs=args.jobs
        )


def _function_type(module: ModuleType, name: str) -> FuncType:
    functions = {entry.name: entry.type for entry in module.Module.EXPORTS if isinstance(entry.type, FuncType)}
    if name in functions:
        return functions[name]
    exported = _listed([quoted(entry) for entry in functions]) if functions else "none"
    raise UsageError(f"there is no exported function {quoted(name)} (exported functions: {exported})")


def _arguments(name: str, type: FuncType, words: list[str]) -> list[Any]:
    if len(words) != len(type.params):
        expected = f"{len(type.params)} ({', '.join(map(str, type.params))})" if type.params else "none"
        raise UsageError(f"{quoted(name)} takes {expected} as arguments after --, got {len(words)}")
    values = []
    for number, (word, param) in enumerate(zip(words, type.params, strict=True), 1):
        try:
            values.append(parse_argument(word, str(param)))
        except ValueError as error:
            raise UsageError(f"argument {number} of {quoted(name)}: {error}") from None
    return values


def _uses_wasi(module: ModuleType) -> bool:
    return any(entry.module in MODULES for entry in module.Module.IMPORTS)


def _linker(module: ModuleType, args: argparse.Namespace, options: Options) -> Linker:
    """What the module imports beside WASI: what ``--preload`` names. RunError if there is more."""
    linker = Linker()
    with _failures():
        for preload in args.preload:
            name, _, path = preload.partition("=")
            if not path:
                raise UsageError(f"--preload takes NAME=LIB.wasm, got {preload!r}")
            linker.instantiate(_load(read_module(path), options, args), name=name)
    if args.allow_missing:
        linker.allow_missing()
    missing = [entry for entry in linker.missing(module) if entry.module not in MODULES]
    unknown = [entry for entry in missing if not given_by_threads(entry, args)]
    if unknown and not given_by_emscripten(unknown):
        names = _listed([_import_name(entry) for entry in unknown])
        raise RunError(f"imports that nothing provides (see --preload, --threads and --allow-missing): {names}")
    return linker


@contextmanager
def _failures(traps: bool = True) -> Iterator[None]:
    """What goes wrong before any function is called, as errors that are one line."""
    try:
        yield
    except LinkError as error:
        raise RunError(f"imports that do not fit: {'; '.join(error.problems)}") from error
    except Trap as error:
        if not traps:
            raise
        raise RunError(f"trap while instantiating: {error}") from error


def _call(instance: Any, name: str, type: FuncType, values: list[Any]) -> list[str]:
    try:
        result = instance.exports[name](*values)
    except Trap as error:
        raise RunError(f"trap in {quoted(name)}: {error}") from error
    results = result if len(type.results) > 1 else (result,) * len(type.results)
    return [format_result(value) for value in results]


def _import_name(entry: Import) -> str:
    return f"{quoted(entry.module)} {quoted(entry.name)}"


def _listed(names: list[str], limit: int = 20) -> str:
    """Names as a list; not all of hundreds."""
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")
