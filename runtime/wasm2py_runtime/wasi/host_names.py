"""Names of files as guests and hosts know them."""

from __future__ import annotations

import os

#: What Windows takes for something else than a name in a directory: paths, drives, streams, patterns, devices, and
#: names that are shortened to others, such as ``"..  "`` to ``".."``.
_NOT_ON_WINDOWS = (
    r"""(?xi) [\x00-\x1f\\/:*?"<>|] | [. ]\Z """
    r"""| \A (con | prn | aux | nul | conin\$ | conout\$ | (com|lpt) [0-9¹²³]) (\.|\ |\Z)"""
)


def encoded(name: str) -> bytes:
    """A name in the encoding of WASI, whatever the locale of the host process is."""
    return name.encode("utf-8", "surrogateescape")


def decoded(name: str) -> str:
    """What the host says a name is."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def is_plain_on_windows(name: str) -> bool:
    """Whether Windows takes a component of a path for the name of an entry, and for that only."""
    import re  # hosts other than Windows need not

    return name == "." or not re.search(_NOT_ON_WINDOWS, name)
