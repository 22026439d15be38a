"""Text that comes from modules and goes to a person: names are data of strangers and may hold anything."""

from __future__ import annotations

import keyword


def printable(text: str, limit: int = 1000) -> str:
    r"""``text`` on one line without control characters, cut to about ``limit`` characters.

    >>> printable('a\nb\x1b[31m')
    'a\\nb\\x1b[31m'
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def quoted(name: str, limit: int = 100) -> str:
    r"""A name in double quotes, as the text format of WebAssembly writes it: ``"a\"b"``."""
    return '"' + printable(name.replace("\\", "\\\\").replace('"', '\\"'), limit) + '"'


def identifier(text: str) -> str:
    """A Python identifier that looks like ``text``; used for names of files and modules that are imported.

    >>> identifier("my-app.min"), identifier("7zip"), identifier("class")
    ('my_app_min', '_7zip', 'class_')
    """
    name = "".join(char if char.isascii() and char.isalnum() else "_" for char in text) or "module"
    if name[0].isdigit():
        name = "_" + name
    return name + "_" if keyword.iskeyword(name) else name


def size_text(size: int) -> str:
    """A number of bytes as people write it.

    >>> size_text(999), size_text(2048), size_text(3 << 20)
    ('999 B', '2.0 KiB', '3.0 MiB')
    """
    if size < 1024:
        return f"{size} B"
    value, units = size / 1024, ["KiB", "MiB", "GiB"]
    while value >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{value:.1f} {units[0]}"
