"""Generated Python text to code objects, and code objects to bytes for the cache.

``compile()`` takes about 180 times the size of its source in memory, so text is compiled in chunks of whole
top-level statements. A chunk begins at line 1 for ``compile()``; its code objects are then moved to the line where
the chunk stands in the file. (Line tables are relative to ``co_firstlineno``, so moving is cheap.)
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from types import CodeType

#: Characters of source after which a new chunk may begin: about 12 MB for ``compile()``.
CHUNK = 1 << 16

_STARTS = ("\ndef ", "\nclass ")


def compile_source(text: str, filename: str, chunk: int = CHUNK) -> tuple[CodeType, ...]:
    """The code objects of ``text``; running them in order in one namespace runs the text.

    Raises SyntaxError where ``text`` is no Python.
    """
    if len(text) <= chunk:
        return (_compile(text, filename),)
    try:
        return tuple(moved(_compile(part, filename), filename, line) for line, part in _chunks(text, chunk))
    except SyntaxError:
        # A chunk that begins inside a string or bracket leaves the one before it incomplete, which is always a
        # syntax error: never other code. (Or the text is wrong as a whole; then this says so with the right line.)
        return (_compile(text, filename),)


def moved(code: CodeType, filename: str, lines: int = 0) -> CodeType:
    """``code`` and all code inside it, as if compiled from ``filename``, ``lines`` further down."""
    constants = tuple(moved(item, filename, lines) if isinstance(item, CodeType) else item for item in code.co_consts)
    return code.replace(co_filename=filename, co_firstlineno=code.co_firstlineno + lines, co_consts=constants)


def dump_code(codes: tuple[CodeType, ...]) -> bytes:
    """Code objects as bytes that only the same version of the same Python implementation reads."""
    return marshal.dumps(codes)


def parse_code(data: bytes, filename: str) -> tuple[CodeType, ...]:
    """The code objects of ``dump_code``, moved to ``filename`` if they were compiled under another name.

    Raises ValueError, EOFError or TypeError where ``data`` is none. ``data`` must come from a place that is trusted.
    """
    codes = marshal.loads(data)
    if not isinstance(codes, tuple) or not all(isinstance(code, CodeType) for code in codes):
        raise ValueError("no code objects")
    return tuple(code if code.co_filename == filename else moved(code, filename) for code in codes)


def _compile(text: str, filename: str) -> CodeType:
    code: CodeType = compile(text, filename, "exec", dont_inherit=True, optimize=0)
    return code


def _chunks(text: str, size: int) -> Iterator[tuple[int, str]]:
    """Pieces of at least ``size`` characters that begin at a function or class, each with its line (from 0)."""
    start = line = 0
    while start < len(text):
        end = min((at + 1 for at in (text.find(mark, start + size) for mark in _STARTS) if at >= 0), default=len(text))
        yield line, text[start:end]
        line += text.count("\n", start, end)
        start = end
