"""Files that were linked into a module (``emcc --embed-file``): they are made when the guest begins.

They go where their paths lead in what the guest was given. Where that has no root, a file system in memory becomes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wasi import MemoryTree
from ..wasi.descriptors import Descriptor
from ..wasi.errno import Errno, WasiError
from ..wasi.flags import OFlags, Rights
from .direct import call, write_all
from .outcomes import Aborted
from .places import located_path
from .registry import env

if TYPE_CHECKING:
    from .host import Emscripten


@env("vp")
def _emscripten_fs_load_embedded_files(host: Emscripten, table: int) -> None:
    """An array of names, sizes and addresses, which ends with null."""
    guest = host.guest
    _mount_root(host)
    while name := guest.read_pointer(table):
        size, address = [guest.read_pointer(table + place * guest.pointer_size) for place in (1, 2)]
        _make(host, guest.read_text(name), bytes(guest.view(address, size)))
        table += 3 * guest.pointer_size


def _mount_root(host: Emscripten) -> None:
    if any(not path.strip("/") for path, _ in host.roots):
        return
    root = MemoryTree().root(host.wasi.now, len(host.roots) + 1)
    mounted = Descriptor(root, root.rights, Rights.DIRECTORY | Rights.FILE, preopen="/")
    host.roots.append(("/", host.wasi.descriptors.add(mounted)))


def _make(host: Emscripten, path: str, data: bytes) -> None:
    """Make a file, and the directories above it. Aborted if that cannot be."""
    path = path if path.startswith("/") else f"/{path}"
    try:
        for end in [at for at, character in enumerate(path) if character == "/" and at]:
            _make_directory(host, path[:end])
        opened = (OFlags.CREAT | OFlags.TRUNC, Rights.FD_WRITE, 0, 0)
        (descriptor,) = call(host.wasi, "path_open", *_with_lookup(host, path), 0, *opened)
    except (WasiError, OSError) as error:
        raise Aborted(f"aborted: the embedded file {path!r} cannot be made: {error}") from None
    write_all(host.wasi, descriptor, data)
    call(host.wasi, "fd_close", descriptor)


def _with_lookup(host: Emscripten, path: str) -> tuple[int, int, str]:
    start, rest = located_path(host, path)
    return start, 0, rest


def _make_directory(host: Emscripten, path: str) -> None:
    start, rest = located_path(host, path)
    try:
        if rest != ".":
            call(host.wasi, "path_create_directory", start, rest, 0)
    except WasiError as error:
        if error.errno != Errno.EEXIST:
            raise
    except FileExistsError:
        pass
