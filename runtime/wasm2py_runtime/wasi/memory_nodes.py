"""Open files and directories of a file system in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Optional, Union

from .buffers import filled
from .errno import Errno
from .flags import FdFlags, FileType
from .inodes import DirectoryInode, FileInode, Inode, LinkInode
from .nodes import Clock, Directory, Entry, File, Node, OpenMode, Stat, refuse

if TYPE_CHECKING:
    from .memory_tree import MemoryTree


def _set_times(inode: Inode, accessed: Optional[int], modified: Optional[int], now: int) -> None:
    inode.accessed = inode.accessed if accessed is None else accessed
    inode.modified = inode.modified if modified is None else modified
    inode.changed = now


class MemoryFile(File):
    def __init__(self, tree: MemoryTree, inode: FileInode, mode: OpenMode, clock: Clock, device: int) -> None:
        self._tree, self._inode, self._clock, self._device = tree, inode, clock, device
        self._writable, self._append = mode.write, bool(mode.flags & FdFlags.APPEND)
        self.read_only = tree.read_only
        self._position = 0
        inode.opens += 1

    def read(self, buffers: Sequence[memoryview]) -> int:
        with self._tree.lock:
            count = self.read_at(buffers, self._position)
            self._position += count
            return count

    def read_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        with self._tree.lock:
            if not self.read_only:
                self._inode.accessed = self._clock()
            return filled(buffers, self._inode.data[offset : offset + sum(map(len, buffers))])

    def write(self, buffers: Sequence[memoryview]) -> int:
        with self._tree.lock:
            start = self._inode.size() if self._append else self._position
            count = self.write_at(buffers, start)
            self._position = start + count if count else self._position
            return count

    def write_at(self, buffers: Sequence[memoryview], offset: int) -> int:
        with self._tree.lock:
            data = self._inode.data
            at = offset = len(data) if self._append else offset  # at the end in any case, as on Linux
            self._extend(max(0, offset - len(data)), sum(map(len, buffers)), offset)
            for buffer in buffers:
                if at == len(data):
                    data += buffer  # twice as fast as to assign to a slice behind the end
                else:
                    data[at : at + len(buffer)] = buffer
                at += len(buffer)
            self._inode.modified = self._inode.changed = self._clock()
            return at - offset

    def _extend(self, gap: int, count: int, offset: int) -> None:
        """Make room for what is written, and fill the gap before it with zeros."""
        data = self._inode.data
        if count:
            self._tree.reserve(max(0, offset + count - len(data)))
            data.extend(bytes(gap))

    def seek(self, offset: int, whence: int) -> int:
        with self._tree.lock:
            position = offset + (0, self._position, self._inode.size())[whence]
            if not 0 <= position < 1 << 63:
                refuse(Errno.EINVAL)
            self._position = position
            return position

    def set_size(self, size: int) -> None:
        if not self._writable:
            refuse(Errno.EINVAL)
        with self._tree.lock:
            data = self._inode.data
            self._tree.reserve(size - len(data))
            if size < len(data):
                del data[size:]
            else:
                data.extend(bytes(size - len(data)))
            self._inode.modified = self._inode.changed = self._clock()

    def stat(self) -> Stat:
        return self._inode.stat(self._device)

    def set_times(self, accessed: Optional[int], modified: Optional[int]) -> None:
        _set_times(self._inode, accessed, modified, self._clock())

    def set_flags(self, flags: int) -> None:
        self._append = bool(flags & FdFlags.APPEND)

    def close(self) -> None:
        with self._tree.lock:
            self._inode.opens -= 1
            self._tree.forget(self._inode)


class MemoryDirectory(Directory):
    def __init__(self, tree: MemoryTree, inode: DirectoryInode, clock: Clock, device: int) -> None:
        self._tree, self._inode, self._clock, self._device = tree, inode, clock, device
        self.read_only = tree.read_only

    def _find(self, name: str) -> Optional[Inode]:
        return self._inode if name == "." else self._inode.entries.get(name)

    def _get(self, name: str) -> Inode:
        found = self._find(name)
        return refuse(Errno.ENOENT) if found is None else found

    def _opened(self, inode: DirectoryInode) -> MemoryDirectory:
        return MemoryDirectory(self._tree, inode, self._clock, self._device)

    # Going through --------------------------------------------------------------------------------------------------

    def enter(self, name: str) -> Union[Directory, str]:
        found = self._get(name)
        if isinstance(found, LinkInode):
            return found.target
        return self._opened(found) if isinstance(found, DirectoryInode) else refuse(Errno.ENOTDIR)

    def link_target(self, name: str) -> Optional[str]:
        found = self._find(name)
        return found.target if isinstance(found, LinkInode) else None

    def open(self, name: str, mode: OpenMode) -> Node:
        with self._tree.lock:
            found = self._find(name)
            if found is None:
                found = self._create(name) if mode.create else refuse(Errno.ENOENT)
            elif mode.create and mode.exclusive:
                refuse(Errno.EEXIST)
            if isinstance(found, DirectoryInode):
                changes = mode.write or mode.truncate or mode.create
                return refuse(Errno.EISDIR) if changes else self._opened(found)
            return self._open_file(found, mode)

    def _create(self, name: str) -> Inode:
        made = FileInode(self._tree.new_number(), self._clock(), bytearray())
        self._enter_in(name, made)
        return made

    def _enter_in(self, name: str, inode: Inode) -> None:
        """A new entry. ENOENT in a directory that was removed."""
        if not self._inode.links:
            refuse(Errno.ENOENT)
        self._inode.entries[name] = inode
        self._touch()

    def _touch(self) -> None:
        self._inode.modified = self._inode.changed = self._clock()

    def _open_file(self, found: Inode, mode: OpenMode) -> Node:
        if mode.directory:
            refuse(Errno.ENOTDIR)
        if not isinstance(found, FileInode):
            refuse(Errno.ELOOP)
        opened = MemoryFile(self._tree, found, mode._replace(write=True), self._clock, self._device)
        if mode.truncate:
            opened.set_size(0)
        opened._writable = mode.write
        return opened

    # Looking --------------------------------------------------------------------------------------------------------

    def entries(self) -> list[Entry]:
        with self._tree.lock:
            return [Entry(name, inode.number, inode.type) for name, inode in self._inode.entries.items()]

    def stat(self) -> Stat:
        return self._inode.stat(self._device)

    def stat_entry(self, name: str) -> Stat:
        return self._get(name).stat(self._device)

    # Changing -------------------------------------------------------------------------------------------------------

    def set_times(self, accessed: Optional[int], modified: Optional[int]) -> None:
        _set_times(self._inode, accessed, modified, self._clock())

    def set_entry_times(self, name: str, accessed: Optional[int], modified: Optional[int]) -> None:
        _set_times(self._get(name), accessed, modified, self._clock())

    def _require_absent(self, name: str) -> None:
        if self._find(name) is not None:
            refuse(Errno.EEXIST)

    def make_directory(self, name: str) -> None:
        with self._tree.lock:
            self._require_absent(name)
            self._enter_in(name, DirectoryInode(self._tree.new_number(), self._clock(), self._inode))

    def symlink(self, target: str, name: str) -> None:
        with self._tree.lock:
            self._require_absent(name)
            self._enter_in(name, LinkInode(self._tree.new_number(), self._clock(), target))

    def remove_directory(self, name: str) -> None:
        with self._tree.lock:
            found = self._get(name)
            if name == ".":
                refuse(Errno.EINVAL)
            if not isinstance(found, DirectoryInode):
                refuse(Errno.ENOTDIR)
            if found.entries:
                refuse(Errno.ENOTEMPTY)
            self._remove(name)

    def unlink(self, name: str) -> None:
        with self._tree.lock:
            if self._get(name).type == FileType.DIRECTORY:
                refuse(Errno.EISDIR)
            self._remove(name)

    def _remove(self, name: str) -> None:
        found = self._inode.entries.pop(name)
        found.links -= 1
        self._tree.forget(found)
        self._touch()

    def link(self, name: str, target: Directory, new_name: str) -> None:
        target = self._of_same_tree(target)
        with self._tree.lock:
            found = self._get(name)
            target._require_absent(new_name)
            target._enter_in(new_name, found)
            found.links += 1

    def rename(self, name: str, target: Directory, new_name: str) -> None:
        target = self._of_same_tree(target)
        with self._tree.lock:
            if name == "." or new_name == ".":
                refuse(Errno.EBUSY)
            moved, replaced = self._get(name), target._find(new_name)
            if moved is replaced:
                return
            if replaced is not None and self._inode.is_within(replaced):
                refuse(Errno.ENOTEMPTY)
            target._check_replaceable(moved, replaced)
            if replaced is not None:
                target._remove(new_name)
            target._enter_in(new_name, moved)
            del self._inode.entries[name]
            self._touch()
            if isinstance(moved, DirectoryInode):
                moved.parent = target._inode

    def _of_same_tree(self, target: Directory) -> MemoryDirectory:
        same = isinstance(target, MemoryDirectory) and target._tree is self._tree
        return target if same else refuse(Errno.EXDEV)  # type: ignore[return-value]

    def _check_replaceable(self, moved: Inode, replaced: Optional[Inode]) -> None:
        """Whether something may be renamed to an entry of this directory, which may be there already."""
        if isinstance(moved, DirectoryInode) and self._inode.is_within(moved):
            refuse(Errno.EINVAL)
        if isinstance(replaced, DirectoryInode):
            if not isinstance(moved, DirectoryInode):
                refuse(Errno.EISDIR)
            if replaced.entries:
                refuse(Errno.ENOTEMPTY)
        elif replaced is not None and isinstance(moved, DirectoryInode):
            refuse(Errno.ENOTDIR)
