"""The cache: hits, misses, damage, several processes, directories that cannot be used. Translation is a stand-in."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import wasm2py
from wasm2py import api, cache
from wasm2py.cache import Cache, CacheWarning, Entry
from wasm2py.cache_contents import clear, entries
from wasm2py.codegen.output import Pieces
from wasm2py.pycode import compile_pieces

TEXT = '# Made by a test\n"""Doc."""\n\n\ndef fail():\n    raise ValueError("on purpose")\n'
WASM = b"\0asm\x01\0\0\0"


class Translated:
    """Stands for what the code generator gives."""

    def pieces(self) -> Pieces:
        return Pieces(TEXT, (), "")


@pytest.fixture
def translations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the modules that were translated."""
    done: list[str] = []

    def translate(file: object, *rest: object) -> Translated:
        done.append(file.name)  # type: ignore[attr-defined]
        return Translated()

    monkeypatch.setattr(api, "_translate", translate)
    return done


def files(directory: Path) -> dict[str, Path]:
    return {path.suffix: path for path in directory.iterdir()}


def test_the_second_load_translates_nothing(translations: list[str], cache_directory: Path) -> None:
    first, second = wasm2py.load(WASM), wasm2py.load(WASM)
    assert translations == ["module.wasm"]
    assert first is not second
    assert first.__doc__ == second.__doc__ == "Doc."
    assert set(files(cache_directory)) == {".py", ".code"}


def test_each_part_of_the_key_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    options = wasm2py.Options()
    keys = {
        cache.key(WASM, "a", options),
        cache.key(WASM + b"\0", "a", options),
        cache.key(WASM, "b", options),
        cache.key(WASM, "a", wasm2py.Options(optimize=1)),
    }
    monkeypatch.setattr(cache, "__version__", "0")
    keys.add(cache.key(WASM, "a", options))
    monkeypatch.setattr(cache, "_compiler_digest", lambda: "another compiler")
    keys.add(cache.key(WASM, "a", options))
    assert len(keys) == 6


def test_no_cache(translations: list[str], cache_directory: Path) -> None:
    wasm2py.load(WASM, cache=False)
    wasm2py.load(WASM, cache=False)
    assert len(translations) == 2
    assert not cache_directory.exists()


def test_another_directory(translations: list[str], tmp_path: Path) -> None:
    wasm2py.load(WASM, cache=tmp_path / "elsewhere")
    wasm2py.load(WASM, cache=tmp_path / "elsewhere")
    assert len(translations) == 1


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _flip, _empty, Path.unlink])
@pytest.mark.parametrize("suffix", [".py", ".code"])
def test_a_damaged_entry_is_made_again(
    translations: list[str], cache_directory: Path, suffix: str, damage: Callable[[Path], None]
) -> None:
    wasm2py.load(WASM)
    damage(files(cache_directory)[suffix])
    assert wasm2py.load(WASM).__doc__ == "Doc."
    assert len(translations) == 2
    wasm2py.load(WASM)
    assert len(translations) == 2, "the entry was repaired"


def test_every_truncation_is_a_miss(tmp_path: Path) -> None:
    store = Cache(tmp_path)
    store.store("0" * 40, Entry(TEXT, "f.py", compile_pieces(Pieces(TEXT, (), ""), "f.py")))
    path = tmp_path / ("0" * 40 + ".code")
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        assert store.load("0" * 40) is None


def test_a_directory_in_the_place_of_an_entry_is_a_miss(translations: list[str], cache_directory: Path) -> None:
    wasm2py.load(WASM)
    path = files(cache_directory)[".code"]
    path.unlink()
    path.mkdir()
    with pytest.warns(CacheWarning):
        wasm2py.load(WASM)
    assert len(translations) == 2


def test_a_moved_cache_shows_lines_where_it_is_now(
    translations: list[str], cache_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wasm2py.load(WASM)
    cache_directory.rename(tmp_path / "moved")
    monkeypatch.setenv("WASM2PY_CACHE_DIR", str(tmp_path / "moved"))
    module = wasm2py.load(WASM)
    assert len(translations) == 1
    assert Path(module.fail.__code__.co_filename).parent == tmp_path / "moved"


def test_a_directory_that_cannot_be_made_warns_once(
    translations: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("WASM2PY_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with pytest.warns(CacheWarning, match="is not used"):
        assert wasm2py.load(WASM).__doc__ == "Doc."
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert wasm2py.load(WASM).__doc__ == "Doc."


def test_a_directory_that_cannot_be_written_warns(translations: list[str], cache_directory: Path) -> None:
    cache_directory.mkdir(mode=0o500)
    if os.access(cache_directory, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.warns(CacheWarning, match="Permission denied"):
        wasm2py.load(WASM)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_directory_is_the_owners_alone(translations: list[str], cache_directory: Path) -> None:
    wasm2py.load(WASM)
    assert cache_directory.stat().st_mode & 0o777 == 0o700


def test_clear_deletes_only_what_the_cache_made(translations: list[str], cache_directory: Path) -> None:
    wasm2py.load(WASM)
    (cache_directory / "notes.py").write_text("mine")
    (cache_directory / ".wasm2py-0123.tmp").write_text("left by a crash")
    entries, size = clear(Cache())
    assert entries == 1
    assert size > len(TEXT)
    assert [path.name for path in cache_directory.iterdir()] == ["notes.py"]


def test_entries_lists_the_title(translations: list[str]) -> None:
    wasm2py.load(WASM)
    [listed] = entries(Cache())
    assert listed.title == "Made by a test"
    assert listed.size > len(TEXT)


STORE = """
import sys
from pathlib import Path
from wasm2py.cache import Cache, Entry
from wasm2py.codegen.output import Pieces
from wasm2py.pycode import compile_pieces

pieces = Pieces("X = 1\\n", ("def _1():\\n  def f(): pass\\n",) * 10_000, "")
store, entry = Cache(Path(sys.argv[1])), Entry(pieces.text, "f.py", compile_pieces(pieces, "f.py"))
for turn in range(20):
    store.store("a" * 40, entry)
    assert store.load("a" * 40) is not None
"""


def test_many_processes_at_once(tmp_path: Path) -> None:
    """Each writes the same entry again and again; at no time does one of them see a part of it."""
    command = [sys.executable, "-W", "error", "-c", STORE, str(tmp_path / "cache")]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    results = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0] * 4, results
    assert len(list((tmp_path / "cache").iterdir())) == 2
