"""JS string builtins (``wasm:js-string``) on Python strings, for modules from Dart, Kotlin and others.

    linker = Linker()
    js_string.define(linker, constants="'")
    app = linker.instantiate(app_mod)

or, without a linker, ``app_mod.Module(**js_string.imports(app_mod.Module, constants="'"), env_log=print)``.

A JS string is a sequence of UTF-16 code units. Here it is a ``str`` with one character for each of them: what lies in
the basic multilingual plane is the same as in any other ``str``, and anything beyond, such as an emoji, is two
surrogates. So every index is right and costs no search. The host converts at the edge: ``to_code_units`` what it gives,
``from_code_units`` what it gets. (Text without characters beyond U+FFFF needs neither.)
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Optional

from .errors import ArrayOutOfBounds, CastFailure, InvalidCodePoint, NullReference, StringOutOfBounds
from .imports import Import
from .intrinsics import Intrinsic
from .linker import Linker
from .matching import value_matches
from .rec_groups import ArrayType
from .types import FuncType, GlobalType, RefType, ValueType

#: The name of the module that the builtins are imported from.
MODULE = "wasm:js-string"
_UTF_16 = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"
_LAST_UNIT = "\uffff"


def to_code_units(text: str) -> str:
    """Any text as a JS string: each character beyond U+FFFF becomes two surrogates."""
    if text.isascii() or max(text) <= _LAST_UNIT:
        return text
    return "".join(map(chr, memoryview(text.encode(_UTF_16, "surrogatepass")).cast("H")))


def from_code_units(string: str) -> str:
    """A JS string as text: pairs of surrogates become the characters that they stand for, others stay."""
    if string.isascii():
        return string
    return string.encode(_UTF_16, "surrogatepass").decode(_UTF_16, "surrogatepass")


# The builtins. Integers are unsigned, so an index is never negative. --------------------------------------------------


def cast(string: Any) -> Any:
    if not isinstance(string, str):
        raise CastFailure
    return string


def test(string: Any) -> int:
    return 1 if isinstance(string, str) else 0


def from_char_code_array(array: Any, start: int, end: int) -> str:
    if array is None:
        raise NullReference("null array reference")
    if start > end or end > len(array.a):
        raise ArrayOutOfBounds
    return "".join(map(chr, array.a[start:end]))


def into_char_code_array(string: Any, array: Any, start: int) -> int:
    if not isinstance(string, str):
        raise CastFailure
    if array is None:
        raise NullReference("null array reference")
    units = list(map(ord, to_code_units(string)))
    if start + len(units) > len(array.a):
        raise ArrayOutOfBounds
    array.a[start : start + len(units)] = units
    return len(units)


def from_char_code(code: int) -> str:
    return chr(code & 0xFFFF)


def from_code_point(point: int) -> str:
    if point > 0x10FFFF:
        raise InvalidCodePoint
    return chr(point) if point <= 0xFFFF else chr(0xD7C0 + (point >> 10)) + chr(0xDC00 + (point & 0x3FF))


def char_code_at(string: Any, index: int) -> int:
    if not isinstance(string, str):
        raise CastFailure
    if index >= len(string):
        raise StringOutOfBounds
    return ord(string[index])


def code_point_at(string: Any, index: int) -> int:
    if not isinstance(string, str):
        raise CastFailure
    if index >= len(string):
        raise StringOutOfBounds
    first = ord(string[index])
    if 0xD800 <= first < 0xDC00 and index + 1 < len(string):
        second = ord(string[index + 1])
        if 0xDC00 <= second < 0xE000:
            return (first - 0xD7C0 << 10) + second - 0xDC00
    return first


def length(string: Any) -> int:
    if not isinstance(string, str):
        raise CastFailure
    return len(string)


def concat(first: Any, second: Any) -> str:
    if not (isinstance(first, str) and isinstance(second, str)):
        raise CastFailure
    return first + second


def substring(string: Any, start: int, end: int) -> str:
    if not isinstance(string, str):
        raise CastFailure
    return string[start:end]  # empty where start is past the end or past the string


def equals(first: Any, second: Any) -> int:
    """Null is equal to null."""
    if not (isinstance(first, (str, type(None))) and isinstance(second, (str, type(None)))):
        raise CastFailure
    return 1 if first == second else 0


def compare(first: Any, second: Any) -> int:
    if not (isinstance(first, str) and isinstance(second, str)):
        raise CastFailure
    return 0 if first == second else 1 if first > second else 0xFFFFFFFF


# What they may be imported as -----------------------------------------------------------------------------------------


def _holds_units(type: ValueType) -> bool:
    """Whether it refers to an array type of mutable i16, which is one of the module's own."""
    if not (isinstance(type, RefType) and isinstance(type.type, ArrayType)):
        return False
    field = type.type.field
    return field.storage == "i16" and field.mutable


#: Whether a parameter of a function type may be one of a builtin, or a result.
_PARAMS: dict[str, Callable[[ValueType], bool]] = {
    "s": lambda wanted: value_matches(wanted, "externref"),
    "i": lambda wanted: wanted == "i32",
    "a": _holds_units,
}
_RESULTS: dict[str, Callable[[ValueType], bool]] = {
    "s": lambda wanted: value_matches("(ref extern)", wanted),
    "i": lambda wanted: wanted == "i32",
}


def _intrinsic(function: Any, params: str, result: str) -> Intrinsic:
    """``params`` and ``result`` have a letter each: a string, an i32, or an array of code units."""

    def fits(type: FuncType) -> bool:
        if len(type.params) != len(params) or len(type.results) != 1:
            return False
        given = all(_PARAMS[letter](wanted) for letter, wanted in zip(params, type.params))
        return given and _RESULTS[result](type.results[0])

    return Intrinsic(function, fits)


#: What to give for the imports of ``wasm:js-string``, by name.
BUILTINS: dict[str, Intrinsic] = {
    "cast": _intrinsic(cast, "s", "s"),
    "test": _intrinsic(test, "s", "i"),
    "fromCharCodeArray": _intrinsic(from_char_code_array, "aii", "s"),
    "intoCharCodeArray": _intrinsic(into_char_code_array, "sai", "i"),
    "fromCharCode": _intrinsic(from_char_code, "i", "s"),
    "fromCodePoint": _intrinsic(from_code_point, "i", "s"),
    "charCodeAt": _intrinsic(char_code_at, "si", "i"),
    "codePointAt": _intrinsic(code_point_at, "si", "i"),
    "length": _intrinsic(length, "s", "i"),
    "concat": _intrinsic(concat, "ss", "s"),
    "substring": _intrinsic(substring, "sii", "s"),
    "equals": _intrinsic(equals, "ss", "i"),
    "compare": _intrinsic(compare, "ss", "i"),
}


def define(linker: Linker, constants: Optional[str] = None) -> None:
    """Define all builtins in a linker.

    ``constants`` is the module that string constants are imported from, as ``importedStringConstants`` is in JS: a
    global imported from there holds its own name.
    """
    linker.define_module(MODULE, BUILTINS)
    if constants is not None:
        linker.define_all(constants, to_code_units)


def imports(module: Any, constants: Optional[str] = None) -> dict[str, Any]:
    """The builtins and string constants that a module imports, as keyword arguments for its class ``Module``."""
    wanted: tuple[Import, ...] = getattr(module, "Module", module).IMPORTS
    found: dict[str, Any] = {}
    for entry in wanted:
        if entry.module == MODULE and entry.name in BUILTINS:
            found[entry.keyword] = BUILTINS[entry.name]
        elif entry.module == constants and isinstance(entry.type, GlobalType):
            found[entry.keyword] = to_code_units(entry.name)
    return found
