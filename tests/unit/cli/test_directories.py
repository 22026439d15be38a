"""Directories are written whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from wasm2py.directories import write_directory


def contents(path: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in path.iterdir()}


def test_writes_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "out"
    write_directory(path, {"a.py": b"1", "b.py": b"2"})
    (path / "__pycache__").mkdir()
    write_directory(path, {"a.py": b"3"})
    assert contents(path) == {"a.py": b"3"}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("before", [None, {"a.py": b"before"}])
@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_nothing_is_left_of_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException, before: dict[str, bytes] | None
) -> None:
    path = tmp_path / "out"
    if before:
        write_directory(path, before)
    writes = []

    def fail(descriptor: int) -> None:
        writes.append(descriptor)
        if len(writes) == 2:
            raise failure

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(failure)):
        write_directory(path, {"a.py": b"1", "b.py": b"2"})
    assert (contents(path) if path.exists() else None) == before
    assert len(list(tmp_path.iterdir())) == bool(before)


def test_the_old_directory_comes_back_if_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out"
    write_directory(path, {"a.py": b"before"})
    rename, done = Path.rename, []

    def second_fails(self: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == 2:
            raise PermissionError("busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(PermissionError):
        write_directory(path, {"a.py": b"after"})
    assert contents(path) == {"a.py": b"before"}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_directory(tmp_path / "link", {"a.py": b"1"})
    assert (tmp_path / "link").is_symlink()
    assert contents(tmp_path / "real") == {"a.py": b"1"}
