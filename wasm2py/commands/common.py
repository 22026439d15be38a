"""What several commands share: errors of usage, the options of a translation, the progress bar, reading input."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

from wasm2py.errors import Wasm2pyError
from wasm2py.features import DEFAULT_FEATURES, FEATURES
from wasm2py.options import LEVELS, SWITCHES, TARGETS, Options
from wasm2py.reading import WasmFile, read_module

#: Exit codes, beside 0.
BAD_MODULE, BAD_USAGE, INTERNAL, INTERRUPTED = 1, 2, 70, 130


class UsageError(Exception):
    """The command line asks for something that cannot be; exit code 2."""


class RunError(Wasm2pyError):
    """The module is fine but running it failed: a trap, a missing import; exit code 1."""


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line, printed where all errors are, and whose flags are written out."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        keywords.setdefault("allow_abbrev", False)
        super().__init__(*args, **keywords)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


Commands = argparse._SubParsersAction  # the one name that argparse has for what add_subparsers() returns


def add_input(parser: argparse.ArgumentParser) -> None:
    """The argument that names the module."""
    parser.add_argument("module", metavar="APP.wasm", help="a module, .wasm (or .wat, with the extra wat); - is stdin")


def read_input(args: argparse.Namespace) -> WasmFile:
    """The module that the command line names."""
    if args.module == "-":
        return WasmFile("stdin.wasm", sys.stdin.buffer.read())
    if "\0" in args.module:
        raise UsageError(f"no file has a name with a NUL in it: {args.module}")
    return read_module(args.module)


def add_features(parser: argparse.ArgumentParser) -> None:
    """The arguments that switch features of WebAssembly on and off; all go to one list, in their order."""
    known = f"one or more, separated by commas, of: {', '.join(FEATURES)}"
    switches = (
        ("--features", "+x,-y", "", "switch features on and off"),
        ("--enable", "x,y", "+", f"switch features on; {known}"),
        ("--disable", "x,y", "-", "switch features off"),
    )
    for flag, metavar, sign, text in switches:

        def changes(value: str, sign: str = sign) -> list[str]:
            return _feature_changes(value, sign)

        parser.add_argument(
            flag, dest="features", metavar=metavar, action="extend", type=changes, help=text, default=[]
        )


def features_from(args: argparse.Namespace) -> frozenset[str]:
    """The features that are on."""
    features = set(DEFAULT_FEATURES)
    for change in args.features:
        (features.add if change[0] == "+" else features.discard)(change[1:])
    return frozenset(features)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The arguments that make up ``Options``."""
    parser.add_argument(
        "-O", dest="optimize", type=int, choices=LEVELS, default=2, help="optimisation: -O0, -O1, -O2 (default)"
    )
    parser.add_argument(
        "--target", choices=TARGETS, default="cpython", help="the Python to tune for (default: cpython)"
    )
    parser.add_argument(
        "--disable-pass",
        dest="disabled_passes",
        metavar="PASS",
        action="append",
        choices=SWITCHES,
        default=[],
        help=f"leave out an optimisation: {', '.join(SWITCHES)}",
    )
    parser.add_argument(
        "--assert-ranges",
        action="store_true",
        help="write assertions of what the compiler knows of integers (to test the compiler)",
    )
    add_features(parser)


def options_from(args: argparse.Namespace) -> Options:
    """The options that the command line gives."""
    return Options(args.optimize, args.target, features_from(args), tuple(args.disabled_passes), args.assert_ranges)


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """The argument that says how many processes share the work."""
    parser.add_argument(
        "-j",
        "--jobs",
        metavar="N",
        type=_positive,
        default=1,
        help="the number of processes that translate a large module (default: 1)",
    )


def _positive(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 on, not {word!r}")
    return int(word)


def _feature_changes(value: str, sign: str) -> list[str]:
    changes = []
    for word in filter(None, value.split(",")):
        change = word if not sign and word[0] in "+-" else (sign or "+") + word
        if change[1:] not in FEATURES:
            raise argparse.ArgumentTypeError(f"unknown feature {change[1:]!r} (known: {', '.join(FEATURES)})")
        changes.append(change)
    return changes
