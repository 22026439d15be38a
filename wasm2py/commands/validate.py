"""``wasm2py validate``: is this a valid module?"""

from __future__ import annotations

import argparse

from wasm2py import api
from wasm2py.commands.common import Commands, add_features, add_input, features_from, read_input
from wasm2py.text import printable


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("validate", help="check that a module is valid")
    add_input(parser)
    add_features(parser)
    parser.set_defaults(action=execute)


def execute(args: argparse.Namespace) -> int:
    """Carry out the command; an invalid module is an error like any other."""
    features = features_from(args)
    api.check(read_input(args).data, features=features)
    print(f"{printable(args.module)}: valid")
    return 0
