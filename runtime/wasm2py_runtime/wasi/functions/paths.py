"""What is done by path: ``path_*``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..descriptors import Descriptor
from ..errno import Errno
from ..flags import FdFlags, FileType, LookupFlags, OFlags, Rights
from ..nodes import Directory, Node, OpenMode, refuse
from ..paths import Place, resolve, resolve_entry
from ..registry import U16, U32, U64, Pointer, wasi_function
from .status import chosen_times, write_stat

if TYPE_CHECKING:
    from ..host import Caller


def _follows(flags: int) -> bool:
    if flags & ~LookupFlags.ALL:
        refuse(Errno.EINVAL)
    return bool(flags & LookupFlags.SYMLINK_FOLLOW)


# Opening --------------------------------------------------------------------------------------------------------------


@wasi_function
def path_open(
    caller: Caller,
    fd: U32,
    lookup: U32,
    path: Pointer,
    length: U32,
    oflags: U16,
    base: U64,
    inheriting: U64,
    fdflags: U16,
    result: Pointer,
) -> None:
    mode = _open_mode(oflags, base, fdflags)
    with caller.descriptors.directory(fd, _rights_to_open(oflags)) as use:
        within = use.descriptor.inheriting
        if base & (Rights.FILE | Rights.DIRECTORY) & ~within:
            refuse(Errno.ENOTCAPABLE)
        caller.guest.view(result, 4)
        caller.descriptors.require_room()
        follow = _follows(lookup) and not (mode.create and mode.exclusive)
        with resolve(use.node, caller.guest.path(path, length), follow) as place:
            node = _open(place, mode)
    base &= node.rights
    inheriting = inheriting & within if isinstance(node, Directory) else 0
    caller.guest.pack_u32(result, caller.descriptors.add(Descriptor(node, base, inheriting, fdflags)))


def _rights_to_open(oflags: int) -> int:
    rights = Rights.PATH_OPEN
    rights |= Rights.PATH_CREATE_FILE if oflags & OFlags.CREAT else 0
    rights |= Rights.PATH_FILESTAT_SET_SIZE if oflags & OFlags.TRUNC else 0
    return rights


def _open_mode(oflags: int, rights: int, fdflags: int) -> OpenMode:
    create, directory = bool(oflags & OFlags.CREAT), bool(oflags & OFlags.DIRECTORY)
    if oflags & ~OFlags.ALL or fdflags & ~FdFlags.ALL or (create and directory):
        refuse(Errno.EINVAL)
    return OpenMode(
        read=bool(rights & (Rights.FD_READ | Rights.FD_READDIR)),
        write=bool(rights & Rights.FD_WRITE),
        create=create,
        exclusive=bool(oflags & OFlags.EXCL),
        truncate=bool(oflags & OFlags.TRUNC),
        directory=directory,
        flags=fdflags,
    )


def _open(place: Place, mode: OpenMode) -> Node:
    if place.slash:
        mode = _must_be_directory(place, mode)
    if place.directory.read_only:
        mode = _must_be_there(place, mode)
    return place.directory.open(place.name, mode)


def _must_be_directory(place: Place, mode: OpenMode) -> OpenMode:
    """A slash at the end of the path asks for a directory, and does not make a file."""
    found = place.found()
    if mode.create and found != FileType.DIRECTORY:
        refuse(Errno.EISDIR if found is None else Errno.ENOTDIR)
    return mode._replace(directory=True, create=False)


def _must_be_there(place: Place, mode: OpenMode) -> OpenMode:
    """In a read-only tree only what is there can be opened, and only to be read."""
    found = place.found()
    if mode.write or mode.truncate or (mode.create and found is None):
        refuse(Errno.ENOENT if found is None and not mode.create else Errno.EROFS)
    if mode.create and mode.exclusive:
        refuse(Errno.EEXIST)
    return mode._replace(create=False)


# Looking --------------------------------------------------------------------------------------------------------------


@wasi_function
def path_filestat_get(caller: Caller, fd: U32, lookup: U32, path: Pointer, length: U32, result: Pointer) -> None:
    opened = caller.descriptors.directory(fd, Rights.PATH_FILESTAT_GET)
    with opened as use, resolve(use.node, caller.guest.path(path, length), _follows(lookup)) as place:
        write_stat(caller, result, place.stat())


@wasi_function
def path_filestat_set_times(
    caller: Caller, fd: U32, lookup: U32, path: Pointer, length: U32, accessed: U64, modified: U64, flags: U16
) -> None:
    with caller.descriptors.directory(fd, Rights.PATH_FILESTAT_SET_TIMES) as use:
        times = chosen_times(caller, accessed, modified, flags)
        with resolve(use.node, caller.guest.path(path, length), _follows(lookup)) as place:
            place.require_writable()
            place.require_directory_if_slash()
            place.directory.set_entry_times(place.name, *times)


@wasi_function
def path_readlink(
    caller: Caller, fd: U32, path: Pointer, length: U32, buffer: Pointer, size: U32, result: Pointer
) -> None:
    with caller.descriptors.directory(fd, Rights.PATH_READLINK) as use:
        target = caller.guest.view(buffer, size)
        with resolve(use.node, caller.guest.path(path, length), False) as place:
            found = place.directory.link_target(place.name)
            if found is None:
                place.stat()  # ENOENT, ENOTDIR
                refuse(Errno.EINVAL)
        encoded = found.encode("utf-8", "surrogateescape")[:size]
        target[: len(encoded)] = encoded
        caller.guest.pack_u32(result, len(encoded))


# Changing -------------------------------------------------------------------------------------------------------------


@wasi_function
def path_create_directory(caller: Caller, fd: U32, path: Pointer, length: U32) -> None:
    opened = caller.descriptors.directory(fd, Rights.PATH_CREATE_DIRECTORY)
    with opened as use, resolve_entry(use.node, caller.guest.path(path, length)) as place:
        place.require_writable()
        place.directory.make_directory(place.name)


@wasi_function
def path_remove_directory(caller: Caller, fd: U32, path: Pointer, length: U32) -> None:
    opened = caller.descriptors.directory(fd, Rights.PATH_REMOVE_DIRECTORY)
    with opened as use, resolve_entry(use.node, caller.guest.path(path, length)) as place:
        place.require_writable()
        place.directory.remove_directory(place.name)


@wasi_function
def path_unlink_file(caller: Caller, fd: U32, path: Pointer, length: U32) -> None:
    opened = caller.descriptors.directory(fd, Rights.PATH_UNLINK_FILE)
    with opened as use, resolve_entry(use.node, caller.guest.path(path, length)) as place:
        place.require_writable()
        place.require_directory_if_slash()
        if place.found() == FileType.DIRECTORY:
            refuse(Errno.EISDIR)  # some hosts say EPERM
        place.directory.unlink(place.name)


@wasi_function
def path_symlink(caller: Caller, target: Pointer, target_length: U32, fd: U32, path: Pointer, length: U32) -> None:
    with caller.descriptors.directory(fd, Rights.PATH_SYMLINK) as use:
        destination = caller.guest.path(target, target_length)
        if not destination:
            refuse(Errno.ENOENT)
        if destination.startswith("/"):
            refuse(Errno.EPERM)  # it could never be followed
        with resolve_entry(use.node, caller.guest.path(path, length)) as place:
            place.require_writable()
            _require_absent(place)
            place.directory.symlink(destination, place.name)


@wasi_function
def path_link(
    caller: Caller,
    old_fd: U32,
    lookup: U32,
    old_path: Pointer,
    old_length: U32,
    new_fd: U32,
    new_path: Pointer,
    new_length: U32,
) -> None:
    """Links are made to symbolic links themselves: to follow one is refused, as by other hosts."""
    descriptors, guest = caller.descriptors, caller.guest
    source = descriptors.directory(old_fd, Rights.PATH_LINK_SOURCE)
    with source, descriptors.directory(new_fd, Rights.PATH_LINK_TARGET) as target:
        if _follows(lookup):
            refuse(Errno.EINVAL)
        old = resolve_entry(source.node, guest.path(old_path, old_length))
        with old, resolve_entry(target.node, guest.path(new_path, new_length)) as new:
            _require_both_writable(old, new)
            old.require_directory_if_slash()
            _require_absent(new)
            if old.found() == FileType.DIRECTORY:
                refuse(Errno.EPERM)
            old.directory.link(old.name, new.directory, new.name)


@wasi_function
def path_rename(
    caller: Caller,
    old_fd: U32,
    old_path: Pointer,
    old_length: U32,
    new_fd: U32,
    new_path: Pointer,
    new_length: U32,
) -> None:
    descriptors, guest = caller.descriptors, caller.guest
    source = descriptors.directory(old_fd, Rights.PATH_RENAME_SOURCE)
    with source, descriptors.directory(new_fd, Rights.PATH_RENAME_TARGET) as target:
        old = resolve_entry(source.node, guest.path(old_path, old_length))
        with old, resolve_entry(target.node, guest.path(new_path, new_length)) as new:
            _require_both_writable(old, new)
            old.require_directory_if_slash()
            if new.slash and old.stat().type != FileType.DIRECTORY:
                refuse(Errno.ENOTDIR)
            old.directory.rename(old.name, new.directory, new.name)


def _require_both_writable(old: Place, new: Place) -> None:
    """A file that can only be read must not get a name under which it can be written."""
    old.require_writable()
    new.require_writable()


def _require_absent(place: Place) -> None:
    """EEXIST if there is something already; ENOENT for a path with a slash at its end, which only directories have."""
    found = place.found()
    if found is not None:
        refuse(Errno.ENOTDIR if place.slash and found != FileType.DIRECTORY else Errno.EEXIST)
    if place.slash:
        refuse(Errno.ENOENT)
