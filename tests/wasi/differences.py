"""Where wasmtime (50) answers otherwise, and why that is no reason to do as it does.

The lines are those of a difference: ``-`` is ours, ``+`` wasmtime's.
"""

from __future__ import annotations

from typing import NamedTuple

#: Scenarios that wasmtime ends early or does not begin: what it says, and why we go on.
ENDED = {
    "invalid": ("Invalid enum value", "wasmtime ends a program that gives a number without a meaning; we say INVAL"),
    "pointers": ("Pointer out of bounds", "wasmtime ends a program that gives a bad address; we say FAULT"),
    "unstable": ("wasi_unstable", "wasmtime's Python package has preview 1 only"),
    "exit-return-255": ("outside of [0..126)", "exit codes up to 255 are codes of processes: they are passed on"),
    "exit-proc_exit-255": ("outside of [0..126)", "exit codes up to 255 are codes of processes: they are passed on"),
    "exit-raise-200": ("Invalid enum value", "wasmtime ends a program that gives a number without a meaning"),
}
TRAPS = {"wasm `unreachable` instruction executed": "unreachable"}


class Difference(NamedTuple):
    why: str
    lines: str


_RAISE = "wasmtime has no proc_raise; a signal that nobody handles ends a process as a shell sees it"
DIFFERENCES: dict[str, Difference] = {
    "clocks": Difference(
        "wasmtime has no clocks of the process and the thread; they are in the specification, and Python has them",
        """
-process, thread: resolution: SUCCESS
-process, thread: time: SUCCESS
-process, thread: resolution: SUCCESS
-process, thread: time: SUCCESS
+process, thread: resolution: BADF
+process, thread: time: BADF
+process, thread: resolution: BADF
+process, thread: time: BADF
""",
    ),
    "directories": Difference(
        "what is no directory is NOTDIR, as in POSIX; wasmtime removes none that is named with a slash",
        """
-from a stream: NOTDIR
+from a stream: BADF
-with a slash: SUCCESS
-empty now: SUCCESS
-again: NOENT
+with a slash: INVAL
+empty now: NOTEMPTY
+again: NOTEMPTY
+root/d /
+root/d/sub /
""",
    ),
    "files": Difference(
        "wasmtime reads and writes the first part only",
        """
-written: 13
+written: 4
-position: 13
+position: 4
-read: 13
+read: 3
-second:  two th
+second:
-read: 0
-from the end: SUCCESS
-position: 8
+read: 1
+from the end: INVAL
-position: 10
+position: 6
-position: 7
+position: 3
-position: 113
+position: 104
-position: 114
+position: 105
-written: 3
+written: 2
-was there: oXYZtwo
+was there: oXY
-root/f 114 b'oXYZtwo three'
+root/f 105 b'oXY '
""",
    ),
    "open": Difference(
        "what is no directory is NOTDIR, a link that is not followed neither",
        """
-from stdin: NOTDIR
+from stdin: BADF
-a link to a directory, not followed: NOTDIR
+a link to a directory, not followed: LOOP
""",
    ),
    "readdir": Difference(
        "what is no directory is NOTDIR, as in POSIX",
        """
-of a file: NOTDIR
-of stdin: NOTDIR
+of a file: BADF
+of stdin: BADF
""",
    ),
    "rights": Difference(
        "wasmtime has given up rights; here a right that was given up is gone, as the specification says",
        """
-keep: SUCCESS
-give up writing: SUCCESS
-write: BADF
-take it back: NOTCAPABLE
-take all: NOTCAPABLE
+keep: NOTSUP
+give up writing: NOTSUP
+write: SUCCESS
+take it back: NOTSUP
+take all: NOTSUP
-give up all: SUCCESS
-read: BADF
+give up all: NOTSUP
+read: SUCCESS
-a directory in one without that right: NOTCAPABLE
-a file in one without that right: NOTCAPABLE
-a file with rights that do not pass on: NOTCAPABLE
+a directory in one without that right: SUCCESS
+a file in one without that right: SUCCESS
+a file with rights that do not pass on: SUCCESS
-root/f 8 b'contents'
+root/d/e /
+root/d/x 0 b''
+root/f 8 b'xontents'
""",
    ),
    "sizes": Difference(
        "wasmtime gives no advice on directories and streams, allocates nothing, and synchronises files only",
        """
-allocate nothing: INVAL
+allocate nothing: NOTSUP
-allocate: SUCCESS
+allocate: NOTSUP
-advise: SUCCESS
-advise: SUCCESS
-advise: SUCCESS
-advise: SUCCESS
-advise: SUCCESS
-advise: SUCCESS
-advise for all: SUCCESS
+advise: BADF
+advise: BADF
+advise: BADF
+advise: BADF
+advise: BADF
+advise: BADF
+advise for all: BADF
-sync: SUCCESS
-datasync: NOTCAPABLE
+sync: BADF
+datasync: BADF
-advise: SPIPE
-advise: SPIPE
-advise: SPIPE
-advise: SPIPE
-advise: SPIPE
-advise: SPIPE
-advise for all: SPIPE
-allocate: NOTCAPABLE
-set size: NOTCAPABLE
-sync: SUCCESS
-datasync: SUCCESS
+advise: BADF
+advise: BADF
+advise: BADF
+advise: BADF
+advise: BADF
+advise: BADF
+advise for all: BADF
+allocate: BADF
+set size: BADF
+sync: BADF
+datasync: BADF
""",
    ),
    "exit-raise-0": Difference(
        _RAISE,
        """
-proc_raise: SUCCESS
-== exit code 71
+proc_raise: NOTSUP
+== exit code 70
""",
    ),
    "exit-raise-6": Difference(
        _RAISE,
        """
-== exit code 134
+proc_raise: NOTSUP
+== exit code 70
""",
    ),
    "exit-raise-9": Difference(
        _RAISE,
        """
-== exit code 137
+proc_raise: NOTSUP
+== exit code 70
""",
    ),
    "exit-raise-15": Difference(
        _RAISE,
        """
-== exit code 143
+proc_raise: NOTSUP
+== exit code 70
""",
    ),
    "exit-raise-17": Difference(
        _RAISE,
        """
-proc_raise: SUCCESS
-== exit code 71
+proc_raise: NOTSUP
+== exit code 70
""",
    ),
    "poll": Difference(
        "one subscription that fails is an event with an error; how much can be read of a file is told",
        """
-a clock that there is not: SUCCESS
-events: 1
-of: 1
-type: 0
-error: NOTSUP
+a clock that there is not: INVAL
-bytes to read: 5
+bytes to read: 1
-nothing to read: SUCCESS
-events: 1
-of: 7
-type: 1
-error: BADF
-a directory: SUCCESS
-events: 1
-of: 8
-type: 1
-error: NOTCAPABLE
+nothing to read: BADF
+a directory: BADF
""",
    ),
    "readonly": Difference(
        "wasmtime refuses as if it were a matter of permissions; on a read-only file system POSIX says ROFS",
        """
-write: ROFS
-read and write: ROFS
-create: ROFS
-truncate: ROFS
-create a directory: ROFS
-remove a directory: ROFS
-unlink: ROFS
-symlink: ROFS
-link: ROFS
-link from outside: ROFS
-link to outside: ROFS
-rename: ROFS
-rename from outside: ROFS
-rename to outside: ROFS
-times: ROFS
+write: PERM
+read and write: PERM
+create: PERM
+truncate: PERM
+create a directory: PERM
+remove a directory: PERM
+unlink: PERM
+symlink: PERM
+link: PERM
+link from outside: PERM
+link to outside: PERM
+rename: PERM
+rename from outside: PERM
+rename to outside: PERM
+times: PERM
-size of what is open: NOTCAPABLE
+size of what is open: PERM
""",
    ),
}

#: What differs in trees in memory from directories of the host.
IN_MEMORY: dict[str, Difference] = {
    "links": Difference(
        "each tree is a file system of its own",
        """
-to another directory: SUCCESS
+to another directory: XDEV
""",
    ),
    "rename": Difference(
        "each tree is a file system of its own",
        """
-to another directory: SUCCESS
-gone: NOENT
+to another directory: XDEV
+gone: 4
""",
    ),
}
