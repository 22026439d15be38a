"""Modules made for a benchmark: of any size by repeating parts of one, or by hand for one purpose (spec §5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

TYPE, IMPORT, FUNCTION, MEMORY, EXPORT, CODE, DATA = 1, 2, 3, 5, 7, 10, 11
I32 = b"\x7f"


def leb(value: int) -> bytes:
    """An unsigned integer as LEB128 (spec §5.2.2)."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def read_leb(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 integer and the position after it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def sections(wasm: bytes) -> Iterator[tuple[int, bytes]]:
    """The number and content of each section."""
    at = 8
    while at < len(wasm):
        kind = wasm[at]
        size, at = read_leb(wasm, at + 1)
        yield kind, wasm[at : at + size]
        at += size


def assembled(parts: Iterable[tuple[int, bytes]]) -> bytes:
    """A module of these sections."""
    return b"\0asm\1\0\0\0" + b"".join(bytes([kind]) + sized(content) for kind, content in parts)


def sized(content: bytes) -> bytes:
    return leb(len(content)) + content


def vector(*items: bytes) -> bytes:
    return leb(len(items)) + b"".join(items)


def function_type(parameters: int, results: int) -> bytes:
    """A type of i32 only."""
    return b"\x60" + vector(*[I32] * parameters) + vector(*[I32] * results)


def body(code: bytes) -> bytes:
    """A function without locals."""
    return sized(b"\0" + code + b"\x0b")


def exported(name: bytes, function: int) -> bytes:
    return sized(name) + b"\0" + leb(function)


def repeated_functions(wasm: bytes, times: int) -> bytes:
    """The module with all its functions ``times`` times; the copies call the first ones."""

    def repeated(content: bytes) -> bytes:
        count, at = read_leb(content, 0)
        return leb(count * times) + content[at:] * times

    return assembled(
        (kind, repeated(content) if kind in (FUNCTION, CODE) else content) for kind, content in sections(wasm)
    )


def one_function(instructions: int) -> bytes:
    """A module of one function: the same few blocks, loads and stores over and over."""
    # (if (i32.load (p)) (then p = p + 5 * l1)); i32.store(p, l1); l1 = i32.load(p) ^ p: 18 instructions
    piece = bytes.fromhex("2000280200 0440 2000 2001 4105 6c 6a 2100 0b 2000 2001 360200 2000 280200 2000 73 2101")
    code = sized(b"\x01\x01\x7f" + piece * (instructions // 18) + b"\x20\x00\x0b")
    return assembled(
        [
            (TYPE, vector(function_type(1, 1))),
            (FUNCTION, vector(leb(0))),
            (MEMORY, vector(b"\x00\x01")),
            (EXPORT, vector(exported(b"run", 0))),
            (CODE, vector(code)),
        ]
    )


def many_functions(count: int) -> bytes:
    """A module of ``count`` small functions, each calling the one before it and working on memory."""
    # local.get 0; i32.const i; i32.add; i32.load; local.get 0; call i-1; i32.xor
    first = body(b"\x20\x00")
    others = (body(b"\x20\x00\x41\x07\x6a\x28\x02\x00\x20\x00\x10" + leb(at) + b"\x73") for at in range(count - 1))
    return assembled(
        [
            (TYPE, vector(function_type(1, 1))),
            (FUNCTION, vector(*[leb(0)] * count)),
            (MEMORY, vector(b"\x00\x01")),
            (EXPORT, vector(exported(b"run", count - 1))),
            (CODE, vector(first, *others)),
        ]
    )


def calls_module() -> bytes:
    """Imports host.decrement (i32) -> i32; exports add, there (calls it once) and loop (calls it until it gives 0)."""
    add = body(b"\x20\x00\x20\x01\x6a")
    there = body(b"\x20\x00\x10\x00")
    loop = body(b"\x03\x40\x20\x00\x10\x00\x22\x00\x0d\x00\x0b\x20\x00")
    return assembled(
        [
            (TYPE, vector(function_type(1, 1), function_type(2, 1))),
            (IMPORT, vector(sized(b"host") + sized(b"decrement") + b"\0" + leb(0))),
            (FUNCTION, vector(leb(1), leb(0), leb(0))),
            (EXPORT, vector(exported(b"add", 1), exported(b"there", 2), exported(b"loop", 3))),
            (CODE, vector(add, there, loop)),
        ]
    )


def memory_module(pages: int, data: int) -> bytes:
    """A module with a memory of so many pages, so many bytes of which are initialised, and a function."""
    content = bytes(at * 7 % 251 for at in range(data))
    return assembled(
        [
            (TYPE, vector(function_type(2, 1))),
            (FUNCTION, vector(leb(0))),
            (MEMORY, vector(b"\x00" + leb(pages))),
            (EXPORT, vector(exported(b"add", 0))),
            (CODE, vector(body(b"\x20\x00\x20\x01\x6a"))),
            (DATA, vector(b"\0\x41\0\x0b" + sized(content))),
        ]
    )
