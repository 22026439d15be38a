"""``wasm2py compile``: a module to a Python file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from wasm2py import api
from wasm2py.commands.common import Commands, UsageError, add_input, add_options, options_from, progress_bar, read_input
from wasm2py.files import write_whole
from wasm2py.reading import WasmFile
from wasm2py.text import identifier

#: How every generated file begins.
MARK = b"# Made by wasm2py"


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("compile", help="translate a module to a Python file")
    add_input(parser)
    parser.add_argument("-o", "--output", metavar="OUT.py", help="the file to write; - is stdout (default: ./APP.py)")
    add_options(parser)
    parser.set_defaults(action=execute)


def execute(args: argparse.Namespace) -> int:
    """Carry out the command."""
    options = options_from(args)
    # Input and output are checked before the work, which may take minutes.
    file = read_input(args)
    output = None if args.output == "-" else _output(args, file)
    with progress_bar(file.name) as progress:
        text = api.compile(file.data, name=file.name, options=options, progress=progress)
    if output is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        write_whole(output, text.encode())
    return 0


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
