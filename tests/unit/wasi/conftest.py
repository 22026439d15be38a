"""The trees that the functions are tried on: they have to behave alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.wasi.driver import Guest, guest_of
from wasm2py_runtime.wasi import HostDirectory, MemoryTree, host_directory


@pytest.fixture(params=["host", "host by path", "memory"])
def guest(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Guest]:
    """A guest with an empty directory as descriptor 3. "By path" is for hosts whose functions take no ``dir_fd``."""
    if request.param == "host by path":
        monkeypatch.setattr(host_directory, "BY_DESCRIPTOR", False)
    made = guest_of({"/": HostDirectory(tmp_path) if request.param != "memory" else MemoryTree()})
    with made.wasi:
        yield made
