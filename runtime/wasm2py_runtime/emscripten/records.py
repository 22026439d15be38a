"""Records of Emscripten's C library: ``stat`` and ``dirent``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import Struct
from typing import TYPE_CHECKING

from ..wasi.flags import FileType

if TYPE_CHECKING:
    from .host import Emscripten

#: d_ino, d_off, d_reclen, d_type, d_name
DIRENT64 = Struct("<QqHB256sx4x")
DIRENT64_SIZE = DIRENT64.size

#: dev, mode, nlink, uid, gid, rdev, size, blksize, blocks, three times of seconds and nanoseconds, ino
_STAT = {4: Struct("<6IqIIqI4xqI4xqI4xQ"), 8: Struct("<IIQIII4xqIIqQqQqQQ")}
#: The same for modules of before June 2023: a shorter ino follows dev.
_OLD_STAT = Struct("<I4xI5I8xqIIqI4xqI4xqI4xQ")
_BLOCK, _UNIT = 4096, 512
_SECOND = 1_000_000_000

#: ``st_mode`` by type; everything may be read and written, since there are no modes.
_MODES: Mapping[int, int] = {
    FileType.DIRECTORY: 0o040777,
    FileType.REGULAR_FILE: 0o100666,
    FileType.SYMBOLIC_LINK: 0o120777,
    FileType.CHARACTER_DEVICE: 0o020666,
    FileType.BLOCK_DEVICE: 0o060666,
    FileType.SOCKET_STREAM: 0o140777,
    FileType.SOCKET_DGRAM: 0o140777,
}
_PIPE = 0o010666


def kind_of(type: int) -> int:
    """``st_mode`` of a type of file."""
    return _MODES.get(type, _PIPE)


def pack_stat(host: Emscripten, address: int, filestat: Sequence[int]) -> None:
    """Write a ``struct stat`` from the fields of WASI's."""
    device, inode, type, links, size, *times = filestat
    layout = _OLD_STAT if host.old_records else _STAT[host.guest.pointer_size]
    first = [device & 0xFFFFFFFF, inode & 0xFFFFFFFF] if host.old_records else [device & 0xFFFFFFFF]
    fields = (kind_of(type), links & 0xFFFFFFFF, 0, 0, 0, size, _BLOCK, -(-size // _UNIT))
    pairs = [part for time in times for part in divmod(time, _SECOND)]
    layout.pack_into(host.guest.view(address, layout.size), 0, *first, *fields, *pairs, inode)
