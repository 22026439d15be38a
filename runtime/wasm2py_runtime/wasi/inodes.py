"""What a file system in memory consists of: files, directories and links, under whatever names they have."""

from __future__ import annotations

from typing import Optional

from .flags import FileType
from .nodes import Stat


class Inode:
    """``opens`` counts the descriptors that refer to it: contents without a name live until the last is closed."""

    type = FileType.UNKNOWN

    def __init__(self, number: int, now: int) -> None:
        self.number = number
        self.links, self.opens = 1, 0
        self.accessed = self.modified = self.changed = now

    def size(self) -> int:
        return 0

    def stat(self, device: int) -> Stat:
        times = self.accessed, self.modified, self.changed
        return Stat(device, self.number, self.type, self.links, self.size(), *times)


class FileInode(Inode):
    type = FileType.REGULAR_FILE

    def __init__(self, number: int, now: int, data: bytearray) -> None:
        super().__init__(number, now)
        self._data = data

    @property
    def data(self) -> bytearray:
        return self._data

    def size(self) -> int:
        return len(self._data)


class LinkInode(Inode):
    type = FileType.SYMBOLIC_LINK

    def __init__(self, number: int, now: int, target: str) -> None:
        super().__init__(number, now)
        self.target = target

    def size(self) -> int:
        return len(self.target.encode("utf-8", "surrogateescape"))


class DirectoryInode(Inode):
    type = FileType.DIRECTORY

    def __init__(self, number: int, now: int, parent: Optional[DirectoryInode] = None) -> None:
        super().__init__(number, now)
        self.parent = parent
        self.entries: dict[str, Inode] = {}

    def is_within(self, other: Inode) -> bool:
        """Whether it is the other directory or below it."""
        at: Optional[DirectoryInode] = self
        while at is not None and at is not other:
            at = at.parent
        return at is not None
