"""What a WASI program is given, as arguments of ``wasm2py run``."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wasm2py.commands.common import UsageError

if TYPE_CHECKING:
    from wasm2py_runtime.wasi import Tree, WasiConfig

#: What a program imports WASI's functions from.
MODULES = ("wasi_snapshot_preview1", "wasi_unstable")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def add_wasi_options(parser: argparse.ArgumentParser) -> None:
    """The arguments that make up a ``WasiConfig``."""
    group = parser.add_argument_group("WASI", "what a program is given; it sees nothing else of this machine")
    group.add_argument(
        "--dir",
        dest="directories",
        metavar="HOST[::GUEST][:ro]",
        action="append",
        default=[],
        help="a directory, or a .zip file to read, and the path at which the program sees it (default: the same); "
        "with :ro it cannot change anything there",
    )
    group.add_argument(
        "--env",
        metavar="NAME[=VALUE]",
        action="append",
        default=[],
        help="an environment variable; without a value, that of wasm2py's own environment",
    )
    group.add_argument("--stdin", metavar="FILE", help="read standard input from a file")
    group.add_argument(
        "--listen",
        metavar="ADDRESS:PORT",
        action="append",
        default=[],
        help="a listening socket, the descriptor after those of the directories",
    )
    group.add_argument(
        "--deterministic",
        action="store_true",
        help="fixed clocks and random numbers, and sleep that takes no time: a run depends on what it is given only",
    )
    group.add_argument(
        "--max-open-files", metavar="N", type=_count, help="descriptors that the program can have at once (1024)"
    )
    group.add_argument(
        "--max-written-bytes",
        metavar="N",
        type=_count,
        help="stop the program when it has written so much; K, M and G are units of 1024",
    )


def config_from(args: argparse.Namespace, program: str) -> WasiConfig:
    """The configuration that the command line gives; ``program`` is the program's name."""
    from wasm2py_runtime.wasi import INHERIT, WasiConfig

    make: Any = WasiConfig.deterministic if args.deterministic else WasiConfig
    limits = {"max_open_files": args.max_open_files, "max_written_bytes": args.max_written_bytes}
    try:
        config: WasiConfig = make(
            [program, *args.arguments],
            dict(filter(None, map(_variable, args.env))),
            stdin=INHERIT if args.stdin is None else args.stdin,
            directories=_directories(args.directories),
            listen=[_listener(word) for word in args.listen],
            **{name: value for name, value in limits.items() if value is not None},
        )
    except ValueError as error:  # limits that leave no room, zero bytes
        raise UsageError(str(error)) from error
    return config


def _directories(words: list[str]) -> dict[str, Tree]:
    """What the program sees, by path."""
    found: dict[str, Tree] = {}
    for path, tree in map(_directory, words):
        if path in found:
            raise UsageError(f"--dir: there are two directories for {path}")
        found[path] = tree
    return found


def _directory(word: str) -> tuple[str, Tree]:
    """The path that the program sees, and what is there."""
    from wasm2py_runtime.wasi import HostDirectory

    given = word.removesuffix(":ro")
    host, separator, guest = given.partition("::")
    if not host or (separator and not guest):
        raise UsageError(f"--dir takes HOST[::GUEST][:ro], got {word!r}")
    if host.endswith(".zip") and Path(host).is_file():
        return guest or host, _zip_file(host)
    return guest or host, HostDirectory(host, read_only=given != word)


def _zip_file(path: str) -> Tree:
    from zipfile import BadZipFile

    from wasm2py_runtime.wasi import ZipTree

    try:
        return ZipTree(path)
    except BadZipFile as error:
        raise UsageError(f"--dir {path}: {error}") from error


def _variable(word: str) -> tuple[str, str] | None:
    """Name and value; None for a variable that is to be passed on and is not there."""
    name, separator, value = word.partition("=")
    if not name or "\0" in word:
        raise UsageError(f"--env takes NAME=VALUE or NAME, got {word!r}")
    if separator:
        return name, value
    return (name, os.environ[name]) if name in os.environ else None


def _listener(word: str) -> Any:
    import socket

    address, _, port = word.rpartition(":")
    host = address[1:-1] if address.startswith("[") and address.endswith("]") else address
    if not host or not re.fullmatch(r"\d{1,5}", port, re.ASCII) or int(port) > 65535:
        raise UsageError(f"--listen takes ADDRESS:PORT, got {word!r}")
    try:
        return socket.create_server((host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UsageError(f"--listen {word}: {error.strerror or error}") from error


def _count(word: str) -> int:
    found = re.fullmatch(r"(\d{1,15})([KMG]?)", word, re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(f"a number, also with K, M or G behind it, not {word!r}")
    return int(found[1]) * _UNITS[found[2]]
