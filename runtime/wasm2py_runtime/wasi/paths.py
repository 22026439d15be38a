"""From the path that a guest gives to a directory and a name in it, without ever leaving where it started.

The path is walked here, component by component, and never given to the host whole. Each step opens one name in one open
directory without following links; symbolic links are read and walked in the same way. ``..`` goes back to the directory
that the walk came through, which is still open, so it leads nowhere new even if somebody moves directories meanwhile;
from where the walk started it leads nowhere (EPERM), and so do absolute paths and absolute links. The host decides
nothing, and what others change during the walk can only make it fail.
"""

from __future__ import annotations

from types import TracebackType
from typing import Optional

from .errno import Errno, WasiError
from .nodes import Directory, Stat, refuse

#: More symbolic links than this in one path are a loop.
MOST_LINKS = 40
LONGEST_NAME = 255
#: A path leads down at most so far: each directory on its way is open until its end.
DEEPEST = 200


class Place:
    """Where a path leads: ``name`` in ``directory``. The name is ``.`` where the path ends in a directory by itself.

    A context manager: it keeps directories open that are closed in the end.
    """

    def __init__(self, start: Directory) -> None:
        self._stack = [start]
        self._links = 0
        self.name = "."
        #: Whether the path ends in a slash, so that only a directory will do.
        self.slash = False

    @property
    def directory(self) -> Directory:
        return self._stack[-1]

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        for directory in self._stack[:0:-1]:
            directory.close()

    # The walk -------------------------------------------------------------------------------------------------------

    def walk(self, path: str, follow: bool, follow_slash: bool) -> None:
        """Go along a path. What is last may be a symbolic link that is to be followed, or only if a slash follows."""
        rest = self._components(path)
        self.slash = path.endswith("/")
        follow = follow or (self.slash and follow_slash)
        while rest:
            name = rest.pop()
            if rest or name in (".", ".."):
                target = self._step(name)
            else:
                target = self.directory.link_target(name) if follow else None
                self.name = "." if target is not None else name
            if target is not None:
                self._links += 1
                if self._links > MOST_LINKS:
                    refuse(Errno.ELOOP)
                self.slash = self.slash or (not rest and target.endswith("/"))
                rest.extend(self._components(target))

    def _components(self, path: str) -> list[str]:
        """The components of a path, last one first."""
        if not path:
            refuse(Errno.ENOENT)
        if path.startswith("/"):
            refuse(Errno.EPERM)
        parts = [part for part in path.split("/") if part]
        if any(len(part.encode("utf-8", "surrogateescape")) > LONGEST_NAME for part in parts):
            refuse(Errno.ENAMETOOLONG)
        return parts[::-1]

    def _step(self, name: str) -> Optional[str]:
        """Go through one component that is not the last. The target of a symbolic link that is there instead."""
        if name == ".":
            return None
        if name == "..":
            if len(self._stack) == 1:
                refuse(Errno.EPERM)
            self._stack.pop().close()
            return None
        found = self.directory.enter(name)
        if isinstance(found, str):
            return found
        self._stack.append(found)
        if len(self._stack) > DEEPEST:
            refuse(Errno.ENAMETOOLONG)
        return None

    # What can be asked of a place -----------------------------------------------------------------------------------

    def stat(self) -> Stat:
        """ENOTDIR if the path ends in a slash and there is no directory."""
        stat = self.directory.stat_entry(self.name)
        if self.slash and stat.type != Directory.type:
            refuse(Errno.ENOTDIR)
        return stat

    def require_writable(self) -> None:
        if self.directory.read_only:
            refuse(Errno.EROFS)

    def require_directory_if_slash(self) -> None:
        """ENOTDIR if the path ends in a slash and leads to something else than a directory."""
        if self.slash:
            self.stat()

    def found(self) -> Optional[int]:
        """The FileType of what is there; None if nothing is."""
        try:
            return self.directory.stat_entry(self.name).type
        except FileNotFoundError:
            return None
        except WasiError as error:
            if error.errno != Errno.ENOENT:
                raise
            return None


def resolve(start: Directory, path: str, follow: bool) -> Place:
    """What a path leads to from a directory, to look at or to open. EPERM if it leads out of it.

    A symbolic link at its end is followed if that is asked for or a slash follows it.
    """
    return _walked(start, path, follow, True)


def resolve_entry(start: Directory, path: str) -> Place:
    """The entry of a directory that a path names, to make or to remove: even a symbolic link with a slash after it."""
    return _walked(start, path, False, False)


def _walked(start: Directory, path: str, follow: bool, follow_slash: bool) -> Place:
    place = Place(start)
    try:
        place.walk(path, follow, follow_slash)
    except BaseException:
        place.__exit__(None, None, None)
        raise
    return place
