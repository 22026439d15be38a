"""The trees that the functions are tried on: they have to behave alike."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.wasi.driver import Guest, guest_of
from wasm2py_runtime.wasi import HostDirectory, MemoryTree, host_directory


@pytest.fixture(params=["host", "host by path", "memory"])
def guest(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guest]:
    """A guest with an empty directory as descriptor 3. "By path" is as on Windows, where there is no ``dir_fd``."""
    if request.param == "host by path":
        monkeypatch.setattr(host_directory, "BY_DESCRIPTOR", False)
        for name in ("readv", "writev", "preadv", "pwritev", "pread", "pwrite"):
            monkeypatch.delattr(os, name, raising=False)
    made = guest_of({"/": HostDirectory(tmp_path) if request.param != "memory" else MemoryTree()})
    with made.wasi:
        yield made
