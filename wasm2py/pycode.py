"""Generated Python text to code objects, and code objects to bytes for the cache.

``compile()`` takes about 180 times the size of its source in memory, so text is compiled in chunks of whole
top-level statements. A chunk begins at line 1 for ``compile()``; its code objects are then moved to the line where
the chunk stands in the file. (Line tables are relative to ``co_firstlineno``, so moving is cheap.)

The code of a wasm function is kept as bytes of its own, so that loading a module does not make what it never calls.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import TYPE_CHECKING

from wasm2py.collector import held_off
from wasm2py_runtime.deferred import Deferred
from wasm2py_runtime.functions import inner_code
from wasm2py_runtime.types import Record

if TYPE_CHECKING:
    from wasm2py.codegen.output import Pieces

#: Characters of source after which a new chunk may begin: about 12 MB for ``compile()``.
CHUNK = 1 << 16

_STARTS = ("\ndef ", "\nclass ")


class Program(Record):
    """The code of a generated module: what importing it runs, in order, and what functions run when they are called."""

    __slots__ = __match_args__ = ("codes", "functions")
    codes: tuple[CodeType, ...]
    #: of each function: the name of its holder, the cells that it captures, its code as ``marshal`` has it
    functions: tuple[tuple[str, tuple[str, ...], bytes], ...]

    def __init__(self, codes: tuple[CodeType, ...], functions: tuple[tuple[str, tuple[str, ...], bytes], ...]) -> None:
        self._set(codes=codes, functions=functions)

    def holders(self, filename: str) -> dict[str, Deferred]:
        """What the holders of the functions are in the namespace of the module."""

        def code(position: int) -> CodeType:
            found: CodeType = marshal.loads(self.functions[position][2])
            return found if found.co_filename == filename else moved(found, filename)

        return {name: Deferred(cells, code, position) for position, (name, cells, _) in enumerate(self.functions)}


def compile_pieces(pieces: Pieces, filename: str) -> Program:
    """The code of a file in pieces."""
    first = pieces.head.count("\n")
    functions = tuple(_functions(pieces.functions, filename, first))
    last = first + sum(text.count("\n") for text in pieces.functions)
    tail = (moved(code, filename, last) for code in compile_source(pieces.tail, filename))
    return Program((*compile_source(pieces.head, filename), *tail), functions)


def _functions(texts: Iterable[str], filename: str, line: int) -> Iterator[tuple[str, tuple[str, ...], bytes]]:
    """The entries of ``Program.functions`` for the text of holders, the first of which stands in this line (from 0)."""
    from wasm2py.wiring import wire

    for chunk in _joined(texts):
        holders = [item for item in _compile(chunk, filename).co_consts if isinstance(item, CodeType)]
        for holder in holders:
            code = wire(moved(inner_code(holder), filename, line))
            yield holder.co_name, code.co_freevars, marshal.dumps(code)
        line += chunk.count("\n")


def _joined(texts: Iterable[str]) -> Iterator[str]:
    """The same text in pieces of at least CHUNK characters."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += len(text)
        if size >= CHUNK:
            yield "".join(chunk)
            chunk, size = [], 0
    if chunk:
        yield "".join(chunk)


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


def dump_program(program: Program) -> bytes:
    """A program as bytes that only the same version of the same Python implementation reads."""
    return marshal.dumps((program.codes, program.functions))


def parse_program(data: bytes, filename: str) -> Program:
    """The program of ``dump_program``, moved to ``filename`` if it was compiled under another name.

    Raises ValueError, EOFError or TypeError where ``data`` is none. ``data`` must come from a place that is trusted.
    """
    with held_off():
        codes, functions = marshal.loads(data)
    if not all(isinstance(code, CodeType) for code in codes) or not isinstance(functions, tuple):
        raise ValueError("no program")
    return Program(tuple(code if code.co_filename == filename else moved(code, filename) for code in codes), functions)


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
