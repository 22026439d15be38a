"""Names in a module may be anything: the module compiles and runs, and nothing of a name is executed."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest

import wasm2py
from wasm2py.cli import main
from wasm2py.options import LEVELS, Options

CODE = "open('owned', 'w')"
NAMES = [
    "",
    " ",
    '"); import os #',
    "'); import os #",
    f'"); {CODE} #',
    f"\n{CODE}\n",
    f"\r{CODE}\r#",
    f"\x0c{CODE}",
    f"\u2028{CODE}\u2029",
    f'"""\n{CODE}\n"""',
    f"'''\n{CODE}\n'''",
    f"\\\n{CODE}",
    f"{{{CODE}}}",
    "%s%n{0}",
    "\\",
    "\\N{BULLET}",
    "\\x41\\",
    "a\0b",
    "a.b",
    "a b",
    "a_b",
    "a_b_1",
    "a-b",
    "class",
    "u32",
    "match",
    "None",
    "print",
    "IndexError",
    "__init__",
    "__class__",
    "__dict__",
    "__wasm2py__",
    "_0",
    "self",
    "m",
    "abi",
    "Module",
    "TYPES",
    "FUNCTIONS",
    "IMPORTS",
    "exports",
    "memory0",
    "i32_div_s",
    "word",
    "word_add",
    "x" * 10_000,
    "x" * 10_000 + "y",
    "größe",
    "ſ",  # NFKC makes an s of it
    "\u202e\u200b",
    "\U0001f40d",
]
COUNT = len(NAMES)


def leb(value: int) -> bytes:
    """Unsigned LEB128 (spec §5.2.2)."""
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + leb(rest) if rest else bytes([low])


def text(name: str) -> bytes:
    data = name.encode()
    return leb(len(data)) + data


def vector(items: list[bytes]) -> bytes:
    return leb(len(items)) + b"".join(items)


def section(number: int, body: bytes) -> bytes:
    return bytes([number]) + leb(len(body)) + body


def hostile_module() -> bytes:
    """Imports a function of each name, and for each exports a function that calls it and adds one.

    The name section gives the functions, their parameter and the module those names.
    """
    body = b"\x00\x20\x00\x10%s\x41\x01\x6a\x0b"  # local.get 0, call n, i32.const 1, i32.add
    codes = [body.replace(b"%s", leb(index)) for index in range(COUNT)]
    function_names = [leb(index) + text(NAMES[index % COUNT]) for index in range(2 * COUNT)]
    local_names = [leb(index) + vector([leb(0) + text(NAMES[index % COUNT])]) for index in range(COUNT, 2 * COUNT)]
    names = section(0, text(NAMES[4])) + section(1, vector(function_names)) + section(2, vector(local_names))
    return b"".join(
        [
            b"\0asm\x01\0\0\0",
            section(1, vector([b"\x60\x01\x7f\x01\x7f"])),
            section(2, vector([text(name) + text(name) + b"\x00\x00" for name in NAMES])),
            section(3, vector([b"\x00"] * COUNT)),
            section(7, vector([text(name) + b"\x00" + leb(COUNT + at) for at, name in enumerate(NAMES)])),
            section(10, vector([leb(len(code)) + code for code in codes])),
            section(0, text("name") + names),
        ]
    )


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory in which a name that is executed would leave a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WASM2PY_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["app.wasm", f'"""\n{CODE}\n"""', "\\", f"\r{CODE}", "\udc80"], ids=ascii)
def test_names_are_data(place: Path, level: int, name: str) -> None:
    source = wasm2py.compile(hostile_module(), name=name, options=Options(optimize=level))  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        code = compile(source.encode(), "<hostile>", "exec")
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert {getattr(node, "module", "").partition(".")[0] for node in imports} == {"wasm2py_runtime"}
    scope: dict[str, object] = {"__name__": "hostile"}
    exec(code, scope)
    _run(scope["Module"])
    assert not (place / "owned").exists()


def _run(module: object) -> None:
    """Each import answers with its own number, so a mix-up of names shows."""
    imports = module.IMPORTS  # type: ignore[attr-defined]
    assert [(entry.module, entry.name) for entry in imports] == [(name, name) for name in NAMES]
    assert len({entry.keyword for entry in imports}) == COUNT
    assert all(entry.keyword.isidentifier() for entry in imports)
    given = {entry.keyword: lambda value, at=at: value + 1000 * at for at, entry in enumerate(imports)}
    exports = module(**given).exports  # type: ignore[operator]
    for at, name in enumerate(NAMES):
        assert exports[name](5) == 6 + 1000 * at


def test_commands_print_names_as_one_line_of_text(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "hostile.wasm").write_bytes(hostile_module())
    assert main(["inspect", "hostile.wasm"]) == 0
    assert main(["run", "hostile.wasm", "--invoke", "a b", "--", "1"]) == 1
    out, err = capsys.readouterr()
    assert all(line.isprintable() for line in (out + err).splitlines())
    assert err.count("\n") == 1
    assert not (place / "owned").exists()
