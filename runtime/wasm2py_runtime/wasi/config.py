"""What a guest is given: everything it can see of the world is said here."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Callable, Optional, Union

from .clocks import FixedClock, fixed_random, system_clock, system_random
from .errno import Errno
from .host_directory import HostDirectory
from .nodes import Tree
from .streams import INHERIT, Sink, Source

Directories = Mapping[str, Union[Tree, str, "os.PathLike[str]", Mapping[str, Any]]]


class WasiConfig:
    """The arguments, environment, streams, directories and so on of a guest.

    ``args``
        The arguments of the program, the first of which is its name.
    ``env``
        The environment, name to value. Nothing is inherited.
    ``stdin``
        ``None`` (empty), ``INHERIT``, a file object, ``bytes``, a callable that is given a number and gives at most so
        many bytes (none at the end), or the path of a file.
    ``stdout``, ``stderr``
        ``INHERIT``, ``None`` (what is written is lost), a file object, a ``bytearray`` to add to, a callable that is
        given bytes, or the path of a file to write.
    ``directories``
        What the guest sees, by the path at which it sees it: a ``HostDirectory`` or the path of one, a ``MemoryTree``
        or the dict to make one of, a ``ZipTree``, a ``FsspecTree``.
    ``listen``
        Listening sockets. Their descriptors follow those of the directories.
    ``clock``
        ``clock(clock_id)`` gives the time in nanoseconds: 0 realtime (since 1970), 1 monotonic, 2 and 3 time of the
        process and the thread.
    ``random``
        ``random(count)`` gives so many bytes.
    ``sleep``
        ``sleep(seconds)`` waits.
    ``max_open_files``
        How many descriptors there can be at once; one more is EMFILE.
    ``max_written_bytes``
        How many bytes can be written in all, to files, streams and connections together, or added to files by
        changing their size. A guest that wants to write more is stopped by ``WriteLimitExceeded``; or, if
        ``at_write_limit`` is the name of an error such as ``"ENOSPC"``, it gets that error.

    Bad values are TypeError or ValueError. A configuration may be used for any number of guests.
    """

    def __init__(
        self,
        args: Sequence[str] = (),
        env: Optional[Mapping[str, str]] = None,
        *,
        stdin: Source = None,
        stdout: Sink = INHERIT,
        stderr: Sink = INHERIT,
        directories: Optional[Directories] = None,
        listen: Sequence[Any] = (),
        clock: Callable[[int], int] = system_clock,
        random: Callable[[int], bytes] = system_random,
        sleep: Callable[[float], Any] = time.sleep,
        max_open_files: int = 1024,
        max_written_bytes: Optional[int] = None,
        at_write_limit: str = "stop",
    ) -> None:
        self.args = [_text(argument, "an argument") for argument in args]
        self.env = {_text(name, "a name in env"): _text(value, "a value in env") for name, value in (env or {}).items()}
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self.directories = {_text(path, "a path"): as_tree(tree) for path, tree in (directories or {}).items()}
        if "" in self.directories:
            raise ValueError("directories: a guest cannot see a directory at an empty path")
        self.listen = list(listen)
        if max_open_files < 3 + len(self.directories) + len(self.listen):
            raise ValueError(f"max_open_files: {max_open_files} are too few for the streams and directories")
        self.clock, self.random, self.sleep = clock, random, sleep
        self._fixed: Optional[tuple[int, int, int]] = None
        self.max_open_files, self.max_written_bytes = max_open_files, max_written_bytes
        if at_write_limit != "stop" and at_write_limit not in Errno.__members__:
            raise ValueError(f'at_write_limit: "stop" or the name of an error is needed, not {at_write_limit!r}')
        self.at_write_limit = at_write_limit

    @classmethod
    def deterministic(
        cls,
        args: Sequence[str] = (),
        env: Optional[Mapping[str, str]] = None,
        *,
        seed: int = 0,
        start: int = 1_577_836_800_000_000_000,
        step: int = 1_000_000,
        **options: Any,
    ) -> WasiConfig:
        """A configuration that makes every run the same: random bytes come from ``seed``, and it is always ``start``.

        Times are in nanoseconds; the start is 2020 if nothing else is said. Each look at a clock takes ``step``, and
        sleep takes no time at all but moves the clock. (A HostDirectory shows times and inode numbers that are not the
        same everywhere, and what is written to a tree stays there for the next run.)
        """
        made = cls(args, env, **options)
        made._fixed = seed, start, step
        return made.begun()

    def begun(self) -> WasiConfig:
        """This configuration for one guest: what makes its runs the same begins anew."""
        if self._fixed is None:
            return self
        seed, start, step = self._fixed
        made, clock = copy(self), FixedClock(start, step)
        made.clock, made.sleep, made.random = clock, clock.sleep, fixed_random(seed)
        return made


def as_tree(given: Any) -> Tree:
    """A tree from what stands for one."""
    if isinstance(given, Tree):
        return given
    if isinstance(given, (str, os.PathLike)):
        return HostDirectory(given)
    if isinstance(given, Mapping):
        from .memory_tree import MemoryTree

        return MemoryTree(given)
    raise TypeError(f"directories: a tree, a path or a dict is needed, not a {type(given).__name__}")


def _text(value: Any, what: str) -> str:
    """Text that a guest can be given: C strings end at a zero byte."""
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a str, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError(f"{what} has a zero byte in it: {value!r}")
    return value
