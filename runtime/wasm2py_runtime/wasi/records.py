"""How records lie in the memory of the guest, in both previews."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

#: ``fdstat``: filetype, flags, base rights, inheriting rights
FDSTAT = Struct("<BxH4xQQ")
#: ``prestat``: tag (0: a directory), length of the name
PRESTAT = Struct("<B3xI")
#: ``dirent``: cookie of the next entry, inode, length of the name, filetype
DIRENT = Struct("<QQIB3x")
#: ``event``: userdata, error, type, bytes available, flags
EVENT = Struct("<QHB5xQH6x")
#: The file descriptor of a ``subscription``, behind userdata and type
SUBSCRIPTION_FD = Struct("<16xI")
#: userdata and type of a ``subscription``
SUBSCRIPTION = Struct("<QB")


class Layout(NamedTuple):
    """What differs between the previews."""

    #: dev, ino, filetype, nlink, size, atim, mtim, ctim
    filestat: Struct
    #: ``whence`` of ``fd_seek`` as the host numbers them: from the start, from where it is, from the end
    whence: tuple[int, ...]
    #: clock, timeout, precision and flags of a ``subscription`` to a clock, as long as any subscription
    subscription: Struct


PREVIEW_1 = Layout(Struct("<QQB7xQQQQQ"), (0, 1, 2), Struct("<16xI4xQQH6x"))
PREVIEW_0 = Layout(Struct("<QQB3xIQQQQ"), (1, 2, 0), Struct("<24xI4xQQH6x"))
