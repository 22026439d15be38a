"""What is run: programs with arguments, an environment, input, and two directories."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.wasi.build import PROGRAMS

#: What is in the directories that every program is given, at the paths ``/`` and ``/other``.
ROOT: dict[str, object] = {}
OTHER: dict[str, object] = {"d": {}, "f": b"in the other directory"}


class Scenario(NamedTuple):
    """``other_read_only``: the second directory cannot be changed."""

    program: str
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    stdin: bytes = b""
    other_read_only: bool = False

    @property
    def name(self) -> str:
        return "-".join([self.program, *self.args])

    @property
    def file_name(self) -> str:
        """For the file that keeps the outcome."""
        return re.sub(r"[^\w-]", "_", self.name, flags=re.ASCII)

    @property
    def wasm(self) -> bytes:
        return (PROGRAMS / f"{self.program}.wasm").read_bytes()


def _exits() -> list[Scenario]:
    words = [
        *["return 0", "return 3", "return 255", "exit 0", "exit 125", "proc_exit 0", "proc_exit 7", "proc_exit 255"],
        *["raise 0", "raise 6", "raise 9", "raise 15", "raise 17", "raise 200"],
        *["abort", "trap", "divide 0", "outside", "recurse"],
    ]
    return [Scenario("exit", tuple(each.split())) for each in words]


_SIMPLE = (
    *[
        "append",
        "clocks",
        "descriptors",
        "directories",
        "files",
        "invalid",
        "links",
        "open",
        "pointers",
        "random",
        "readdir",
    ],
    *["rename", "rights", "sizes", "sockets", "symlinks", "times", "unstable"],
)
SCENARIOS = (
    *map(Scenario, _SIMPLE),
    *_exits(),
    Scenario("arguments", ("one", "", "drei ä€", "4 5"), (("HOME", "/h"), ("EMPTY", ""), ("É", "x=y"))),
    Scenario("arguments", ("alone",)),
    Scenario("poll", stdin=b"something"),
    Scenario("readonly", other_read_only=True),
    Scenario("stdio", ("last",), (("HOME", "/home/me"),), b"one two\nthree\n"),
    Scenario("flood", ("3",)),
)
