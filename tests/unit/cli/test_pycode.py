"""Text in chunks to code objects, with the right lines; code objects to bytes and back."""

from __future__ import annotations

import marshal
import traceback
from types import CellType, CodeType, FunctionType
from typing import Any

import pytest

from wasm2py import pycode
from wasm2py.codegen.output import Pieces
from wasm2py.pycode import Program, compile_pieces, compile_source, dump_program, parse_program

TEXT = '"""Doc."""\nX = 1\n' + "".join(f"def f{n}():\n    return [{n},\n            1 / X]\n\n\n" for n in range(50))


def namespace(codes: tuple[CodeType, ...]) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    for code in codes:
        exec(code, scope)
    return scope


def failing_line(scope: dict[str, Any], function: str) -> int | None:
    scope["X"] = 0
    with pytest.raises(ZeroDivisionError) as caught:
        scope[function]()
    return traceback.extract_tb(caught.value.__traceback__)[-1].lineno


@pytest.mark.parametrize("chunk", [1, 100, 1 << 20])
def test_chunks_run_and_report_the_lines_of_the_whole(chunk: int) -> None:
    codes = compile_source(TEXT, "file.py", chunk)
    assert len(codes) == {1: 51, 100: 25, 1 << 20: 1}[chunk] or chunk == 100
    scope = namespace(codes)
    assert scope["__doc__"] == "Doc."
    for n in (0, 7, 49):
        assert scope[f"f{n}"]() == [n, 1.0]
        scope["X"] = 1
    assert [failing_line(scope, f"f{n}") for n in (0, 49)] == [5, 5 + 49 * 5]


def test_a_function_in_a_string_is_no_place_to_cut() -> None:
    text = 'A = """\ndef f():\n  pass\n"""\ndef g():\n    return A\n'
    scope = namespace(compile_source(text, "file.py", 1))
    assert scope["g"]() == "\ndef f():\n  pass\n"
    assert "f" not in scope


def test_a_decorator_stays_with_its_function() -> None:
    text = "X = 1\n@staticmethod\ndef f():\n    return X\n"
    assert namespace(compile_source(text, "file.py", 1))["f"]() == 1


def test_a_syntax_error_has_the_line_of_the_file() -> None:
    with pytest.raises(SyntaxError) as caught:
        compile_source(TEXT + "def wrong(:\n", "file.py", 1)
    assert caught.value.lineno == TEXT.count("\n") + 1


PIECES = Pieces(
    "X = 1\n",
    tuple(
        f"\n\ndef _{n}(b, a):\n\n    def f{n}():\n        return [a, b,\n                {n} / X]\n    return f{n}\n"
        for n in range(9)
    ),
    "\nY = _3\n",
)


def linked(program: Program, filename: str, name: str, **cells: object) -> FunctionType:
    """A function of a program, linked with cells."""
    scope: dict[str, Any] = program.holders(filename)
    for code in program.codes:
        exec(code, scope)
    assert scope["Y"] is scope["_3"]
    holder = scope[name]
    return holder.stub(
        f"f{name}", 0, scope, {cell: CellType(value) for cell, value in {**cells, f"f{name}": None}.items()}
    )  # type: ignore[no-any-return]


@pytest.mark.parametrize("chunk", [1, 200, 1 << 20])
def test_functions_of_pieces_have_the_lines_of_the_whole(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pycode, "CHUNK", chunk)
    program = compile_pieces(PIECES, "file.py")
    assert [name for name, _, _ in program.functions] == [f"_{n}" for n in range(9)]
    function = linked(program, "file.py", "_7", a="A", b="B")
    assert function() == ["A", "B", 7.0]
    assert PIECES.text.splitlines()[function.__code__.co_firstlineno - 1] == "    def f7():"


def test_dump_and_parse() -> None:
    program = parse_program(dump_program(compile_pieces(PIECES, "old.py")), "new.py")
    function = linked(program, "new.py", "_3", a=1, b=2)
    assert function() == [1, 2, 3.0]
    assert function.__code__.co_filename == "new.py"
    assert {code.co_filename for code in program.codes} == {"new.py"}


JUNK = [b"", b"junk", b"i\x01\x00\x00\x00", marshal.dumps((1, 2)), marshal.dumps(((), 1)), marshal.dumps(((1,), ()))]


@pytest.mark.parametrize("data", JUNK)
def test_other_data_is_no_program(data: bytes) -> None:
    with pytest.raises((ValueError, EOFError, TypeError)):
        parse_program(data, "f.py")
