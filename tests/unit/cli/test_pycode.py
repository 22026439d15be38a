"""Text in chunks to code objects, with the right lines; code objects to bytes and back."""

from __future__ import annotations

import traceback
from types import CodeType
from typing import Any

import pytest

from wasm2py.pycode import compile_source, dump_code, parse_code

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


def test_dump_and_parse() -> None:
    codes = compile_source(TEXT, "old.py", 100)
    parsed = parse_code(dump_code(codes), "new.py")
    scope = namespace(parsed)
    assert scope["f3"]() == [3, 1.0]
    assert scope["f3"].__code__.co_filename == "new.py"
    assert failing_line(scope, "f3") == 5 + 3 * 5


@pytest.mark.parametrize("data", [b"", b"junk", dump_code(()) + b"", b"i\x01\x00\x00\x00"])
def test_other_data_is_no_code(data: bytes) -> None:
    if data == dump_code(()):
        assert parse_code(data, "f.py") == ()
        return
    with pytest.raises((ValueError, EOFError, TypeError)):
        parse_code(data, "f.py")
