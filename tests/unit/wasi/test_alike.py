"""Trees in memory behave as directories of the host do: random sequences of calls, on both, one after the other.

``WASM2PY_SEQUENCES`` sets how many.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.wasi.driver import DATA, FOLLOW, OTHER_PATH, PATH, RESULT, WRITE, Guest, guest_of
from wasm2py_runtime.wasi import HostDirectory, MemoryTree
from wasm2py_runtime.wasi.errno import Errno
from wasm2py_runtime.wasi.flags import FdFlags, OFlags, Rights

SEQUENCES = int(os.environ.get("WASM2PY_SEQUENCES", "60"))
CALLS = 60
NAMES = ["a", "b", "c", ".", "..", "a/b", "a/c", "b/..", "a/../b", "c/", "b/a/", "./a", "a//b", "b/./c", "c/b/a", "a/."]


class Actor:
    """Does what it is told on a guest, and says what came of it."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.fds = [3]

    def step(self, choices: random.Random) -> Any:
        action = choices.choice(ACTIONS)
        fd = choices.choice(self.fds)
        return action.__name__, action(self, choices, fd)

    def path(self, choices: random.Random, address: int = PATH) -> tuple[int, int]:
        return self.guest.put(address, choices.choice(NAMES))


def open_(actor: Actor, choices: random.Random, fd: int) -> Any:
    oflags = choices.choice([0, 0, OFlags.CREAT, OFlags.CREAT | OFlags.EXCL, OFlags.TRUNC, OFlags.DIRECTORY])
    rights = choices.choice([WRITE, Rights.DIRECTORY | Rights.FD_READ | Rights.FD_SEEK, 0])
    flags, lookup = choices.choice([0, FdFlags.APPEND]), choices.choice([0, FOLLOW])
    place = actor.path(choices)
    every = Rights.FILE | Rights.DIRECTORY
    outcome = actor.guest.call("path_open", fd, lookup, *place, oflags, rights, every, flags, RESULT)
    if outcome == Errno.SUCCESS:
        actor.fds.append(actor.guest.u32())
        return outcome, actor.guest.u32()
    return outcome


def close(actor: Actor, choices: random.Random, fd: int) -> Any:
    if fd == 3:
        return None
    actor.fds.remove(fd)
    return actor.guest.call("fd_close", fd)


def write(actor: Actor, choices: random.Random, fd: int) -> Any:
    length = choices.choice([0, 1, 5])
    actor.guest.put(DATA, b"12345")
    name, rest = choices.choice([("fd_write", ()), ("fd_pwrite", (choices.choice([0, 3, 20]),))])
    outcome = actor.guest.call(name, fd, *actor.guest.vectors(length), *rest, RESULT)
    return outcome, actor.guest.u32() if outcome == Errno.SUCCESS else None


def read(actor: Actor, choices: random.Random, fd: int) -> Any:
    name, rest = choices.choice([("fd_read", ()), ("fd_pread", (choices.choice([0, 3, 20]),))])
    outcome = actor.guest.call(name, fd, *actor.guest.vectors(2, 4), *rest, RESULT)
    return outcome, actor.guest.memory.read(DATA, actor.guest.u32()) if outcome == Errno.SUCCESS else None


def seek(actor: Actor, choices: random.Random, fd: int) -> Any:
    outcome = actor.guest.call("fd_seek", fd, choices.choice([0, 2, -3, 10]), choices.choice([0, 1, 2]), RESULT)
    return outcome, actor.guest.u64() if outcome == Errno.SUCCESS else None


def resize(actor: Actor, choices: random.Random, fd: int) -> Any:
    if choices.random() < 0.5:
        return actor.guest.call("fd_allocate", fd, choices.choice([0, 4]), choices.choice([0, 9]))
    return actor.guest.call("fd_filestat_set_size", fd, choices.choice([0, 4, 9]))


def make_directory(actor: Actor, choices: random.Random, fd: int) -> Any:
    return actor.guest.call("path_create_directory", fd, *actor.path(choices))


def remove(actor: Actor, choices: random.Random, fd: int) -> Any:
    return actor.guest.call(choices.choice(["path_remove_directory", "path_unlink_file"]), fd, *actor.path(choices))


def rename(actor: Actor, choices: random.Random, fd: int) -> Any:
    return actor.guest.call("path_rename", fd, *actor.path(choices), 3, *actor.path(choices, OTHER_PATH))


def link(actor: Actor, choices: random.Random, fd: int) -> Any:
    return actor.guest.call("path_link", fd, 0, *actor.path(choices), 3, *actor.path(choices, OTHER_PATH))


def symlink(actor: Actor, choices: random.Random, fd: int) -> Any:
    return actor.guest.call("path_symlink", *actor.path(choices, OTHER_PATH), fd, *actor.path(choices))


def readlink(actor: Actor, choices: random.Random, fd: int) -> Any:
    outcome = actor.guest.call("path_readlink", fd, *actor.path(choices), DATA, 100, RESULT)
    return outcome, actor.guest.memory.read(DATA, actor.guest.u32()) if outcome == Errno.SUCCESS else None


def stat(actor: Actor, choices: random.Random, fd: int) -> Any:
    outcome = actor.guest.call("path_filestat_get", fd, choices.choice([0, FOLLOW]), *actor.path(choices), RESULT)
    if outcome != Errno.SUCCESS:
        return outcome
    kind, links, size = (
        actor.guest.memory.load(kind, RESULT + at) for kind, at in (("u8", 16), ("u64", 24), ("u64", 32))
    )
    return (kind,) if kind == 3 else (kind, links, size)


def listing(actor: Actor, choices: random.Random, fd: int) -> Any:
    outcome = actor.guest.call("fd_readdir", fd, DATA, 4096, 0, RESULT)
    return outcome, sorted(actor.guest.list(fd)) if outcome == Errno.SUCCESS else None


ACTIONS = [
    open_, open_, open_, close, write, write, read, seek, resize, make_directory, make_directory, remove, rename, link,
    symlink, readlink, stat, stat, listing,
]  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="errors are those of Linux")
def test_trees_in_memory_behave_as_directories_of_the_host(tmp_path: Path) -> None:
    for seed in range(SEQUENCES):
        place = tmp_path / str(seed)
        place.mkdir()
        ours, theirs = (Actor(guest_of({"/": tree})) for tree in (MemoryTree(), HostDirectory(place)))
        for number in range(CALLS):
            key = f"{seed}/{number}"
            outcomes = [actor.step(random.Random(key)) for actor in (ours, theirs)]
            assert outcomes[0] == outcomes[1], f"{key}: in memory {outcomes[0]}, on the host {outcomes[1]}"
        for actor in (ours, theirs):
            actor.guest.wasi.close()
