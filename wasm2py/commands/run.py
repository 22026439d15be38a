"""``wasm2py run``: call an exported function of a module, through the cache."""

from __future__ import annotations

import argparse
from types import ModuleType
from typing import Any

from wasm2py import api
from wasm2py.commands.common import (
    Commands,
    RunError,
    UsageError,
    add_input,
    add_jobs,
    add_options,
    options_from,
    progress_bar,
    read_input,
)
from wasm2py.commands.values import format_result, parse_argument
from wasm2py.options import Options
from wasm2py.reading import WasmFile, read_module
from wasm2py.text import quoted
from wasm2py_runtime import FuncType, Import, Linker, LinkError, Trap


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "run", help="call an exported function", usage="%(prog)s [options] APP.wasm [-- ARG …]"
    )
    add_input(parser)
    parser.add_argument("--invoke", metavar="NAME", help="the exported function to call with the arguments after --")
    parser.add_argument(
        "--preload", metavar="NAME=LIB.wasm", action="append", default=[], help="instantiate this first, as module NAME"
    )
    parser.add_argument("--no-cache", action="store_true", help="do not use the cache of translated modules")
    add_jobs(parser)
    add_options(parser)
    parser.set_defaults(action=execute, arguments=[])


def execute(args: argparse.Namespace) -> int:
    """Carry out the command: print the results, one a line."""
    options = options_from(args)
    module = _load(read_input(args), options, args)
    if args.invoke is None:
        raise _needs_wasi(module)
    type = _function_type(module, args.invoke)
    values = _arguments(args.invoke, type, args.arguments)
    instance = _instantiate(module, args, options)
    for line in _call(instance, args.invoke, type, values):
        print(line)
    return 0


def _load(file: WasmFile, options: Options, args: argparse.Namespace) -> ModuleType:
    with progress_bar(file.name) as progress:
        return api.load(
            file.data, name=file.name, options=options, cache=not args.no_cache, progress=progress, jobs=args.jobs
        )


def _needs_wasi(module: ModuleType) -> Exception:
    """Why a module cannot run as a program."""
    wasi = [_import_name(entry) for entry in module.Module.IMPORTS if entry.module.startswith("wasi")]
    if wasi:
        return RunError(f"this is a WASI program, and WASI is not supported yet; it imports {_listed(wasi)}")
    return UsageError("say which exported function to call: --invoke NAME")


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


def _instantiate(module: ModuleType, args: argparse.Namespace, options: Options) -> Any:
    linker = Linker()
    try:
        for preload in args.preload:
            name, _, path = preload.partition("=")
            if not path:
                raise UsageError(f"--preload takes NAME=LIB.wasm, got {preload!r}")
            linker.instantiate(_load(read_module(path), options, args), name=name)
        _check_imports(linker.missing(module))
        return linker.instantiate(module)
    except LinkError as error:
        raise RunError(f"imports of a wrong type: {'; '.join(error.problems)}") from error
    except Trap as error:
        raise RunError(f"trap while instantiating: {error}") from error


def _check_imports(missing: list[Import]) -> None:
    if missing:
        wasi = any(entry.module.startswith("wasi") for entry in missing)
        hint = "WASI is not supported yet" if wasi else "see --preload"
        raise RunError(f"imports that nothing provides ({hint}): {_listed([_import_name(item) for item in missing])}")


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
