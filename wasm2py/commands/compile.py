"""``wasm2py compile``: a module to a Python file, or to a package."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from wasm2py import api
from wasm2py.commands.common import (
    Commands,
    UsageError,
    add_input,
    add_jobs,
    add_options,
    options_from,
    read_input,
)
from wasm2py.commands.destination import destination, is_package
from wasm2py.commands.progress import progress_bar
from wasm2py.directories import write_directory
from wasm2py.files import write_whole
from wasm2py.options import PASS_SWITCHES
from wasm2py.text import size_text

if TYPE_CHECKING:
    from wasm2py.passes import Observer

#: Bytes of text from which on a package is the better form: Python takes 4.5 s and 450 MB to compile as much.
LARGE = 4 << 20


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("compile", help="translate a module to a Python file or package")
    add_input(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT.py",
        help="the file to write; - is stdout; OUT/ makes a package, for large modules (default: ./APP.py)",
    )
    add_jobs(parser)
    add_options(parser)
    _add_dump(parser)
    parser.set_defaults(action=execute)


def execute(args: argparse.Namespace) -> int:
    """Carry out the command."""
    options = options_from(args)
    file = read_input(args)
    output = None if args.output == "-" else destination(args.output, args.module, file.stem)
    with progress_bar(file.name) as progress:
        translate = api.compile_package if is_package(args.output) else api.compile
        made = translate(
            file.data, name=file.name, options=options, progress=progress, observe=_dump(args), jobs=args.jobs
        )
    if isinstance(made, str):
        _write_file(output, made.encode())
    elif output:
        write_directory(output, {name: text.encode() for name, text in made.items()})
    return 0


def _write_file(output: Path | None, text: bytes) -> None:
    if output is None:
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
        return
    write_whole(output, text)
    if len(text) >= LARGE:
        package = f"{output.with_suffix('')}{os.sep}"
        size = size_text(len(text))
        warnings.warn(f"{output} has {size}; to be imported in less time and memory: -o {package}", stacklevel=1)


def _add_dump(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dump-ir",
        metavar="PASS",
        action="append",
        choices=("all", *PASS_SWITCHES),
        help=f"print the IR before and after a pass to stderr; may be repeated: all, {', '.join(PASS_SWITCHES)}",
    )
    parser.add_argument(
        "--dump-function",
        metavar="NAME",
        action="append",
        default=[],
        help="dump only the function of this name (as in the Python text) or index; may be repeated",
    )


def _dump(args: argparse.Namespace) -> Observer | None:
    """What writes the IR down, if that is wanted."""
    if not args.dump_ir:
        if args.dump_function:
            raise UsageError("--dump-function goes with --dump-ir")
        return None
    from wasm2py.passes import IRDump

    passes = [] if "all" in args.dump_ir else args.dump_ir
    return IRDump(sys.stderr.write, passes, args.dump_function)
