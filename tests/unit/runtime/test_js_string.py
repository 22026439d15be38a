"""The JS string builtins, called by a module that imports all of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.wat import load
from wasm2py_runtime import ArrayOutOfBounds, InvalidCodePoint, Linker, LinkError, StringOutOfBounds, Trap, js_string
from wasm2py_runtime.errors import CastFailure, NullReference

_SIGNATURES = {
    "cast": "(param externref) (result (ref extern))",
    "test": "(param externref) (result i32)",
    "fromCharCode": "(param i32) (result (ref extern))",
    "fromCodePoint": "(param i32) (result (ref extern))",
    "charCodeAt": "(param externref i32) (result i32)",
    "codePointAt": "(param externref i32) (result i32)",
    "length": "(param externref) (result i32)",
    "concat": "(param externref externref) (result (ref extern))",
    "substring": "(param externref i32 i32) (result (ref extern))",
    "equals": "(param externref externref) (result i32)",
    "compare": "(param externref externref) (result i32)",
}
_IMPORTS = "".join(f'(import "wasm:js-string" "{name}" (func ${name} {type}))' for name, type in _SIGNATURES.items())
_EXPORTS = "".join(f'(export "{name}" (func ${name}))' for name in _SIGNATURES)
_TEXT = f"""(module
  (type $units (array (mut i16)))
  {_IMPORTS}
  (import "wasm:js-string" "fromCharCodeArray"
    (func $from (param (ref null $units) i32 i32) (result (ref extern))))
  (import "wasm:js-string" "intoCharCodeArray" (func $into (param externref (ref null $units) i32) (result i32)))
  (import "'" "grüße \\f0\\9f\\98\\80" (global $constant (ref extern)))
  {_EXPORTS}
  (func (export "constant") (result externref) (global.get $constant))
  (func (export "array") (param i32) (result (ref $units)) (array.new $units (i32.const 65) (local.get 0)))
  (func (export "from") (param (ref null $units) i32 i32) (result externref)
    (call $from (local.get 0) (local.get 1) (local.get 2)))
  (func (export "into") (param externref (ref null $units) i32) (result i32)
    (call $into (local.get 0) (local.get 1) (local.get 2)))
  (func (export "sum") (param $s externref) (result i32) (local $i i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (call $charCodeAt (local.get $s) (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (call $length (local.get $s)))))
    (local.get $sum)))"""
SMILE = "\ud83d\ude00"


@pytest.fixture(scope="module")
def exports() -> Any:
    linker = Linker()
    js_string.define(linker, constants="'")
    return linker.instantiate(load(_TEXT)).exports


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("cast", ("abc",), "abc"),
        ("test", ("",), 1),
        ("test", (None,), 0),
        ("test", (b"abc",), 0),
        ("fromCharCode", (0x1F600,), "\uf600"),
        ("fromCharCode", (-1,), "\uffff"),
        ("fromCodePoint", (0xE4,), "ä"),
        ("fromCodePoint", (0x1F600,), SMILE),
        ("fromCodePoint", (0x10FFFF,), "\udbff\udfff"),
        ("charCodeAt", ("a" + SMILE, 2), 0xDE00),
        ("codePointAt", ("a" + SMILE, 1), 0x1F600),
        ("codePointAt", ("a" + SMILE, 2), 0xDE00),
        ("codePointAt", ("\ud83d", 0), 0xD83D),
        ("codePointAt", ("\ud83da", 0), 0xD83D),
        ("length", (SMILE,), 2),
        ("concat", ("ab", ""), "ab"),
        ("concat", ("\ud83d", "\ude00"), SMILE),
        ("substring", ("abcdef", 2, 4), "cd"),
        ("substring", ("abcdef", 4, 2), ""),
        ("substring", ("abcdef", 2, -1), "cdef"),  # the largest index
        ("substring", ("abcdef", 7, 9), ""),
        ("equals", ("ab", "ab"), 1),
        ("equals", ("ab", None), 0),
        ("equals", (None, None), 1),
        ("compare", ("b", "a"), 1),
        ("compare", ("a", "b"), -1),
        ("compare", ("a", "a"), 0),
        ("compare", (SMILE, "\uffff"), -1),  # by code units, not by code points
        ("sum", ("abc",), 294),
        ("constant", (), "grüße " + SMILE),
    ],
)
def test_results(exports: Any, name: str, arguments: tuple[Any, ...], expected: Any) -> None:
    assert exports[name](*arguments) == expected


def test_arrays(exports: Any) -> None:
    array = exports.array(5)
    assert exports["into"]("\uffff" + SMILE, array, 1) == 3
    assert exports["from"](array, 0, 5) == "A\uffff" + SMILE + "A"
    assert exports["from"](array, 5, 5) == ""


@pytest.mark.parametrize(
    ("name", "arguments", "trap"),
    [
        ("cast", (None,), CastFailure),
        ("cast", (5,), CastFailure),
        ("fromCodePoint", (0x110000,), InvalidCodePoint),
        ("charCodeAt", ("abc", 3), StringOutOfBounds),
        ("charCodeAt", ("abc", -1), StringOutOfBounds),
        ("codePointAt", ("", 0), StringOutOfBounds),
        ("charCodeAt", ([1], 0), CastFailure),
        ("length", (None,), CastFailure),
        ("concat", ("a", None), CastFailure),
        ("substring", (None, 0, 0), CastFailure),
        ("equals", ("a", 5), CastFailure),
        ("compare", (None, None), CastFailure),
        ("from", (None, 0, 0), NullReference),
        ("into", ("a", None, 0), NullReference),
    ],
)
def test_traps(exports: Any, name: str, arguments: tuple[Any, ...], trap: type[Trap]) -> None:
    with pytest.raises(trap):
        exports[name](*arguments)


@pytest.mark.parametrize(("start", "end"), [(2, 1), (0, 4), (-1, -1)])
def test_ranges_of_arrays(exports: Any, start: int, end: int) -> None:
    with pytest.raises(ArrayOutOfBounds):
        exports["from"](exports.array(3), start, end)


@pytest.mark.parametrize("start", [1, 4, -1])
def test_arrays_without_room(exports: Any, start: int) -> None:
    array = exports.array(3)
    with pytest.raises(ArrayOutOfBounds):
        exports["into"]("xyz", array, start)
    assert list(array) == [65, 65, 65]


def test_without_a_linker() -> None:
    module = load(_TEXT)
    instance = module.Module(**js_string.imports(module, constants="'"))
    assert instance.exports.concat("a", "b") == "ab"


def test_other_types_do_not_link() -> None:
    linker = Linker()
    js_string.define(linker)
    wrong = load('(module (import "wasm:js-string" "length" (func (param i32) (result i32))))')
    with pytest.raises(LinkError, match=r"wasm:js-string.length: incompatible import type.*<intrinsic length>"):
        linker.instantiate(wrong)


@pytest.mark.parametrize("text", ["", "abc", "grüße", "😀", "a😀b", "\ud83d", "\ude00\ud83d"])
def test_at_the_edge(text: str) -> None:
    units = js_string.to_code_units(text)
    assert len(units) == len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert js_string.from_code_units(units) == text
