"""Small modules for the tests of validation, and what validation says to them."""

from __future__ import annotations

from collections.abc import Sequence

from tests.unit.binary import build
from tests.unit.binary.build import entry, module, name, raw_section, section, vec
from wasm2py.binary import decode
from wasm2py.errors import ValidationError
from wasm2py.features import DEFAULT_FEATURES
from wasm2py.validate import validate

I32, I64, F32, F64, V128 = b"\x7f", b"\x7e", b"\x7d", b"\x7c", b"\x7b"
FUNCREF, EXTERNREF, ANYREF, EQREF, I31REF = b"\x70", b"\x6f", b"\x6e", b"\x6d", b"\x6c"
STRUCTREF, ARRAYREF, EXNREF = b"\x6b", b"\x6a", b"\x69"
NULLREF, NULLEXTERNREF, NULLFUNCREF = b"\x71", b"\x72", b"\x73"
END, DROP, UNREACHABLE = b"\x0b", b"\x1a", b"\x00"
EMPTY = b"\x40"

#: Constants of each number type.
I32_0, I64_0, F32_0, F64_0 = b"\x41\0", b"\x42\0", b"\x43\0\0\0\0", b"\x44\0\0\0\0\0\0\0\0"


def func(params: Sequence[bytes] = (), results: Sequence[bytes] = ()) -> bytes:
    """A function type."""
    return b"\x60" + vec(*params) + vec(*results)


def struct(*fields: bytes) -> bytes:
    """A structure type; a field is a storage type and 0 or 1 for mutable."""
    return b"\x5f" + vec(*fields)


def array(field: bytes) -> bytes:
    return b"\x5e" + field


def sub(composite: bytes, *supertypes: int, final: bool = False) -> bytes:
    return (b"\x4f" if final else b"\x50") + vec(*map(build.u32, supertypes)) + composite


def rec(*types: bytes) -> bytes:
    return b"\x4e" + vec(*types)


def ref(heap: bytes, null: bool = False) -> bytes:
    return (b"\x63" if null else b"\x64") + heap


def function(
    body: bytes,
    type: bytes = b"\x60\0\0",
    *sections: bytes,
    locals: Sequence[bytes] = (),
    types: Sequence[bytes] = (),
    after: Sequence[bytes] = (),
) -> bytes:
    """A module with one function of type 0, more types from 1 on, and sections before and after the code section."""
    before = sorted((section(build.FUNCTION, b"\0"), *sections), key=lambda part: ORDER.index(part[0]))
    code = section(build.CODE, entry(body, locals))
    return module(section(build.TYPE, type, *types), *before, code, *after)


#: The order of sections, by id.
ORDER = (1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11)

#: Sections that make the index spaces hold something.
MEMORY = section(build.MEMORY, b"\0\1")
MEMORY_64 = section(build.MEMORY, b"\4\1")
TABLE = section(build.TABLE, FUNCREF + b"\0\1")
DATA_COUNT = raw_section(build.DATA_COUNT, b"\1")
DATA = section(build.DATA, b"\1\0")
EXPORT = section(build.EXPORT, name("f") + b"\0\0")


def accept(wasm: bytes, features: frozenset[str] = DEFAULT_FEATURES) -> None:
    validate(decode(wasm), features)


def refusal(wasm: bytes, features: frozenset[str] = DEFAULT_FEATURES) -> ValidationError:
    """The error; it is one if there is none."""
    try:
        validate(decode(wasm), features)
    except ValidationError as error:
        return error
    raise AssertionError("the module was accepted")


def refuse(wasm: bytes, message: str, features: frozenset[str] = DEFAULT_FEATURES) -> None:
    """Check that the module is refused with a message that begins like this."""
    error = refusal(wasm, features)
    assert error.message.startswith(message), error.message
