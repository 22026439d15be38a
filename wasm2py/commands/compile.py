"""``wasm2py compile``: a module to a Python file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wasm2py import api
from wasm2py.commands.common import Commands, UsageError, add_input, add_options, options_from, progress_bar, read_input
from wasm2py.files import write_whole
from wasm2py.options import PASS_SWITCHES
from wasm2py.reading import WasmFile
from wasm2py.text import identifier

if TYPE_CHECKING:
    from wasm2py.passes import Observer

#: How every generated file begins.
MARK = b"# Made by wasm2py"


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("compile", help="translate a module to a Python file")
    add_input(parser)
    parser.add_argument("-o", "--output", metavar="OUT.py", help="the file to write; - is stdout (default: ./APP.py)")
    add_options(parser)
    _add_dump(parser)
    parser.set_defaults(action=execute)


def execute(args: argparse.Namespace) -> int:
    """Carry out the command."""
    options = options_from(args)
    # Input and output are checked before the work, which may take minutes.
    file = read_input(args)
    output = None if args.output == "-" else _output(args, file)
    with progress_bar(file.name) as progress:
        text = api.compile(file.data, name=file.name, options=options, progress=progress, observe=_dump(args))
    if output is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        write_whole(output, text.encode())
    return 0


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


def _output(args: argparse.Namespace, file: WasmFile) -> Path:
    """Where the text goes. Raises UsageError where it cannot or should not go there."""
    path = Path(args.output) if args.output else Path(identifier(file.stem) + ".py")
    if not args.output:
        _check_ours(path)
    if path.is_dir():
        raise UsageError(f"{path} is a directory; give the name of a file with -o")
    if not path.parent.is_dir():
        raise UsageError(f"there is no directory {path.parent} to write {path.name} to")
    if not os.access(path.parent, os.W_OK):
        raise UsageError(f"the directory {path.parent} is not writable")
    if args.module != "-" and path.exists() and path.samefile(args.module):
        raise UsageError(f"{path} is the input")
    return path


def _check_ours(path: Path) -> None:
    """A name that we chose must not cost somebody the file of that name."""
    if path.is_file() and not path.read_bytes().startswith(MARK):
        raise UsageError(f"{path} exists and wasm2py did not make it; to replace it, say -o {path}")
