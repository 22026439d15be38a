"""Standard input and output: made from whatever the host has, as files without a position."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, Optional, Union

from .buffers import filled
from .errno import Errno
from .flags import FdFlags, FileType, Rights
from .nodes import File, refuse
from .waiting import READABLE, wait_for

#: No more than this is asked of a source at once.
_PORTION = 1 << 20


class _Inherited:
    def __repr__(self) -> str:
        return "INHERIT"


#: Stands for the standard stream of this process: ``sys.stdin``, ``sys.stdout``, ``sys.stderr`` as they are then.
INHERIT = _Inherited()

#: INHERIT, None (nothing), a file object, bytes, a callable that gives up to n bytes, or a path.
Source = Any
#: INHERIT, None (nowhere), a file object, a bytearray to add to, a callable that takes bytes, or a path.
Sink = Any


class Stream(File):
    """A standard stream of ``file``, the file object that it is made from. ``owned``: it is closed with it."""

    def __init__(self, file: Any, owned: bool) -> None:
        self._file, self._owned, self._blocks = file, owned, True
        self.type = FileType.CHARACTER_DEVICE if _is_terminal(file) else FileType.UNKNOWN

    def set_flags(self, flags: int) -> None:
        """The host's own streams are not switched to another mode, since others use them too. It is seen to here."""
        self._blocks = not flags & FdFlags.NONBLOCK

    def fileno(self) -> Optional[int]:
        """None for what has a buffer: the system does not know what is in there."""
        return _fileno(self._file) if isinstance(self._file, (io.RawIOBase, io.BufferedWriter)) else None

    def available(self) -> int:
        return 1

    def close(self) -> None:
        if self._owned:
            self._file.close()


class Input(Stream):
    """A stream to read from. ``read_into`` fills a buffer as far as it can, and gives 0 at the end."""

    rights = Rights.STREAM | Rights.FD_READ

    def __init__(self, read_into: Callable[[memoryview], int], file: Any = None, owned: bool = False) -> None:
        super().__init__(file, owned)
        self._read_into = read_into

    def read(self, buffers: Sequence[memoryview]) -> int:
        """One call of the source: to wait for more would keep from the guest what is there."""
        handle = None if self._blocks else self.fileno()
        if handle is not None and not wait_for({handle: READABLE}, 0):
            refuse(Errno.EAGAIN)
        return self._read_into(buffers[0]) if buffers else 0


class Output(Stream):
    """A stream to write to. ``put`` takes a buffer and gives how much of it was written, or None for all."""

    rights = Rights.STREAM | Rights.FD_WRITE

    def __init__(self, put: Callable[[memoryview], Optional[int]], file: Any = None, owned: bool = False) -> None:
        super().__init__(file, owned)
        self._put = put

    def write(self, buffers: Sequence[memoryview]) -> int:
        total = 0
        for buffer in buffers:
            written = self._put(buffer)
            total += len(buffer) if written is None else written
            if written is not None and written < len(buffer):
                break
        return total


# Sources --------------------------------------------------------------------------------------------------------------


def open_input(source: Source) -> Input:
    """A stream from what the configuration says. TypeError for what is no source."""
    if source is INHERIT:
        buffered = getattr(sys.stdin, "buffer", sys.stdin)
        source = getattr(buffered, "raw", buffered)  # nobody else reads, and what is raw can be waited for
    if source is None:
        source = b""
    if isinstance(source, (bytes, bytearray, memoryview)):
        return Input(io.BytesIO(source).readinto)
    if isinstance(source, (str, os.PathLike)):
        opened = io.FileIO(source, "rb")
        return Input(_reader(opened), opened, True)
    source = getattr(source, "buffer", source)  # of a text file
    return Input(_reader(source), source)


def _reader(source: Any) -> Callable[[memoryview], int]:
    """How to read from a file object or a callable."""
    for name in ("readinto1", "readinto"):
        method = getattr(source, name, None)
        if method is not None:
            return lambda buffer: _not_blocked(method(buffer))
    read = getattr(source, "read", source)
    if not callable(read):
        raise TypeError(f"stdin: cannot read from a {type(source).__name__}")
    return _reader_of_pieces(read)


def _not_blocked(count: Optional[int]) -> int:
    return refuse(Errno.EAGAIN) if count is None else count


def _reader_of_pieces(read: Callable[[int], Union[bytes, str]]) -> Callable[[memoryview], int]:
    """Reads by a function that may give text, whose encoding is longer than what was asked for."""
    rest = b""

    def read_into(buffer: memoryview) -> int:
        nonlocal rest
        if not rest:
            piece = read(min(len(buffer), _PORTION))
            rest = piece.encode("utf-8") if isinstance(piece, str) else bytes(piece or b"")
        count = filled([buffer], rest[: len(buffer)])
        rest = rest[count:]
        return count

    return read_into


# Sinks ----------------------------------------------------------------------------------------------------------------


def open_output(sink: Sink, inherited: str) -> Output:
    """A stream to what the configuration says; ``inherited`` is the name in ``sys``. TypeError for what is no sink."""
    if sink is INHERIT:
        sink = getattr(sys, inherited)
    if sink is None:
        return Output(lambda buffer: None)
    if isinstance(sink, bytearray):
        return Output(sink.extend)
    if isinstance(sink, (str, os.PathLike)):
        opened = io.FileIO(sink, "wb")
        return Output(opened.write, opened, True)
    if hasattr(sink, "buffer"):
        sink.flush()  # what Python wrote before comes first
        sink = sink.buffer
    return Output(_writer(sink), sink)


def _writer(sink: Any) -> Callable[[memoryview], Optional[int]]:
    """How to write to a file object or a callable. Everything is passed on at once."""
    write = getattr(sink, "write", None)
    if write is None:
        if not callable(sink):
            raise TypeError(f"cannot write to a {type(sink).__name__}")
        return lambda buffer: _done(sink(bytes(buffer)))
    if isinstance(sink, io.TextIOBase):
        return _writer_of_text(write, sink.flush)
    flush = getattr(sink, "flush", None)

    def put(buffer: memoryview) -> Optional[int]:
        written = write(buffer)
        if flush is not None:
            flush()
        return written if isinstance(written, int) else None

    return put


def _done(result: Any) -> None:
    """A callable's result means nothing."""


def _writer_of_text(write: Callable[[str], Any], flush: Callable[[], Any]) -> Callable[[memoryview], None]:
    """Writes bytes as text; a character may come in pieces."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def put(buffer: memoryview) -> None:
        write(decoder.decode(bytes(buffer)))
        flush()

    return put


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, OSError, ValueError):
        return False


def _fileno(stream: Any) -> Optional[int]:
    """The descriptor behind a file object, if there is one."""
    try:
        handle = stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return handle if isinstance(handle, int) and handle >= 0 else None
