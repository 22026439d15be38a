"""The command line. What can go wrong with the input ends as one line on stderr and an exit code."""

from __future__ import annotations

import argparse
import io
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TextIO

from wasm2py.commands.common import BAD_MODULE, BAD_USAGE, INTERNAL, INTERRUPTED, Parser, UsageError
from wasm2py.errors import Wasm2pyError
from wasm2py.reading import MissingExtra
from wasm2py.text import printable
from wasm2py_runtime._version import __version__

#: each a module of ``wasm2py.commands``, with a function ``add`` that adds it to the parser
COMMANDS = ("compile", "run", "inspect", "validate", "cache")


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command line (``sys.argv`` by default) and give the exit code.

    0: done; 1: a bad module, or it failed when it ran; 2: bad usage; 70: a bug in wasm2py; 130: interrupted. A WASI
    program has its own, and 134 where a trap ended it.
    """
    _never_fail_to_print()
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug, module = _take_debug(arguments), None
    try:
        args = _parse(arguments)
        args.debug = debug
        module = getattr(args, "module", None)
        with _short_warnings():
            code: int = args.action(args)
            if sys.stdout is not None:  # as where the process was started without
                sys.stdout.flush()
            return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_went_away()
    except Exception as error:
        if debug:
            raise
        return _report(error, module)


def build_parser(only: str | None = None) -> Parser:
    """The parser of the whole command line, or of one command alone: what others import takes time."""
    parser = Parser(prog="wasm2py", description="Compile WebAssembly ahead of time to Python.")
    parser.add_argument("--version", action="version", version=f"wasm2py {__version__}")
    parser.add_argument("--debug", action="store_true", help="show the Python traceback of an error")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS if only is None else [only]:
        import_module(f"wasm2py.commands.{name}").add(commands)
    return parser


def _take_debug(arguments: list[str]) -> bool:
    """Whether ``--debug`` stands before ``--``; taken out, because it may stand before or after the command."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments[:]
    arguments[: len(options)] = [word for word in options if word != "--debug"]
    return "--debug" in options


def _parse(arguments: list[str]) -> argparse.Namespace:
    """Like ``parse_args``, but all that follows ``--`` goes to a command that takes ``arguments``, untouched.

    (argparse gives up on positional arguments that have options between them.)
    """
    parser = build_parser(arguments[0] if arguments and arguments[0] in COMMANDS else None)
    if "--" in arguments:
        at = arguments.index("--")
        args = parser.parse_args(arguments[:at])
        if hasattr(args, "arguments"):
            args.arguments = arguments[at + 1 :]
            return args
    return parser.parse_args(arguments)


def _report(error: Exception, module: str | None) -> int:
    """Print the one line for ``error`` and give the exit code."""
    message, code = _explain(error, module)
    # A message is data of strangers: it may quote names from the module.
    print(f"wasm2py: error: {printable(message, 2000)}", file=sys.stderr)
    return code


def _explain(error: Exception, module: str | None) -> tuple[str, int]:
    about = f"{module}: " if module else ""
    if isinstance(error, UsageError):
        return str(error), BAD_USAGE
    if isinstance(error, Wasm2pyError):
        return f"{about}{error}", BAD_USAGE if isinstance(error, MissingExtra) else BAD_MODULE
    if isinstance(error, OSError):
        place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
        return f"{place}{error.strerror or error}", BAD_USAGE
    if isinstance(error, MemoryError):
        return f"{about}not enough memory", BAD_MODULE
    hint = "this is a bug in wasm2py; --debug shows where"
    return f"{about}internal error: {type(error).__name__}: {error} ({hint})", INTERNAL


@contextmanager
def _short_warnings() -> Iterator[None]:
    """Show warnings as one line, as errors are, without the place in our code that gave them."""

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        print(f"wasm2py: warning: {printable(str(message), 2000)}", file=file or sys.stderr)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


def _never_fail_to_print() -> None:
    """Print what the terminal's encoding lacks as an escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _reader_went_away() -> int:
    """Nobody reads our output any more (``| head``): stop, and let the interpreter's last flush go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BAD_MODULE
