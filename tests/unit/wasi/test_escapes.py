"""Guests that try to get out: of their directories and of their memory.

``outside`` holds a secret, beside the directory ``inside`` that the guest is given, which is full of traps.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.wasi.driver import (
    DATA,
    FOLLOW,
    OTHER_PATH,
    PATH,
    READ,
    RESULT,
    VECTORS,
    WRITE,
    Guest,
    guest_of,
)
from wasm2py_runtime.wasi import HostDirectory, MemoryTree, host_directory
from wasm2py_runtime.wasi.errno import Errno
from wasm2py_runtime.wasi.flags import OFlags
from wasm2py_runtime.wasi.functions import FUNCTIONS
from wasm2py_runtime.wasi.host_names import is_plain_on_windows

pytestmark = pytest.mark.skipif(os.name == "nt", reason="made of POSIX's links and descriptors")

SECRET = b"the secret"
#: How often the race is run: set it to 10000 to be sure.
SWAPS = int(os.environ.get("WASM2PY_SWAPS", "300"))


@pytest.fixture
def prison(tmp_path: Path) -> Path:
    """The directory around ``inside`` and ``outside``."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    (outside / "dir").mkdir(parents=True)
    (outside / "secret").write_bytes(SECRET)
    (outside / "dir" / "secret").write_bytes(SECRET)
    (inside / "sub" / "deep").mkdir(parents=True)
    (inside / "file").write_bytes(b"harmless")
    links = {
        "relative": "../outside/secret",
        "absolute": str(outside / "secret"),
        "directory": "../outside",
        "absolute_directory": str(outside),
        "root": "/",
        "up": "..",
        "up_up": "../..",
        "sub/up": "../..",
        "sub/deep/up": "../../../outside/secret",
        "chain": "chain2",
        "chain2": "sub/../relative",
        "through": "sub/up/outside",
        "self": "self/self/../../outside",
        "process": "/proc/self/root",
        "proc_directory": "/proc/self/cwd",
        "descriptor": "/proc/self/fd/0",
        "device": "/dev/fd/0",
        "slashes": "..//.././..//",
        "dotted": "./sub/./../../outside/./secret",
    }
    for name, target in links.items():
        (inside / name).symlink_to(target)
    return tmp_path


@pytest.fixture(params=["by descriptor", "by path"])
def guest(request: pytest.FixtureRequest, prison: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guest]:
    """What is reached by path has to be as safe, as long as nobody changes it."""
    monkeypatch.setattr(host_directory, "BY_DESCRIPTOR", request.param == "by descriptor")
    made = guest_of({"/": HostDirectory(prison / "inside")})
    with made.wasi:
        yield made


ESCAPES = [
    "..",
    "../outside/secret",
    "../inside/../outside/secret",
    "sub/../../outside/secret",
    "sub/deep/../../../outside/secret",
    "./../outside/secret",
    ".//..//outside/secret",
    "sub/./.././../outside/secret",
    "/etc/passwd",
    "//etc/passwd",
    "/".join(["/proc", "self", "root", "etc", "passwd"]),
    "/proc/self/cwd",
    "/dev/stdin",
    "relative",
    "absolute",
    "directory/secret",
    "directory/dir/secret",
    "absolute_directory/secret",
    "root/etc/passwd",
    "root/proc/self/environ",
    "up/outside/secret",
    "up_up",
    "up_up/etc",
    "sub/up/outside/secret",
    "sub/deep/up",
    "chain",
    "chain2",
    "through/secret",
    "self",
    "self/secret",
    "process/etc/passwd",
    "proc_directory/secret",
    "descriptor",
    "device",
    "slashes",
    "slashes/etc/passwd",
    "dotted",
    "directory/",
    "directory/.",
    "directory/..",
    "up/",
    "root/",
    "root/.",
]


@pytest.mark.parametrize("path", ESCAPES)
def test_nothing_outside_is_reached(guest: Guest, prison: Path, path: str) -> None:
    refused = {Errno.EPERM, Errno.ELOOP}
    for rights, oflags in [(READ, 0), (WRITE, OFlags.CREAT), (WRITE, OFlags.TRUNC), (0, OFlags.DIRECTORY)]:
        assert guest.try_open(path, oflags, rights, lookup=FOLLOW) in refused
    place = guest.put(PATH, path)
    assert guest.call("path_filestat_get", 3, FOLLOW, *place, RESULT) in refused
    assert guest.call("path_filestat_set_times", 3, FOLLOW, *place, 0, 0, 5) in refused
    below = guest.put(PATH, f"{path}/new")
    assert guest.call("path_create_directory", 3, *below) in refused
    assert guest.call("path_unlink_file", 3, *below) in refused
    assert guest.call("path_symlink", *guest.put(OTHER_PATH, "x"), 3, *below) in refused
    file = guest.put(OTHER_PATH, "file")
    assert guest.call("path_rename", 3, *file, 3, *below) in refused
    assert guest.call("path_link", 3, 0, *file, 3, *below) in refused
    assert guest.call("path_rename", 3, *below, 3, *file) in refused
    _unharmed(prison)


def _unharmed(prison: Path) -> None:
    outside = prison / "outside"
    assert sorted(str(path.relative_to(outside)) for path in outside.rglob("*")) == ["dir", "dir/secret", "secret"]
    assert (outside / "secret").read_bytes() == (outside / "dir" / "secret").read_bytes() == SECRET
    assert (prison / "inside" / "file").read_bytes() == b"harmless"


def test_links_are_changed_and_not_what_they_lead_to(guest: Guest, prison: Path) -> None:
    for number, name in enumerate(["relative", "absolute", "directory", "root"]):
        guest.must("path_rename", 3, *guest.put(PATH, name), 3, *guest.put(OTHER_PATH, f"moved{number}"))
        assert guest.path("path_remove_directory", f"moved{number}") == Errno.ENOTDIR
        assert guest.path("path_remove_directory", f"moved{number}/") == Errno.ENOTDIR
        assert guest.path("path_unlink_file", f"moved{number}/") == Errno.ENOTDIR
        assert guest.path("path_unlink_file", f"moved{number}") == Errno.SUCCESS
    _unharmed(prison)


def test_an_opened_directory_is_a_prison_too(guest: Guest) -> None:
    fd = guest.open_directory("sub")
    for path in ("../file", "..", "deep/../../file", "up/inside/file"):
        assert guest.try_open(path, fd=fd, lookup=FOLLOW) == Errno.EPERM
    guest.open("deep/..", fd=fd, rights=0)


def test_a_directory_moved_away_is_no_way_out(guest: Guest, prison: Path) -> None:
    """``..`` of a directory that was moved outside is what it was moved to; not for a guest."""
    fd = guest.open_directory("sub/deep")
    (prison / "inside" / "sub" / "deep").rename(prison / "outside" / "dir" / "deep")
    assert guest.try_open("../secret", fd=fd) == Errno.EPERM
    assert guest.try_open("..", fd=fd) == Errno.EPERM
    (prison / "outside" / "dir" / "deep").rename(prison / "inside" / "sub" / "deep")
    _unharmed(prison)


def test_links_made_by_the_guest(guest: Guest, prison: Path) -> None:
    for number, target in enumerate(["..", "../outside/secret", "sub/../..", "up"]):
        guest.must("path_symlink", *guest.put(OTHER_PATH, target), 3, *guest.put(PATH, f"own{number}"))
        assert guest.try_open(f"own{number}", lookup=FOLLOW, rights=0) == Errno.EPERM
    _unharmed(prison)


def test_the_parent_is_not_listed(guest: Guest, prison: Path) -> None:
    assert "secret" not in guest.list(3)
    guest.must("fd_readdir", 3, DATA, 1000, 0, RESULT)
    inodes = [struct.unpack_from("<Q", guest.memory.read(DATA + at + 8, 8))[0] for at in (0, 25)]
    assert os.stat(prison).st_ino not in inodes


def test_special_files(prison: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.getcwd()
        os.chdir(prison / "inside")  # the paths of sockets are short
        try:
            listening.bind("socket")
        finally:
            os.chdir(here)
        guest = guest_of({"/": HostDirectory(prison / "inside")})
        assert guest.try_open("socket") == Errno.ENXIO


def test_a_link_swapped_by_another_thread(prison: Path) -> None:
    """``door`` is a directory of the guest at one moment, and a link to the outside at the next."""
    inside = prison / "inside"
    (inside / "door").mkdir()
    (inside / "door" / "secret").write_bytes(b"harmless")
    (inside / "trap").symlink_to("../outside")
    done = threading.Event()

    def swap() -> None:
        names = [inside / name for name in ("door", "trap", "spare")]
        while not done.is_set():
            for source, target in ((0, 2), (1, 0), (2, 1)):
                names[source].rename(names[target])

    guest = guest_of({"/": HostDirectory(inside)})
    swapping = threading.Thread(target=swap)
    swapping.start()
    outcomes = set()
    try:
        for number in range(SWAPS):
            outcomes.add(_try_door(guest, number))
    finally:
        done.set()
        swapping.join()
        guest.wasi.close()
    assert outcomes <= {Errno.SUCCESS, Errno.EPERM, Errno.ENOENT, Errno.ELOOP, Errno.ENOTDIR, Errno.EEXIST}
    _unharmed(prison)


def _try_door(guest: Guest, number: int) -> Errno:
    outcome = guest.try_open("door/secret", lookup=FOLLOW)
    if outcome == Errno.SUCCESS:
        fd = guest.u32()
        assert guest.read(fd) == b"harmless"
        guest.must("fd_close", fd)
    written = guest.try_open(f"door/{number}", OFlags.CREAT, WRITE)
    if written == Errno.SUCCESS:
        guest.must("fd_close", guest.u32())
    guest.path("path_create_directory", f"door/d{number}")
    guest.path("path_unlink_file", f"door/{number}")
    return outcome


def test_a_file_swapped_for_a_link_by_another_thread(prison: Path) -> None:
    inside = prison / "inside"
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            (inside / "x").write_bytes(b"harmless")
            (inside / "y").symlink_to("../outside/secret")
            (inside / "y").rename(inside / "x")
            (inside / "x").unlink()

    guest = guest_of({"/": HostDirectory(inside)})
    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for lookup in [0, FOLLOW] * (SWAPS // 2):
            if guest.try_open("x", 0, WRITE, lookup=lookup) == Errno.SUCCESS:
                fd = guest.u32()
                assert guest.read(fd) in (b"harmless", b"")
                guest.must("fd_close", fd)
    finally:
        done.set()
        swapping.join()
    _unharmed(prison)


def test_descriptors_closed_by_another_thread(tmp_path: Path) -> None:
    """A descriptor of the host is not used any more when its number stands for something else."""
    (tmp_path / "f").write_bytes(b"harmless")
    guest = guest_of({"/": HostDirectory(tmp_path)})
    done = threading.Event()

    def read() -> None:
        reader = Guest.__new__(Guest)
        reader.memory, reader.wasi, reader.functions = guest.memory, guest.wasi, guest.functions
        while not done.is_set():
            outcome = reader.call("fd_pread", 4, VECTORS, 1, 0, 60_000)
            assert outcome in (Errno.SUCCESS, Errno.EBADF)

    guest.memory.write(VECTORS, struct.pack("<II", 100_000, 8))
    thread = threading.Thread(target=read)
    thread.start()
    try:
        for _ in range(SWAPS):
            fd = guest.open("f")
            guest.must("fd_close", fd)
            os.close(os.open(os.devnull, os.O_RDONLY))
    finally:
        done.set()
        thread.join()
    assert guest.memory.read(100_000, 8) in (b"harmless", bytes(8))


# Pointers -------------------------------------------------------------------------------------------------------------

END = 4 * 65536
#: Addresses and lengths that are not, or not wholly, in memory.
BEYOND = [(END, 1), (END - 1, 2), (0, END + 1), (-1, 1), (-1, -1), (0, -1), (1, -1), (-8, 8), (2**31 - 1, 2**31 - 1)]


@pytest.fixture
def prisoner() -> Guest:
    """With a file of 10 bytes as descriptor 4."""
    guest = guest_of({"/": MemoryTree({"f": b"0123456789"})}, stdin=b"input")
    assert guest.open("f", 0, WRITE) == 4
    return guest


@pytest.mark.parametrize(("address", "length"), BEYOND)
def test_buffers_beyond_memory(prisoner: Guest, address: int, length: int) -> None:
    before = prisoner.memory[VECTORS : END - 64]
    outcomes = [
        prisoner.call("random_get", address, length),
        prisoner.call("fd_readdir", 3, address, length, 0, RESULT),
        prisoner.call("path_readlink", 3, *prisoner.put(PATH, "f"), address, length, RESULT),
        prisoner.call("path_create_directory", 3, address, length),
        prisoner.call("path_open", 3, 0, address, length, 0, 0, 0, 0, RESULT),
        prisoner.call("path_symlink", address, length, 3, *prisoner.put(PATH, "f")),
        prisoner.call("path_rename", 3, *prisoner.put(PATH, "f"), 3, address, length),
    ]
    assert outcomes == [Errno.EFAULT] * len(outcomes)
    assert prisoner.memory[VECTORS : END - 64] == before


@pytest.mark.parametrize(("address", "length"), BEYOND)
def test_vectors_beyond_memory(prisoner: Guest, address: int, length: int) -> None:
    """Whatever comes before the bad one: nothing is read and nothing is written."""
    prisoner.memory.write(VECTORS, struct.pack("<IIII", DATA, 4, address & 0xFFFFFFFF, length & 0xFFFFFFFF))
    prisoner.put(DATA, b"none")
    for name in ("fd_read", "fd_write"):
        assert prisoner.call(name, 4, VECTORS, 2, RESULT) == Errno.EFAULT
        assert prisoner.call(name, 4, address, 1 if length == 1 else length, RESULT) == Errno.EFAULT
    for name in ("fd_pread", "fd_pwrite"):
        assert prisoner.call(name, 4, VECTORS, 2, 0, RESULT) == Errno.EFAULT
    assert prisoner.memory.read(DATA, 4) == b"none"
    prisoner.must("fd_tell", 4, RESULT)
    assert prisoner.u64() == 0
    assert prisoner.call("poll_oneoff", address, DATA, length & 0x7FFFFFFF, RESULT) == Errno.EFAULT


@pytest.mark.parametrize("result", [END, END - 1, -1, 2**31 - 1])
def test_results_beyond_memory(prisoner: Guest, result: int) -> None:
    """What cannot be told is not done."""
    vectors = prisoner.vectors(4)
    calls = [
        ("args_sizes_get", result, 0),
        ("args_get", result, DATA),
        ("args_get", RESULT, result),
        ("environ_sizes_get", 0, result),
        ("clock_time_get", 0, 0, result),
        ("clock_res_get", 0, result),
        ("fd_fdstat_get", 4, result),
        ("fd_filestat_get", 4, result),
        ("fd_prestat_get", 3, result),
        ("fd_prestat_dir_name", 3, result, 1),
        ("fd_read", 4, *vectors, result),
        ("fd_read", 0, *vectors, result),
        ("fd_write", 4, *vectors, result),
        ("fd_pread", 4, *vectors, 0, result),
        ("fd_pwrite", 4, *vectors, 0, result),
        ("fd_seek", 4, 5, 0, result),
        ("fd_tell", 4, result),
        ("fd_readdir", 3, DATA, 100, 0, result),
        ("path_filestat_get", 3, 0, *prisoner.put(PATH, "f"), result),
        ("path_open", 3, 0, *prisoner.put(OTHER_PATH, "new"), OFlags.CREAT, WRITE, 0, 0, result),
        ("poll_oneoff", DATA, DATA, 1, result),
    ]
    for name, *arguments in calls:
        if (name, *arguments) != ("fd_prestat_dir_name", 3, END - 1, 1):
            assert prisoner.call(name, *arguments) == Errno.EFAULT, name
    prisoner.must("fd_tell", 4, RESULT)
    assert prisoner.u64() == 0
    assert prisoner.read(4) == b"0123456789"
    assert prisoner.list(3) == [".", "..", "f"]
    assert prisoner.open("f") == 5


def test_many_vectors(prisoner: Guest) -> None:
    assert prisoner.call("fd_read", 4, VECTORS, 1025, RESULT) == Errno.EINVAL
    assert prisoner.call("fd_write", 4, VECTORS, 10_000, RESULT) == Errno.EINVAL
    assert prisoner.call("fd_write", 4, VECTORS, 0x20000000, RESULT) == Errno.EFAULT
    assert prisoner.call("fd_write", 4, 8, -1, RESULT) == Errno.EFAULT
    assert prisoner.call("poll_oneoff", 0, 0, 4097, RESULT) in (Errno.EFAULT, Errno.EINVAL)
    assert prisoner.call("poll_oneoff", 0, 0, 0, RESULT) == Errno.EINVAL


def test_vectors_on_top_of_each_other(prisoner: Guest) -> None:
    """All of memory, a thousand times: what is there is written until the limit, what is read stays in memory."""
    prisoner.memory.write(VECTORS, struct.pack("<II", 0, END) * 1024)
    prisoner.must("fd_read", 4, VECTORS, 1024, RESULT)
    prisoner.memory.write(VECTORS, struct.pack("<II", VECTORS, 8192) * 3)
    prisoner.must("fd_write", 4, VECTORS, 3, RESULT)
    assert prisoner.u32() == 3 * 8192
    prisoner.must("fd_read", 0, VECTORS, 3, VECTORS)
    assert prisoner.u32(VECTORS) == 5


def test_more_than_a_call_can_say() -> None:
    """4,398,046,511,104 bytes: as many as a call may move are written."""
    tree = MemoryTree(max_bytes=1 << 20)
    guest = guest_of({"/": tree})
    fd = guest.open("f", OFlags.CREAT, WRITE)
    guest.memory.write(VECTORS, struct.pack("<II", 0, END) * 1024)
    assert guest.call("fd_write", fd, VECTORS, 1024, RESULT) == Errno.ENOSPC
    guest.must("fd_write", 1, VECTORS, 1024, RESULT)
    assert guest.u32() == 1024 * END


def test_directories_in_circles(guest: Guest, prison: Path) -> None:
    (prison / "inside" / "sub" / "circle").symlink_to("../sub")
    path = "sub/" + "circle/" * 39
    guest.open_directory(path + "deep", lookup=FOLLOW)
    assert guest.try_open(path + "circle/circle/deep", lookup=FOLLOW) == Errno.ELOOP


def test_deep_directories(guest: Guest) -> None:
    """A path that would need more descriptors of the host than it has to spare; in steps there is an end to none."""
    fd = 3
    for _ in range(3):
        for _ in range(150):
            assert guest.path("path_create_directory", "d", fd=fd) == Errno.SUCCESS
            fd = guest.open_directory("d", fd=fd)
    assert guest.try_open("d/" * 190) == Errno.SUCCESS
    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    assert guest.try_open("d/" * 300) == Errno.ENAMETOOLONG
    assert before in (0, len(os.listdir("/proc/self/fd")))


@pytest.mark.parametrize("kind", ["memory", "host"])
def test_arguments_that_mean_nothing(kind: str, tmp_path: Path) -> None:
    """Whatever all functions are called with, there is an error number and nothing else."""
    (tmp_path / "f").write_bytes(b"0123456789")
    guest = guest_of({"/": MemoryTree({"f": b"0123456789"}) if kind == "memory" else HostDirectory(tmp_path)})
    guest.open("f", 0, WRITE)
    odd = (0, 1, 3, 4, -1, 2**31 - 1, -(2**31), 65536)
    for name, function in guest.functions.items():
        if name in ("proc_exit", "proc_raise", "poll_oneoff", "fd_close", "fd_renumber"):
            continue
        count = len(FUNCTIONS[name].type.params)
        for shift in range(len(odd)):
            for step in (1, 3, 5):
                arguments = [odd[(shift + position * step) % len(odd)] for position in range(count)]
                assert Errno(function(*arguments)) in Errno


@pytest.mark.parametrize(
    "name", ["..\\x", "a/b", "C:x", "file:stream", "..  ", "...", "a.", "NUL", "con.txt", "Lpt1", "a*", "\x01"]
)
def test_names_that_windows_takes_for_something_else(name: str) -> None:
    assert not is_plain_on_windows(name)


@pytest.mark.parametrize("name", [".", "a", ".hidden", "console", "nul1", "a b", "com10", "ä.txt", "a..b"])
def test_names_that_windows_takes_for_names(name: str) -> None:
    assert is_plain_on_windows(name)
