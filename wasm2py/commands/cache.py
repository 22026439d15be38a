"""``wasm2py cache``: where translated modules are kept, which there are, and away with them."""

from __future__ import annotations

import argparse
from datetime import datetime

from wasm2py.cache import Cache
from wasm2py.cache_contents import clear, entries
from wasm2py.commands.common import Commands
from wasm2py.text import printable, size_text


def add(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("cache", help="show or clear the cache of translated modules")
    actions = parser.add_subparsers(dest="cache_action", metavar="dir|list|clear", required=True)
    actions.add_parser("dir", help="print the directory").set_defaults(action=_directory)
    actions.add_parser("list", help="list the entries").set_defaults(action=_list)
    actions.add_parser("clear", help="delete all entries").set_defaults(action=_clear)


def _directory(args: argparse.Namespace) -> int:
    print(Cache().directory)
    return 0


def _list(args: argparse.Namespace) -> int:
    for entry in entries(Cache()):
        made = datetime.fromtimestamp(entry.modified).strftime("%Y-%m-%d %H:%M")
        print(f"{entry.key[:12]}  {made}  {size_text(entry.size):>10}  {printable(entry.title, 200)}")
    return 0


def _clear(args: argparse.Namespace) -> int:
    number, size = clear(Cache())
    print(f"deleted {number} {'entry' if number == 1 else 'entries'}, {size_text(size)}")
    return 0
