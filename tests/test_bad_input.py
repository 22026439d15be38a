"""Bad input on the command line: one clear line on stderr, exit code 1 or 2, no file left behind."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from wasm2py.cli import main

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "json_format" / "json_format.wasm"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c489".replace(" ", ""))
NO_MODULES = {
    "empty": b"",
    "png": PNG,
    "magic only": b"\0asm",
    "version 2": b"\0asm\2\0\0\0",
    "component": b"\0asm\r\0\1\0",
    "script": b"#!/bin/sh\n",
    "text format": b"(module)",
}
TRUNCATIONS = 200


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


class Place:
    """A directory to run commands in; knows what is new in it."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self._capsys = path, capsys

    def run(self, *words: str) -> Ran:
        """Run a command that has to fail properly."""
        before = set(self.path.rglob("*"))
        ran = Ran(main(list(words)), *self._capsys.readouterr())
        assert set(self.path.rglob("*")) == before, "a file was left behind"
        assert ran.out == ""
        assert ran.err.startswith("wasm2py: error: ")
        assert ran.err.count("\n") == 1
        assert ran.err.rstrip("\n").isprintable()
        assert len(ran.err) < 2100
        return ran


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Place]:
    """An empty directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WASM2PY_CACHE_DIR", str(tmp_path / "cache"))
    yield Place(tmp_path, capsys)


COMMANDS = (["compile", "-o", "out.py"], ["run", "--invoke", "format"], ["inspect"], ["validate"])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("data", NO_MODULES.values(), ids=NO_MODULES.keys())
def test_no_module(place: Place, command: list[str], data: bytes) -> None:
    (place.path / "bad.wasm").write_bytes(data)
    ran = place.run(command[0], "bad.wasm", *command[1:])
    assert ran.code == 1
    assert "bad.wasm: " in ran.err


def _whole_prefixes(data: bytes) -> set[int]:
    """Where a module may be cut and stay one: after its header and between sections (spec §5.5.2)."""
    at, ends = 8, {8}
    while at < len(data):
        at += 1
        size = shift = 0
        while True:
            byte = data[at]
            size, shift, at = size | (byte & 0x7F) << shift, shift + 7, at + 1
            if byte < 0x80:
                break
        at += size
        ends.add(at)
    return ends


def test_truncated(place: Place) -> None:
    """At 200 places; between two sections the rest may be a module that decodes but is invalid, or even a valid one."""
    data = EXAMPLE.read_bytes()
    whole = _whole_prefixes(data)
    cuts = random.Random(2).sample(sorted(set(range(len(data))) - whole), TRUNCATIONS)
    for cut in cuts:
        (place.path / "cut.wasm").write_bytes(data[:cut])
        assert place.run("compile", "cut.wasm", "-o", "out.py").code == 1, cut


def test_flipped_bits_never_end_in_a_traceback(place: Place) -> None:
    data = EXAMPLE.read_bytes()
    source = random.Random(3)
    for _ in range(TRUNCATIONS):
        bad = bytearray(data)
        bad[source.randrange(8, len(bad))] ^= 1 << source.randrange(8)
        (place.path / "bad.wasm").write_bytes(bad)
        assert main(["validate", "bad.wasm"]) in (0, 1)


def test_hostile_counts_are_refused_at_once(place: Place) -> None:
    """Four billion types or locals in a few bytes."""
    many = b"\xff\xff\xff\xff\x0f"
    header = b"\0asm\x01\0\0\0"
    body = b"\x01" + many + b"\x7f\x0b"
    code = bytes([1, len(body)]) + body
    function = header + b"\x01\x04\x01\x60\0\0" + b"\x03\x02\x01\0" + b"\x0a" + bytes([len(code)]) + code
    for data in (header + b"\x01\x05" + many, function):
        (place.path / "bad.wasm").write_bytes(data)
        assert place.run("validate", "bad.wasm").code == 1


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_missing_file(place: Place, command: list[str]) -> None:
    ran = place.run(command[0], "absent.wasm", *command[1:])
    assert ran.code == 2
    assert ran.err == "wasm2py: error: absent.wasm: No such file or directory\n"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_directory(place: Place, command: list[str]) -> None:
    (place.path / "dir.wasm").mkdir()
    ran = place.run(command[0], "dir.wasm", *command[1:])
    assert ran.code == 2
    assert "dir.wasm" in ran.err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_unreadable(place: Place, command: list[str]) -> None:
    path = place.path / "secret.wasm"
    path.write_bytes(EXAMPLE.read_bytes())
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    ran = place.run(command[0], "secret.wasm", *command[1:])
    assert ran.code == 2
    assert "Permission denied" in ran.err


def test_name_with_a_nul(place: Place) -> None:
    assert place.run("validate", "a\0b.wasm").code == 2


@pytest.mark.parametrize("output", ["absent/out.py", ".", "file/out.py"])
def test_output_that_cannot_be(place: Place, output: str) -> None:
    (place.path / "file").write_bytes(b"")
    assert place.run("compile", str(EXAMPLE), "-o", output).code == 2


def test_output_in_a_directory_that_cannot_be_written(place: Place) -> None:
    (place.path / "closed").mkdir(mode=0o500)
    if os.access(place.path / "closed", os.W_OK):
        pytest.skip("this user may write everywhere")
    assert place.run("compile", str(EXAMPLE), "-o", "closed/out.py").code == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk(place: Place) -> None:
    assert place.run("compile", str(EXAMPLE), "-o", "/dev/full").code == 2


def test_the_installed_command_shows_no_traceback(place: Place) -> None:
    """The whole process, as a shell sees it."""
    (place.path / "bad.wasm").write_bytes(PNG)
    command = [sys.executable, "-m", "wasm2py", "compile", "bad.wasm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("wasm2py: error: bad.wasm: ")
    assert done.stderr.count("\n") == 1
